"""The ways mail takes: out by the relay, in by LMTP, SMTP or a mailbox that is read."""
