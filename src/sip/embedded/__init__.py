"""The PostgreSQL server of an installation that has none of its own. Stands on no floor: it knows nothing of SIP."""
