"""Where the hotline remembers: tables, queries, unit of work, sealing, recording store."""
