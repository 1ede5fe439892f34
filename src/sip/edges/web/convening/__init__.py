"""Making a meeting, a screen for each step, and what is kept around it."""
