"""The resources, one file per noun."""
