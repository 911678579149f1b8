"""A telephone company for your desk: it answers, plays, listens and records, and speaks the carrier's HTTP."""
