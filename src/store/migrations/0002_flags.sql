-- Messages that a user reported, for whoever moderates; seen by that user alone.

CREATE TABLE flags (
    message_id INTEGER NOT NULL,
    user_id    INTEGER NOT NULL,
    reason     TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (message_id, user_id)
) WITHOUT ROWID;
