-- The library, format 1. SQLite is the truth; everything else is derived from it.
CREATE TABLE papers (
    row INTEGER PRIMARY KEY,
    arxiv_id TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,          -- 0: the source names none
    title TEXT NOT NULL,
    abstract TEXT NOT NULL,
    url TEXT NOT NULL,
    links TEXT NOT NULL                -- JSON: [[url, is_code], ...]
) STRICT;

-- Every text seen of a paper, as read and as cleaned.
CREATE TABLE versions (
    paper INTEGER NOT NULL REFERENCES papers (row),
    version INTEGER NOT NULL,
    title TEXT NOT NULL,
    abstract TEXT NOT NULL,
    raw_title TEXT NOT NULL,
    raw_abstract TEXT NOT NULL,
    seen_at TEXT NOT NULL,             -- UTC, ISO 8601
    UNIQUE (paper, version, title, abstract)
) STRICT;

CREATE TABLE listings (
    paper INTEGER NOT NULL REFERENCES papers (row),
    day TEXT NOT NULL,                 -- ISO 8601
    category TEXT NOT NULL,
    block TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (paper, day, category)
) STRICT, WITHOUT ROWID;
CREATE INDEX listings_by_day ON listings (day, position);

-- Row numbers are never used twice: a reader fetches what is new by the last row that it has.
CREATE TABLE chunks (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    paper INTEGER NOT NULL REFERENCES papers (row),
    number INTEGER NOT NULL,
    start_offset INTEGER NOT NULL,
    end_offset INTEGER NOT NULL,
    vector BLOB NOT NULL,              -- float32, little endian
    UNIQUE (paper, number)
) STRICT;

CREATE TABLE sentences (
    paper INTEGER NOT NULL REFERENCES papers (row),
    number INTEGER NOT NULL,
    start_offset INTEGER NOT NULL,
    end_offset INTEGER NOT NULL,
    PRIMARY KEY (paper, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE rejections (
    file TEXT NOT NULL,
    line INTEGER NOT NULL,
    reason TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    PRIMARY KEY (file, line, reason)
) STRICT, WITHOUT ROWID;

-- generation: counts committed changes; rewrites: counts those that replaced chunks.
CREATE TABLE state (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO state VALUES ('generation', 0), ('rewrites', 0);

CREATE VIRTUAL TABLE papers_text USING fts5 (
    title, abstract, content = 'papers', content_rowid = 'row', tokenize = 'porter unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE papers_vocabulary USING fts5vocab (papers_text, 'row');
CREATE TRIGGER papers_text_insert AFTER INSERT ON papers BEGIN
    INSERT INTO papers_text (rowid, title, abstract) VALUES (new.row, new.title, new.abstract);
END;
CREATE TRIGGER papers_text_update AFTER UPDATE OF title, abstract ON papers BEGIN
    INSERT INTO papers_text (papers_text, rowid, title, abstract) VALUES ('delete', old.row, old.title, old.abstract);
    INSERT INTO papers_text (rowid, title, abstract) VALUES (new.row, new.title, new.abstract);
END;

