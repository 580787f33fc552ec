-- Who wrote a paper, where it belongs and when it was submitted, where a source tells it; [] and '' where none did.
ALTER TABLE papers ADD COLUMN authors TEXT NOT NULL DEFAULT '[]';      -- JSON: [name, ...]
ALTER TABLE papers ADD COLUMN categories TEXT NOT NULL DEFAULT '[]';   -- JSON: [primary, ...]
ALTER TABLE papers ADD COLUMN submitted TEXT NOT NULL DEFAULT '';      -- ISO 8601, UTC

-- basis: what the day is the day of. An older Daybook kept submissions and announcements alike. A digest names no
-- version, so a text of version 0 that was last seen on the day was announced; what was fetched was submitted, and what
-- has a version, beside a text that has none; else the link tells: metadata got the page of the abstract.
-- is_told: whether the source named the block, which then stands before one that only follows from an order.
CREATE TABLE listings_with_basis (
    paper INTEGER NOT NULL REFERENCES papers (row),
    day TEXT NOT NULL,                 -- ISO 8601
    category TEXT NOT NULL,
    basis TEXT NOT NULL,
    block TEXT NOT NULL,
    position INTEGER NOT NULL,
    is_told INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (paper, day, category, basis)
) STRICT, WITHOUT ROWID;
INSERT INTO listings_with_basis (paper, day, category, basis, block, position)
    SELECT paper, day, category,
        CASE
            WHEN EXISTS (SELECT 1 FROM versions AS v WHERE v.paper = listings.paper AND v.version = 0
                         AND v.last_day = listings.day) THEN 'announced'
            WHEN EXISTS (SELECT 1 FROM fetched_days AS f WHERE f.category = listings.category
                         AND f.day = listings.day) THEN 'submitted'
            WHEN EXISTS (SELECT 1 FROM versions AS v WHERE v.paper = listings.paper AND v.version = 0)
                 AND EXISTS (SELECT 1 FROM versions AS v WHERE v.paper = listings.paper AND v.version > 0
                             AND v.last_day = listings.day) THEN 'submitted'
            WHEN url = 'https://arxiv.org/abs/' || arxiv_id THEN 'submitted'
            ELSE 'announced'
        END,
        block, position
    FROM listings JOIN papers ON papers.row = paper;
DROP TABLE listings;
ALTER TABLE listings_with_basis RENAME TO listings;
CREATE INDEX listings_by_day ON listings (day, position);

-- Which files brought a paper, with which text and under which listing; nothing of what an older Daybook brought in.
CREATE TABLE origins (
    paper INTEGER NOT NULL REFERENCES papers (row),
    source TEXT NOT NULL,              -- the absolute path of a file, or where it was fetched from
    day TEXT NOT NULL,
    category TEXT NOT NULL,
    basis TEXT NOT NULL,
    version INTEGER NOT NULL,
    text TEXT NOT NULL,                -- a hash of the title and the abstract as cleaned
    PRIMARY KEY (source, paper, day, category, basis, version, text)
) STRICT, WITHOUT ROWID;
CREATE INDEX origins_by_paper ON origins (paper);

-- Papers can be taken out; removals counts how many were, so that every index in memory notices.
INSERT INTO state VALUES ('removals', 0);
CREATE TRIGGER papers_text_delete AFTER DELETE ON papers BEGIN
    INSERT INTO papers_text (papers_text, rowid, title, abstract) VALUES ('delete', old.row, old.title, old.abstract);
END;
