"""The outside world's formats: bytes in and out, values in between; no database, no network."""
