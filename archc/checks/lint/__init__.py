"""Layers in their order -> warnings about what torch permits, and what is most likely a mistake."""
