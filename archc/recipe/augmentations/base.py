"""What a random transform of torchvision is, and the arguments that several of them have."""

from typing import Annotated, Literal, TypeAlias

from archc.terms.record import Doc
from archc.terms.term import Term
from archc.terms.values import Probability, choice, either, integer, listed, number

Chance: TypeAlias = Annotated[Probability, Doc("The share of the samples that it happens to.")]
_PIXEL = number("a number from 0 to 255", least=0, most=255)
Fill: TypeAlias = Annotated[
    float | tuple[float, ...],
    either("a number from 0 to 255, or a list of them, one for each channel", _PIXEL, listed("", _PIXEL, least=1)),
    Doc("What new pixels are, from 0 to 255."),
]
_SIZE = integer("an int of at least 1", 1)
OutputSize: TypeAlias = Annotated[
    int | tuple[int, int],
    either("an int of at least 1, or a list of two (height, width)", _SIZE, listed("", _SIZE, length=2)),
    Doc("Height and width of what comes out."),
]

_PAD = integer("an int of at least 0", 0)
PADDING = either(
    "an int of at least 0, a list of two (left and right, top and bottom), or of four (left, top, right, bottom)",
    _PAD,
    listed("", _PAD, length=2),
    listed("", _PAD, length=4),
)
Padding: TypeAlias = int | tuple[int, int] | tuple[int, int, int, int]
PaddingMode: TypeAlias = Annotated[
    Literal["constant", "edge", "reflect", "symmetric"],
    choice("constant", "edge", "reflect", "symmetric"),
    Doc("What is around the image: `fill`, its edge, or its mirror image without or with the edge."),
]


class Augmentation(Term):
    """Base of the augmentations. They see pixels from 0 to 255, before `transform`, and only those trained on.

    What happens to a sample depends on the seed, the epoch, and the number of the sample, and on nothing else.
    """

    url = "https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.{name}.html"

    def output(self, size: tuple[int, ...]) -> tuple[int, ...]:
        """Height and width of what comes out, for samples of a size."""
        return size


def pair(size: int | tuple[int, int]) -> tuple[int, int]:
    """Height and width of a size that may be one number."""
    return size if isinstance(size, tuple) else (size, size)


def sides(padding: Padding | None) -> tuple[int, int, int, int]:
    """Pixels to the left, at the top, to the right and at the bottom."""
    match padding:
        case None:
            return 0, 0, 0, 0
        case int(all_sides):
            return all_sides, all_sides, all_sides, all_sides
        case (x, y):
            return x, y, x, y
        case (left, top, right, bottom):
            return left, top, right, bottom
