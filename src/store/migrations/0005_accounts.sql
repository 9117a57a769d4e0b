-- The built-in identity: who can log in, and the logins that live.

CREATE TABLE accounts (
    user_id       INTEGER PRIMARY KEY,
    login         TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    created_at    INTEGER NOT NULL
);

-- One row for each login: a refresh token is its family and the secret of the last answer.
CREATE TABLE logins (
    family      TEXT PRIMARY KEY,
    user_id     INTEGER NOT NULL,
    secret_hash TEXT NOT NULL,
    expires_at  INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX logins_by_user ON logins (user_id, expires_at);
