"""Real messages from a folder, each rewritten to a live invitation and put through the real receiver."""
