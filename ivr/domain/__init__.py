"""The words and rules of the hotline, in plain Python."""
