"""Training in several processes, which a launcher has started: their talk, and where the weights are."""
