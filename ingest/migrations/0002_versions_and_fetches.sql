-- Withdrawn papers are marked; a chunk keeps the id it was given when a later version brings the same text.
ALTER TABLE papers ADD COLUMN is_withdrawn INTEGER NOT NULL DEFAULT 0;
ALTER TABLE chunks ADD COLUMN chunk_id TEXT NOT NULL DEFAULT '';
UPDATE chunks SET chunk_id = (
    SELECT arxiv_id || 'v' || version || '#' || number FROM papers WHERE papers.row = chunks.paper
);
CREATE UNIQUE INDEX chunks_by_id ON chunks (chunk_id);

-- The last day on which a text was listed decides, after its version, which text stands.
ALTER TABLE versions ADD COLUMN last_day TEXT NOT NULL DEFAULT '';
UPDATE versions SET last_day = coalesce((SELECT max(day) FROM listings WHERE listings.paper = versions.paper), '')
    WHERE EXISTS (
        SELECT 1 FROM papers
        WHERE papers.row = versions.paper AND papers.title = versions.title AND papers.abstract = versions.abstract
    );

-- The days of a category that were fetched in full.
CREATE TABLE fetched_days (
    category TEXT NOT NULL,
    day TEXT NOT NULL,                 -- ISO 8601
    papers INTEGER NOT NULL,
    fetched_at TEXT NOT NULL,          -- UTC, ISO 8601
    PRIMARY KEY (category, day)
) STRICT, WITHOUT ROWID;
