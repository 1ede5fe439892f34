"""Pages of standing groups: a county's picture, one group with its seats, and founding."""
