"""The auditor's pages: who read what, a month's sample, and what is kept about one of the staff (decision 0097)."""
