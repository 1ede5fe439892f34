"""Mail: values to bytes and bytes to values (iTIP and iMIP: RFC 5545, 5546, 6047)."""
