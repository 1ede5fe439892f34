"""A year of a made-up county through the real use cases, at full speed: acts, mail to a sink, jumps in time."""
