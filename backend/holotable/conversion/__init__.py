"""Source file to scene package: bytes in, files out; no database, no network."""
