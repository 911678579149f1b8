"""From the sound of a message to its words, on this machine alone."""
