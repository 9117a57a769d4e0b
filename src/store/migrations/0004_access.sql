-- Who may not come in: banned, or with tokens from before a logout, a change of role, an erasure.

CREATE TABLE access (
    user_id         INTEGER PRIMARY KEY,
    banned          INTEGER NOT NULL,
    revoked_up_to_s INTEGER NOT NULL  -- tokens issued in this second or before do not count
);
