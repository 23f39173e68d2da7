"""Files that survive power cuts: written whole or not at all, by one writer. Nothing here knows what a run is."""
