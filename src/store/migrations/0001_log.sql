-- The event log and its projections. A message is its event: one row, and its id is the row's pos.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value NOT NULL
) WITHOUT ROWID;

CREATE TABLE events (
    pos             INTEGER PRIMARY KEY,
    conversation_id INTEGER NOT NULL,
    conv_seq        INTEGER,             -- NULL: personal
    kind            INTEGER NOT NULL,    -- store::EventKind
    actor_id        INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,    -- ms since 1970
    deleted         INTEGER NOT NULL DEFAULT 0,
    message_no      INTEGER NOT NULL,    -- messages of the conversation up to here, for page numbers
    only_for        INTEGER,             -- a personal event's one receiver
    target          INTEGER,             -- the message it speaks of; of a message: reply_to
    client_msg_id   TEXT,
    fingerprint     INTEGER,             -- hash of the body, compared when the same key comes again
    transport       INTEGER NOT NULL,
    message_type    INTEGER NOT NULL,
    flagged         INTEGER NOT NULL DEFAULT 0,
    rev             INTEGER NOT NULL DEFAULT 0,
    edited_at       INTEGER,
    checksum        INTEGER NOT NULL,    -- over what never changes and the frame
    frame           TEXT NOT NULL,       -- as sent live
    current         TEXT                 -- the `data` object after an edit
);

-- Order, history pages, unread counts and page numbers are answered from this index alone. Not
-- UNIQUE: the extra columns would make it toothless; the writer compares last_seq in the
-- conversation's row instead, once per transaction.
CREATE INDEX events_by_seq ON events (conversation_id, conv_seq, kind, actor_id, deleted, message_no)
    WHERE conv_seq IS NOT NULL;
CREATE UNIQUE INDEX events_by_key ON events (conversation_id, actor_id, client_msg_id)
    WHERE client_msg_id IS NOT NULL;
CREATE INDEX events_personal ON events (only_for) WHERE only_for IS NOT NULL;
CREATE INDEX events_edits ON events (target) WHERE kind = 2;

CREATE TABLE conversations (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    kind              INTEGER NOT NULL,
    title             TEXT NOT NULL,
    service_id        INTEGER NOT NULL,
    provider_id       INTEGER NOT NULL,
    customer_id       INTEGER NOT NULL,
    created_at        INTEGER NOT NULL,
    updated_at        INTEGER NOT NULL,
    closed            INTEGER NOT NULL DEFAULT 0,
    blocked           INTEGER NOT NULL DEFAULT 0,
    last_seq          INTEGER NOT NULL DEFAULT 0,
    last_pos          INTEGER NOT NULL DEFAULT 0,  -- of shared events
    activity_pos      INTEGER NOT NULL DEFAULT 0,  -- newest message, else creation
    last_message_pos  INTEGER NOT NULL DEFAULT 0,
    last_message_seq  INTEGER NOT NULL DEFAULT 0,
    message_count     INTEGER NOT NULL DEFAULT 0,
    participant_count INTEGER NOT NULL DEFAULT 0,
    audience_version  INTEGER NOT NULL DEFAULT 1,
    floor_seq         INTEGER NOT NULL DEFAULT 0   -- newest conv_seq that retention removed
);
CREATE UNIQUE INDEX conversations_direct ON conversations (service_id, provider_id, customer_id)
    WHERE kind = 0;

CREATE TABLE participants (
    conversation_id    INTEGER NOT NULL,
    user_id            INTEGER NOT NULL,
    read_seq           INTEGER NOT NULL DEFAULT 0,
    delivered_seq      INTEGER NOT NULL DEFAULT 0,
    archived           INTEGER NOT NULL DEFAULT 0,
    pinned             INTEGER NOT NULL DEFAULT 0,
    muted              INTEGER NOT NULL DEFAULT 0,
    deleted_before_seq INTEGER NOT NULL DEFAULT 0,  -- the user's own view starts after it
    deleted_before_no  INTEGER NOT NULL DEFAULT 0,  -- message_no at that moment
    left_seq           INTEGER NOT NULL DEFAULT 0,  -- the removal; 0: takes part
    PRIMARY KEY (conversation_id, user_id)
) WITHOUT ROWID;
CREATE INDEX participants_by_user ON participants (user_id, conversation_id);

CREATE TABLE people (
    id         INTEGER PRIMARY KEY,
    name       TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name  TEXT NOT NULL,
    avatar     TEXT NOT NULL,
    role       INTEGER NOT NULL,
    last_seen  INTEGER
);

CREATE TABLE services (
    id          INTEGER PRIMARY KEY,
    provider_id INTEGER NOT NULL,
    title       TEXT NOT NULL,
    category    TEXT NOT NULL,
    slug        TEXT NOT NULL,
    price       TEXT NOT NULL
);

CREATE TABLE reactions (
    message_id INTEGER NOT NULL,
    emoji      TEXT NOT NULL,
    user_id    INTEGER NOT NULL,
    PRIMARY KEY (message_id, emoji, user_id)
) WITHOUT ROWID;

-- Messages that one user deleted for themselves.
CREATE TABLE hidden (
    user_id    INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    PRIMARY KEY (user_id, message_id)
) WITHOUT ROWID;
