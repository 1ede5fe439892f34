"""The pages of the register beside the agreements."""
