"""The ways mail takes: out by the relay, in by LMTP, SMTP or an IMAP account that is read."""
