"""Floor 2: all SQL. Rows to values and back; nothing is decided here."""
