"""What every page stands in: who asks, in which language, forms and their safety, errors and headers."""
