"""What is only read: lists, counts and calendars, each within its reader's scope, and who read what."""
