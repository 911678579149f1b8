"""What we ask of the telephone company: recordings fetched and deleted, calls ended and forgotten."""
