-- Every row carries a checksum of its table, its key and all that it says (`ingest/checksums.py`): what is damaged is
-- noticed when it is read, and never quoted. The triggers keep it, so that no writing code can forget it; they let a
-- damaged row be changed only back into what its checksum proves.

-- Of each table how many rows it has, and the sum of their checksums (the lowest 62 bits): rows that vanish are noticed.
CREATE TABLE sums (
    name TEXT PRIMARY KEY,
    rows INTEGER NOT NULL,
    total INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- How the blocks of the text index add up after the last ingest, and at which generation that was.
INSERT INTO state VALUES ('sealed_text', 0), ('sealed_generation', -1);

ALTER TABLE papers ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
INSERT INTO sums SELECT 'papers', count(*), 0 FROM papers;
CREATE TRIGGER papers_insert AFTER INSERT ON papers BEGIN
    UPDATE sums SET rows = rows + 1 WHERE name = 'papers';
    UPDATE papers SET checksum = row_checksum(
        'papers', new.row, new.arxiv_id, new.version, new.title, new.abstract, new.url, new.links, new.is_withdrawn,
        new.authors, new.categories, new.submitted
    ) WHERE row = new.row;
END;
CREATE TRIGGER papers_update AFTER UPDATE OF
    row, arxiv_id, version, title, abstract, url, links, is_withdrawn, authors, categories, submitted
ON papers BEGIN
    UPDATE papers SET checksum = row_checksum(
        'papers', new.row, new.arxiv_id, new.version, new.title, new.abstract, new.url, new.links, new.is_withdrawn,
        new.authors, new.categories, new.submitted
    ) WHERE row = new.row;
    SELECT RAISE(ABORT, 'a row of papers is damaged')
    WHERE old.checksum NOT IN (
        (SELECT checksum FROM papers WHERE row = new.row),
        row_checksum(
            'papers', old.row, old.arxiv_id, old.version, old.title, old.abstract, old.url, old.links,
            old.is_withdrawn, old.authors, old.categories, old.submitted
        )
    );
END;
CREATE TRIGGER papers_checksum AFTER UPDATE OF checksum ON papers BEGIN
    UPDATE sums SET total = (total + new.checksum - old.checksum) & 4611686018427387903 WHERE name = 'papers';
END;
CREATE TRIGGER papers_delete AFTER DELETE ON papers BEGIN
    UPDATE sums SET rows = rows - 1, total = (total - old.checksum) & 4611686018427387903 WHERE name = 'papers';
END;
UPDATE papers SET checksum = row_checksum(
    'papers', row, arxiv_id, version, title, abstract, url, links, is_withdrawn, authors, categories, submitted
);

ALTER TABLE versions ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
INSERT INTO sums SELECT 'versions', count(*), 0 FROM versions;
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
UPDATE versions SET checksum = row_checksum(
    'versions', paper, version, title, abstract, raw_title, raw_abstract, seen_at, last_day
);

ALTER TABLE listings ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
INSERT INTO sums SELECT 'listings', count(*), 0 FROM listings;
CREATE TRIGGER listings_insert AFTER INSERT ON listings BEGIN
    UPDATE sums SET rows = rows + 1 WHERE name = 'listings';
    UPDATE listings SET checksum = row_checksum(
        'listings', new.paper, new.day, new.category, new.basis, new.block, new.position, new.is_told
    ) WHERE (paper, day, category, basis)
            = (new.paper, new.day, new.category, new.basis);
END;
CREATE TRIGGER listings_update AFTER UPDATE OF
    paper, day, category, basis, block, position, is_told
ON listings BEGIN
    UPDATE listings SET checksum = row_checksum(
        'listings', new.paper, new.day, new.category, new.basis, new.block, new.position, new.is_told
    ) WHERE (paper, day, category, basis)
            = (new.paper, new.day, new.category, new.basis);
    SELECT RAISE(ABORT, 'a row of listings is damaged')
    WHERE old.checksum NOT IN (
        (SELECT checksum FROM listings WHERE (paper, day, category, basis)
            = (new.paper, new.day, new.category, new.basis)),
        row_checksum(
            'listings', old.paper, old.day, old.category, old.basis, old.block, old.position, old.is_told
        )
    );
END;
CREATE TRIGGER listings_checksum AFTER UPDATE OF checksum ON listings BEGIN
    UPDATE sums SET total = (total + new.checksum - old.checksum) & 4611686018427387903 WHERE name = 'listings';
END;
CREATE TRIGGER listings_delete AFTER DELETE ON listings BEGIN
    UPDATE sums SET rows = rows - 1, total = (total - old.checksum) & 4611686018427387903 WHERE name = 'listings';
END;
UPDATE listings SET checksum = row_checksum(
    'listings', paper, day, category, basis, block, position, is_told
);

ALTER TABLE origins ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
INSERT INTO sums SELECT 'origins', count(*), 0 FROM origins;
CREATE TRIGGER origins_insert AFTER INSERT ON origins BEGIN
    UPDATE sums SET rows = rows + 1 WHERE name = 'origins';
    UPDATE origins SET checksum = row_checksum(
        'origins', new.paper, new.source, new.day, new.category, new.basis, new.version, new.text
    ) WHERE (source, paper, day, category, basis, version, text)
            = (new.source, new.paper, new.day, new.category, new.basis, new.version, new.text);
END;
CREATE TRIGGER origins_update AFTER UPDATE OF
    paper, source, day, category, basis, version, text
ON origins BEGIN
    UPDATE origins SET checksum = row_checksum(
        'origins', new.paper, new.source, new.day, new.category, new.basis, new.version, new.text
    ) WHERE (source, paper, day, category, basis, version, text)
            = (new.source, new.paper, new.day, new.category, new.basis, new.version, new.text);
    SELECT RAISE(ABORT, 'a row of origins is damaged')
    WHERE old.checksum NOT IN (
        (SELECT checksum FROM origins WHERE (source, paper, day, category, basis, version, text)
            = (new.source, new.paper, new.day, new.category, new.basis, new.version, new.text)),
        row_checksum(
            'origins', old.paper, old.source, old.day, old.category, old.basis, old.version, old.text
        )
    );
END;
CREATE TRIGGER origins_checksum AFTER UPDATE OF checksum ON origins BEGIN
    UPDATE sums SET total = (total + new.checksum - old.checksum) & 4611686018427387903 WHERE name = 'origins';
END;
CREATE TRIGGER origins_delete AFTER DELETE ON origins BEGIN
    UPDATE sums SET rows = rows - 1, total = (total - old.checksum) & 4611686018427387903 WHERE name = 'origins';
END;
UPDATE origins SET checksum = row_checksum(
    'origins', paper, source, day, category, basis, version, text
);

ALTER TABLE chunks ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
INSERT INTO sums SELECT 'chunks', count(*), 0 FROM chunks;
CREATE TRIGGER chunks_insert AFTER INSERT ON chunks BEGIN
    UPDATE sums SET rows = rows + 1 WHERE name = 'chunks';
    UPDATE chunks SET checksum = row_checksum(
        'chunks', new.row, new.paper, new.number, new.start_offset, new.end_offset, new.vector, new.chunk_id
    ) WHERE row = new.row;
END;
CREATE TRIGGER chunks_update AFTER UPDATE OF
    row, paper, number, start_offset, end_offset, vector, chunk_id
ON chunks BEGIN
    UPDATE chunks SET checksum = row_checksum(
        'chunks', new.row, new.paper, new.number, new.start_offset, new.end_offset, new.vector, new.chunk_id
    ) WHERE row = new.row;
    SELECT RAISE(ABORT, 'a row of chunks is damaged')
    WHERE old.checksum NOT IN (
        (SELECT checksum FROM chunks WHERE row = new.row),
        row_checksum(
            'chunks', old.row, old.paper, old.number, old.start_offset, old.end_offset, old.vector, old.chunk_id
        )
    );
END;
CREATE TRIGGER chunks_checksum AFTER UPDATE OF checksum ON chunks BEGIN
    UPDATE sums SET total = (total + new.checksum - old.checksum) & 4611686018427387903 WHERE name = 'chunks';
END;
CREATE TRIGGER chunks_delete AFTER DELETE ON chunks BEGIN
    UPDATE sums SET rows = rows - 1, total = (total - old.checksum) & 4611686018427387903 WHERE name = 'chunks';
END;
UPDATE chunks SET checksum = row_checksum(
    'chunks', row, paper, number, start_offset, end_offset, vector, chunk_id
);

ALTER TABLE sentences ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
INSERT INTO sums SELECT 'sentences', count(*), 0 FROM sentences;
CREATE TRIGGER sentences_insert AFTER INSERT ON sentences BEGIN
    UPDATE sums SET rows = rows + 1 WHERE name = 'sentences';
    UPDATE sentences SET checksum = row_checksum(
        'sentences', new.paper, new.number, new.start_offset, new.end_offset, new.role, new.is_key
    ) WHERE paper = new.paper AND number = new.number;
END;
CREATE TRIGGER sentences_update AFTER UPDATE OF
    paper, number, start_offset, end_offset, role, is_key
ON sentences BEGIN
    UPDATE sentences SET checksum = row_checksum(
        'sentences', new.paper, new.number, new.start_offset, new.end_offset, new.role, new.is_key
    ) WHERE paper = new.paper AND number = new.number;
    SELECT RAISE(ABORT, 'a row of sentences is damaged')
    WHERE old.checksum NOT IN (
        (SELECT checksum FROM sentences WHERE paper = new.paper AND number = new.number),
        row_checksum(
            'sentences', old.paper, old.number, old.start_offset, old.end_offset, old.role, old.is_key
        )
    );
END;
CREATE TRIGGER sentences_checksum AFTER UPDATE OF checksum ON sentences BEGIN
    UPDATE sums SET total = (total + new.checksum - old.checksum) & 4611686018427387903 WHERE name = 'sentences';
END;
CREATE TRIGGER sentences_delete AFTER DELETE ON sentences BEGIN
    UPDATE sums SET rows = rows - 1, total = (total - old.checksum) & 4611686018427387903 WHERE name = 'sentences';
END;
UPDATE sentences SET checksum = row_checksum(
    'sentences', paper, number, start_offset, end_offset, role, is_key
);

ALTER TABLE rejections ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
INSERT INTO sums SELECT 'rejections', count(*), 0 FROM rejections;
CREATE TRIGGER rejections_insert AFTER INSERT ON rejections BEGIN
    UPDATE sums SET rows = rows + 1 WHERE name = 'rejections';
    UPDATE rejections SET checksum = row_checksum(
        'rejections', new.file, new.line, new.reason, new.seen_at
    ) WHERE file = new.file AND line = new.line AND reason = new.reason;
END;
CREATE TRIGGER rejections_update AFTER UPDATE OF
    file, line, reason, seen_at
ON rejections BEGIN
    UPDATE rejections SET checksum = row_checksum(
        'rejections', new.file, new.line, new.reason, new.seen_at
    ) WHERE file = new.file AND line = new.line AND reason = new.reason;
    SELECT RAISE(ABORT, 'a row of rejections is damaged')
    WHERE old.checksum NOT IN (
        (SELECT checksum FROM rejections WHERE file = new.file AND line = new.line AND reason = new.reason),
        row_checksum(
            'rejections', old.file, old.line, old.reason, old.seen_at
        )
    );
END;
CREATE TRIGGER rejections_checksum AFTER UPDATE OF checksum ON rejections BEGIN
    UPDATE sums SET total = (total + new.checksum - old.checksum) & 4611686018427387903 WHERE name = 'rejections';
END;
CREATE TRIGGER rejections_delete AFTER DELETE ON rejections BEGIN
    UPDATE sums SET rows = rows - 1, total = (total - old.checksum) & 4611686018427387903 WHERE name = 'rejections';
END;
UPDATE rejections SET checksum = row_checksum(
    'rejections', file, line, reason, seen_at
);

ALTER TABLE fetched_days ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
INSERT INTO sums SELECT 'fetched_days', count(*), 0 FROM fetched_days;
CREATE TRIGGER fetched_days_insert AFTER INSERT ON fetched_days BEGIN
    UPDATE sums SET rows = rows + 1 WHERE name = 'fetched_days';
    UPDATE fetched_days SET checksum = row_checksum(
        'fetched_days', new.category, new.day, new.papers, new.fetched_at
    ) WHERE category = new.category AND day = new.day;
END;
CREATE TRIGGER fetched_days_update AFTER UPDATE OF
    category, day, papers, fetched_at
ON fetched_days BEGIN
    UPDATE fetched_days SET checksum = row_checksum(
        'fetched_days', new.category, new.day, new.papers, new.fetched_at
    ) WHERE category = new.category AND day = new.day;
    SELECT RAISE(ABORT, 'a row of fetched_days is damaged')
    WHERE old.checksum NOT IN (
        (SELECT checksum FROM fetched_days WHERE category = new.category AND day = new.day),
        row_checksum(
            'fetched_days', old.category, old.day, old.papers, old.fetched_at
        )
    );
END;
CREATE TRIGGER fetched_days_checksum AFTER UPDATE OF checksum ON fetched_days BEGIN
    UPDATE sums SET total = (total + new.checksum - old.checksum) & 4611686018427387903 WHERE name = 'fetched_days';
END;
CREATE TRIGGER fetched_days_delete AFTER DELETE ON fetched_days BEGIN
    UPDATE sums SET rows = rows - 1, total = (total - old.checksum) & 4611686018427387903 WHERE name = 'fetched_days';
END;
UPDATE fetched_days SET checksum = row_checksum(
    'fetched_days', category, day, papers, fetched_at
);

-- How many turns it has: they are numbered from 1, so that a missing last one leaves no gap.
ALTER TABLE conversations ADD COLUMN turns INTEGER NOT NULL DEFAULT 0;
UPDATE conversations SET turns = (SELECT count(*) FROM turns WHERE conversation = id);
ALTER TABLE conversations ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
INSERT INTO sums SELECT 'conversations', count(*), 0 FROM conversations;
CREATE TRIGGER conversations_insert AFTER INSERT ON conversations BEGIN
    UPDATE sums SET rows = rows + 1 WHERE name = 'conversations';
    UPDATE conversations SET checksum = row_checksum(
        'conversations', new.id, new.owner, new.title, new.created_at, new.updated_at, new.turns
    ) WHERE id = new.id;
END;
CREATE TRIGGER conversations_update AFTER UPDATE OF
    id, owner, title, created_at, updated_at, turns
ON conversations BEGIN
    UPDATE conversations SET checksum = row_checksum(
        'conversations', new.id, new.owner, new.title, new.created_at, new.updated_at, new.turns
    ) WHERE id = new.id;
    SELECT RAISE(ABORT, 'a row of conversations is damaged')
    WHERE old.checksum NOT IN (
        (SELECT checksum FROM conversations WHERE id = new.id),
        row_checksum(
            'conversations', old.id, old.owner, old.title, old.created_at, old.updated_at, old.turns
        )
    );
END;
CREATE TRIGGER conversations_checksum AFTER UPDATE OF checksum ON conversations BEGIN
    UPDATE sums SET total = (total + new.checksum - old.checksum) & 4611686018427387903 WHERE name = 'conversations';
END;
CREATE TRIGGER conversations_delete AFTER DELETE ON conversations BEGIN
    UPDATE sums SET rows = rows - 1, total = (total - old.checksum) & 4611686018427387903 WHERE name = 'conversations';
END;
UPDATE conversations SET checksum = row_checksum(
    'conversations', id, owner, title, created_at, updated_at, turns
);

ALTER TABLE turns ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
INSERT INTO sums SELECT 'turns', count(*), 0 FROM turns;
CREATE TRIGGER turns_insert AFTER INSERT ON turns BEGIN
    UPDATE sums SET rows = rows + 1 WHERE name = 'turns';
    UPDATE turns SET checksum = row_checksum(
        'turns', new.conversation, new.number, new.turn
    ) WHERE conversation = new.conversation AND number = new.number;
END;
CREATE TRIGGER turns_update AFTER UPDATE OF
    conversation, number, turn
ON turns BEGIN
    UPDATE turns SET checksum = row_checksum(
        'turns', new.conversation, new.number, new.turn
    ) WHERE conversation = new.conversation AND number = new.number;
    SELECT RAISE(ABORT, 'a row of turns is damaged')
    WHERE old.checksum NOT IN (
        (SELECT checksum FROM turns WHERE conversation = new.conversation AND number = new.number),
        row_checksum(
            'turns', old.conversation, old.number, old.turn
        )
    );
END;
CREATE TRIGGER turns_checksum AFTER UPDATE OF checksum ON turns BEGIN
    UPDATE sums SET total = (total + new.checksum - old.checksum) & 4611686018427387903 WHERE name = 'turns';
END;
CREATE TRIGGER turns_delete AFTER DELETE ON turns BEGIN
    UPDATE sums SET rows = rows - 1, total = (total - old.checksum) & 4611686018427387903 WHERE name = 'turns';
END;
UPDATE turns SET checksum = row_checksum(
    'turns', conversation, number, turn
);

ALTER TABLE state ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
INSERT INTO sums SELECT 'state', count(*), 0 FROM state;
CREATE TRIGGER state_insert AFTER INSERT ON state BEGIN
    UPDATE sums SET rows = rows + 1 WHERE name = 'state';
    UPDATE state SET checksum = row_checksum(
        'state', new.key, new.value
    ) WHERE key = new.key;
END;
CREATE TRIGGER state_update AFTER UPDATE OF
    key, value
ON state BEGIN
    UPDATE state SET checksum = row_checksum(
        'state', new.key, new.value
    ) WHERE key = new.key;
    SELECT RAISE(ABORT, 'a row of state is damaged')
    WHERE old.checksum NOT IN (
        (SELECT checksum FROM state WHERE key = new.key),
        row_checksum(
            'state', old.key, old.value
        )
    );
END;
CREATE TRIGGER state_checksum AFTER UPDATE OF checksum ON state BEGIN
    UPDATE sums SET total = (total + new.checksum - old.checksum) & 4611686018427387903 WHERE name = 'state';
END;
CREATE TRIGGER state_delete AFTER DELETE ON state BEGIN
    UPDATE sums SET rows = rows - 1, total = (total - old.checksum) & 4611686018427387903 WHERE name = 'state';
END;
UPDATE state SET checksum = row_checksum(
    'state', key, value
);
