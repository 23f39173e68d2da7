"""Augmentations that move or cover pixels, and leave their values as they are."""

from typing import Annotated, Literal

from archc.diagnostics import catalog
from archc.recipe.augmentations.base import (
    PADDING,
    Augmentation,
    Chance,
    Fill,
    OutputSize,
    Padding,
    PaddingMode,
    pair,
    sides,
)
from archc.terms.record import Doc, nullable
from archc.terms.values import choice, either, listed, number

_Range = listed("a list of two numbers above 0", number("", above=0), length=2)


class RandomCrop(Augmentation):
    """Pad the image, and cut a piece out of it at a random place."""

    principal = "size"

    size: OutputSize
    padding: Annotated[Padding | None, nullable(PADDING), Doc("Pixels around the image.")] = None
    fill: Fill = 0
    padding_mode: PaddingMode = "constant"

    def output(self, size: tuple[int, ...]) -> tuple[int, ...]:
        return pair(self.size)

    def sides(self) -> tuple[int, int, int, int]:
        """Pixels to the left, at the top, to the right and at the bottom."""
        return sides(self.padding)


class RandomHorizontalFlip(Augmentation):
    """Mirror the image, left to right."""

    principal = "p"

    p: Chance = 0.5


class RandomVerticalFlip(Augmentation):
    """Mirror the image, top to bottom."""

    principal = "p"

    p: Chance = 0.5


class RandomErasing(Augmentation):
    """Cover a random rectangle.

    torchvision draws up to ten rectangles until one fits, and so does this; where none does, the image stays.
    """

    principal = "p"

    p: Chance = 0.5
    scale: Annotated[tuple[float, float], _Range, Doc("Least and most share of the image's area.")] = (0.02, 0.33)
    ratio: Annotated[tuple[float, float], _Range, Doc("Least and most height, as a share of the width.")] = (0.3, 3.3)
    value: Annotated[
        float | tuple[float, ...] | Literal["random"],
        either(
            "a number from 0 to 255, a list of them, one for each channel, or `random`",
            choice("random"),
            number("", least=0, most=255),
            listed("", number("", least=0, most=255), least=1),
        ),
        Doc("What it is covered with, from 0 to 255; `random`: noise."),
    ] = 0

    def check(self) -> None:
        for field in ("scale", "ratio"):
            low, high = getattr(self, field)
            if low > high:
                reason = "the least is above the most"
                raise catalog.values.Contradiction(
                    field=field, first=f"{field}[0]", second=f"{field}[1]", reason=reason
                )
        if self.scale[1] > 1:
            raise catalog.values.Contradiction(
                field="scale", first="scale[1]", second="1", reason="a rectangle covers no more than the image"
            )
