"""Text -> tree with spans. Knows nothing of networks."""
