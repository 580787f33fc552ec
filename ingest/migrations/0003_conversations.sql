-- Conversations, turn by turn; `owner` is empty, or a hash of what the browser that holds one keeps secret.
CREATE TABLE conversations (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    title TEXT NOT NULL,
    created_at TEXT NOT NULL,          -- UTC, ISO 8601
    updated_at TEXT NOT NULL           -- UTC, ISO 8601
) STRICT, WITHOUT ROWID;
CREATE INDEX conversations_by_owner ON conversations (owner, updated_at);

CREATE TABLE turns (
    conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,           -- from 1, in the order asked
    turn TEXT NOT NULL,                -- JSON: the whole answer, with its question
    PRIMARY KEY (conversation, number)
) STRICT, WITHOUT ROWID;

-- Nothing reads this view of the text index any more.
DROP TABLE papers_vocabulary;
