"""What a mailed link or a short code opens, without sign-in: one page for one purpose (rules, section 3)."""
