"""Tree -> spec: names, types, ranges and "did you mean". Adds faults to the report, never raises them."""

from archc.elaborate.document import elaborate

__all__ = ["elaborate"]
