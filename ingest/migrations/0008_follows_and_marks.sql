-- What somebody follows in the library, and what they noted of papers; every row with its checksum, as since 0006.

-- kind: topic, author, name or question. A follow has been looked at up to a state of the library: seen_chunk is the
-- highest row of chunks there had been, which is never used twice, and seen_paper the highest row of papers.
CREATE TABLE follows (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    created_at TEXT NOT NULL,          -- UTC, ISO 8601
    looked_at TEXT NOT NULL,           -- UTC, ISO 8601
    seen_chunk INTEGER NOT NULL,
    seen_paper INTEGER NOT NULL,
    checksum INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO sums VALUES ('follows', 0, 0);
CREATE TRIGGER follows_insert AFTER INSERT ON follows BEGIN
    UPDATE sums SET rows = rows + 1 WHERE name = 'follows';
    UPDATE follows SET checksum = row_checksum(
        'follows', new.number, new.kind, new.text, new.created_at, new.looked_at, new.seen_chunk, new.seen_paper
    ) WHERE number = new.number;
END;
CREATE TRIGGER follows_update AFTER UPDATE OF
    number, kind, text, created_at, looked_at, seen_chunk, seen_paper
ON follows BEGIN
    UPDATE follows SET checksum = row_checksum(
        'follows', new.number, new.kind, new.text, new.created_at, new.looked_at, new.seen_chunk, new.seen_paper
    ) WHERE number = new.number;
    SELECT RAISE(ABORT, 'a row of follows is damaged')
    WHERE old.checksum NOT IN (
        (SELECT checksum FROM follows WHERE number = new.number),
        row_checksum(
            'follows', old.number, old.kind, old.text, old.created_at, old.looked_at, old.seen_chunk, old.seen_paper
        )
    );
END;
CREATE TRIGGER follows_checksum AFTER UPDATE OF checksum ON follows BEGIN
    UPDATE sums SET total = (total + new.checksum - old.checksum) & 4611686018427387903 WHERE name = 'follows';
END;
CREATE TRIGGER follows_delete AFTER DELETE ON follows BEGIN
    UPDATE sums SET rows = rows - 1, total = (total - old.checksum) & 4611686018427387903 WHERE name = 'follows';
END;

-- By the arXiv id: what was noted of a paper stays when it is taken out, and is there when it comes back.
CREATE TABLE marks (
    arxiv_id TEXT PRIMARY KEY,
    is_read INTEGER NOT NULL,
    is_starred INTEGER NOT NULL,
    is_hidden INTEGER NOT NULL,
    note TEXT NOT NULL,
    tags TEXT NOT NULL,                -- JSON: [tag, ...]
    changed_at TEXT NOT NULL,          -- UTC, ISO 8601
    checksum INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
INSERT INTO sums VALUES ('marks', 0, 0);
CREATE TRIGGER marks_insert AFTER INSERT ON marks BEGIN
    UPDATE sums SET rows = rows + 1 WHERE name = 'marks';
    UPDATE marks SET checksum = row_checksum(
        'marks', new.arxiv_id, new.is_read, new.is_starred, new.is_hidden, new.note, new.tags, new.changed_at
    ) WHERE arxiv_id = new.arxiv_id;
END;
CREATE TRIGGER marks_update AFTER UPDATE OF
    arxiv_id, is_read, is_starred, is_hidden, note, tags, changed_at
ON marks BEGIN
    UPDATE marks SET checksum = row_checksum(
        'marks', new.arxiv_id, new.is_read, new.is_starred, new.is_hidden, new.note, new.tags, new.changed_at
    ) WHERE arxiv_id = new.arxiv_id;
    SELECT RAISE(ABORT, 'a row of marks is damaged')
    WHERE old.checksum NOT IN (
        (SELECT checksum FROM marks WHERE arxiv_id = new.arxiv_id),
        row_checksum(
            'marks', old.arxiv_id, old.is_read, old.is_starred, old.is_hidden, old.note, old.tags, old.changed_at
        )
    );
END;
CREATE TRIGGER marks_checksum AFTER UPDATE OF checksum ON marks BEGIN
    UPDATE sums SET total = (total + new.checksum - old.checksum) & 4611686018427387903 WHERE name = 'marks';
END;
CREATE TRIGGER marks_delete AFTER DELETE ON marks BEGIN
    UPDATE sums SET rows = rows - 1, total = (total - old.checksum) & 4611686018427387903 WHERE name = 'marks';
END;
