"""W67x: folders of images that hold other files."""

from __future__ import annotations

from archc.diagnostics.fault import Family, Fault, Stage

fault = Family("W67", Stage.CHECKS, "Lints: what torch permits, and is most likely a mistake")


@fault("W670", "not-image-files")
class NotImageFiles(Fault):
    """A folder of images holds other files, by the endings of their names. They are left out."""

    count: int
    example: str

    def message(self) -> str:
        if self.count == 1:
            return f"`{self.example}` is left out: it is no image of a class"
        return f"`{self.example}` and {self.count - 1:,} other files are left out: they are no images of a class"
