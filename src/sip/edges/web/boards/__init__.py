"""Cooperation boards: their agendas, sittings and items, what is found again, and what suggests a question."""
