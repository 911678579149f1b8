"""The Flask service: the carrier speaks to it, staff work in it."""
