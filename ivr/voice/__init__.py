"""The carrier speaks here: what it posts becomes a turn, and the turn becomes what it plays."""
