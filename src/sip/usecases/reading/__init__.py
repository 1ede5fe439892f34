"""What people and programs read, by noun; each a use case that says in the access log what was read."""
