"""What a random transform of torchvision is, and the arguments that several of them have."""

from typing import Annotated, TypeAlias

from archc.terms.record import Doc
from archc.terms.term import Term
from archc.terms.values import Probability, either, integer, listed, number

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
