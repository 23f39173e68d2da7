"""Network -> what its axes hold: channels, length, steps, ..., from layer to layer, and where one is mistaken."""

from archc.axes.holding import Held, Holding, Misread, behind, hold

__all__ = ["Held", "Holding", "Misread", "behind", "hold"]
