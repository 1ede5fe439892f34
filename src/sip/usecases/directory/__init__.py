"""The directory: as a file, and one thing at a time."""
