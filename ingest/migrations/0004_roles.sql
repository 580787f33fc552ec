-- What each sentence does in its abstract; no role where an older Daybook stored it.
ALTER TABLE sentences ADD COLUMN role TEXT;
ALTER TABLE sentences ADD COLUMN is_key INTEGER NOT NULL DEFAULT 0;  -- 1: says best what the paper does
