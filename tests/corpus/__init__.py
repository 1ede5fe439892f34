"""Messages from elsewhere, made answers to our own invitations."""
