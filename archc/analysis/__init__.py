"""Questions about networks: which inputs fit, which is the smallest, and what differs between two."""
