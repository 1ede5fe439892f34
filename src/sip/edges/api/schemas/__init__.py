"""What goes over the wire, as frozen structs; unknown fields are refused."""
