-- Who wrote a paper, where it belongs and when it was submitted, where a source tells it; [] and '' where none did.
ALTER TABLE papers ADD COLUMN authors TEXT NOT NULL DEFAULT '[]';      -- JSON: [name, ...]
ALTER TABLE papers ADD COLUMN categories TEXT NOT NULL DEFAULT '[]';   -- JSON: [primary, ...]
ALTER TABLE papers ADD COLUMN submitted TEXT NOT NULL DEFAULT '';      -- ISO 8601, UTC

-- basis: what the day is the day of. An older Daybook kept submissions and announcements alike; it named papers from
-- arXiv's metadata by the page of their abstract, those of a digest by the digest's own link, nearly always a PDF.
CREATE TABLE listings_with_basis (
    paper INTEGER NOT NULL REFERENCES papers (row),
    day TEXT NOT NULL,                 -- ISO 8601
    category TEXT NOT NULL,
    basis TEXT NOT NULL,
    block TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (paper, day, category, basis)
) STRICT, WITHOUT ROWID;
INSERT INTO listings_with_basis (paper, day, category, basis, block, position)
    SELECT paper, day, category,
        CASE url WHEN 'https://arxiv.org/abs/' || arxiv_id THEN 'submitted' ELSE 'announced' END, block, position
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
