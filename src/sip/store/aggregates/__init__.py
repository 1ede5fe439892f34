"""What `handle()` reads and writes: meetings and reports whole, their journal, and what surrounds a decision."""
