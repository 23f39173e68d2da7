"""E486-E489: files of arrays, texts and series that do not hold what a spec says of them."""

from __future__ import annotations

from archc.diagnostics.fault import Family, Fault, Stage

fault = Family("E4", Stage.CHECKS, "Training and data")


@fault("E486", "arrays-unusable")
class ArraysUnusable(Fault):
    """A file of arrays is not there, is damaged, or does not hold samples `x` with their targets `y`.

    Nothing is unpickled: arrays of Python objects are refused, as `np.load` does. What a header promises is compared
    with the size of the file before memory is taken.
    """

    file: str
    reason: str
    advice: str | None = None
    absent: bool = False
    """Whether there is no such file."""

    def message(self) -> str:
        return f"`{self.file}` cannot be used: {self.reason}"

    def help(self) -> str | None:
        return self.advice
