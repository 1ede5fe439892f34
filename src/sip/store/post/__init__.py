"""Mail on both its ways: what leaves, what came in, the tokens and short codes that tie an answer to what was asked."""
