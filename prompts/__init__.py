"""What the line says: texts, recordings, and the files that are played."""
