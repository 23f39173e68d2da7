"""A report -> what remains of it at the levels that were asked for, with the fixes of what remains."""
