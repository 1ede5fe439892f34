"""The directory in a browser: units found, shown and changed; their people; where they belong; the whole as a file."""
