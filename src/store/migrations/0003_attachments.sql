-- Files that people uploaded; the bytes lie in the folder `attachments`, under stored_name.

CREATE TABLE attachments (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    owner_id        INTEGER NOT NULL,
    message_id      INTEGER,              -- NULL: not sent yet
    conversation_id INTEGER,              -- of the message
    given_up        INTEGER NOT NULL DEFAULT 0,  -- nobody sees it; the row goes after the file
    stored_name     TEXT NOT NULL,
    name            TEXT NOT NULL,
    content_type    TEXT NOT NULL,
    bytes           INTEGER NOT NULL,
    digest          INTEGER NOT NULL,     -- of the content, compared when the same key comes again
    width           INTEGER NOT NULL,     -- 0: unknown, like the next two
    height          INTEGER NOT NULL,
    duration_ms     INTEGER NOT NULL,
    waveform        TEXT NOT NULL,        -- a JSON array, or empty
    preview         TEXT NOT NULL,        -- a data: address, or empty
    created_at      INTEGER NOT NULL
);

CREATE UNIQUE INDEX attachments_by_file ON attachments (stored_name);
CREATE INDEX attachments_by_message ON attachments (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX attachments_unsent ON attachments (created_at)
    WHERE message_id IS NULL AND given_up = 0;
CREATE INDEX attachments_given_up ON attachments (id) WHERE given_up = 1;
-- A quota is answered from this index alone.
CREATE INDEX attachments_by_owner ON attachments (owner_id, given_up, bytes);
