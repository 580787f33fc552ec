-- A version that was seen is found by its paper. The index that kept versions apart held their whole texts once more,
-- a quarter of the file; writing looks for the same text of the same paper instead.
CREATE TABLE versions_seen (
    paper INTEGER NOT NULL REFERENCES papers (row),
    version INTEGER NOT NULL,
    title TEXT NOT NULL,
    abstract TEXT NOT NULL,
    raw_title TEXT NOT NULL,
    raw_abstract TEXT NOT NULL,
    seen_at TEXT NOT NULL,             -- UTC, ISO 8601
    last_day TEXT NOT NULL DEFAULT '',
    checksum INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO versions_seen (
    rowid, paper, version, title, abstract, raw_title, raw_abstract, seen_at, last_day, checksum
) SELECT rowid, paper, version, title, abstract, raw_title, raw_abstract, seen_at, last_day, checksum FROM versions;
DROP TABLE versions;
ALTER TABLE versions_seen RENAME TO versions;
CREATE INDEX versions_by_paper ON versions (paper);
CREATE TRIGGER versions_insert AFTER INSERT ON versions BEGIN
    UPDATE sums SET rows = rows + 1 WHERE name = 'versions';
    UPDATE versions SET checksum = row_checksum(
        'versions', new.paper, new.version, new.title, new.abstract, new.raw_title, new.raw_abstract, new.seen_at,
        new.last_day
    ) WHERE rowid = new.rowid;
END;
CREATE TRIGGER versions_update AFTER UPDATE OF
    paper, version, title, abstract, raw_title, raw_abstract, seen_at, last_day
ON versions BEGIN
    UPDATE versions SET checksum = row_checksum(
        'versions', new.paper, new.version, new.title, new.abstract, new.raw_title, new.raw_abstract, new.seen_at,
        new.last_day
    ) WHERE rowid = new.rowid;
    SELECT RAISE(ABORT, 'a row of versions is damaged')
    WHERE old.checksum NOT IN (
        (SELECT checksum FROM versions WHERE rowid = new.rowid),
        row_checksum(
            'versions', old.paper, old.version, old.title, old.abstract, old.raw_title, old.raw_abstract, old.seen_at,
            old.last_day
        )
    );
END;
CREATE TRIGGER versions_checksum AFTER UPDATE OF checksum ON versions BEGIN
    UPDATE sums SET total = (total + new.checksum - old.checksum) & 4611686018427387903 WHERE name = 'versions';
END;
CREATE TRIGGER versions_delete AFTER DELETE ON versions BEGIN
    UPDATE sums SET rows = rows - 1, total = (total - old.checksum) & 4611686018427387903 WHERE name = 'versions';
END;
