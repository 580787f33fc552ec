"""How each kind of source says what it says of papers; `ingest.sources` tells them apart."""
