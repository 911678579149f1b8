"""A telephone company for your desk: it plays, listens and records, and speaks the carrier's HTTP."""
