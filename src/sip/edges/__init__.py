"""Floor 4: the world outside: mail, pages, API, words for people, what ticks."""
