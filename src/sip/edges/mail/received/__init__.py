"""Bytes to values: what a received mail says, whatever its bytes (RFC 5322, 5545, 5546, 6047)."""
