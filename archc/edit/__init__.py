"""Spec text -> better spec text: fixes to a fixpoint, the formatter, and unified diffs. Nothing here writes a file."""
