"""Users in a browser: kept by an administrator, and each one's own account and password."""
