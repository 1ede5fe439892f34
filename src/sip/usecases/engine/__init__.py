"""What works without a person: the one writer, due time, mail on its way and what became of it."""
