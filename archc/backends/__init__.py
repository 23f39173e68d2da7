"""A network -> something else. One file a target; backends do not know one another."""
