"""What a transform of torchvision is, and what it makes of the size of an image."""

from typing import TypeAlias

from archc.terms.term import Term

Partial: TypeAlias = tuple[int | None, int | None, int | None]
"""Channels, height and width of an image, as far as they are known."""


class Transform(Term):
    """Base of the transforms. They see samples as ToTensor makes them: channels first, values from 0 to 1."""

    url = "https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.{name}.html"


class Sizing(Transform):
    """Base of the transforms that change how many pixels there are, or their channels.

    They are done once, when samples are read, to pixels from 0 to 255, and before anything random. Abstract.
    """

    url = "https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.{name}.html"

    def output(self, image: Partial) -> Partial:
        """Channels, height and width of what comes out."""
        raise AssertionError(f"{type(self).__name__} says no size")


def through(image: Partial, transforms: tuple[Transform, ...]) -> Partial:
    """Channels, height and width of an image behind all of them."""
    for transform in transforms:
        if isinstance(transform, Sizing):
            image = transform.output(image)
    return image
