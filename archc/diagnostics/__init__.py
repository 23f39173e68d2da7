"""What can be wrong, and how it is shown: faults, reports, and one renderer a format."""
