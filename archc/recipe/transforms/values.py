"""The transform that changes the values of pixels, and leaves them where they are."""

from typing import Annotated, Literal

from archc.diagnostics import catalog
from archc.recipe.transforms.base import Transform
from archc.terms.record import Doc, nullable
from archc.terms.values import choice, either, number, one_or_more

_AUTO = choice("auto")


class Normalize(Transform):
    """Subtract a mean and divide by a standard deviation, for each channel: `y = (x - mean) / std`.

    `x` is a pixel from 0 to 1. One number serves all channels. `Normalize: auto` takes those of the training samples,
    behind the transforms that change sizes, and keeps them with the run.
    """

    principal = "mean"

    mean: Annotated[
        tuple[float, ...] | Literal["auto"],
        either(
            "a number, a list of numbers, one for each channel, or `auto`",
            _AUTO,
            one_or_more("", number("")),
        ),
        Doc("Mean of each channel; `auto`: those of the training samples, and `std` with them."),
    ]
    std: Annotated[
        tuple[float, ...] | Literal["auto"] | None,
        nullable(
            either(
                "a number above 0, a list of them, one for each channel, or `auto`",
                _AUTO,
                one_or_more("", number("", above=0)),
            )
        ),
        Doc("Standard deviation of each channel."),
    ] = None

    def check(self) -> None:
        if self.is_auto:
            if self.std not in (None, "auto"):
                reason = "either both are learnt of the training samples, or none"
                raise catalog.values.Contradiction(field="std", first="mean", second="std", reason=reason)
            return
        if self.std == "auto":
            reason = "either both are learnt of the training samples, or none"
            raise catalog.values.Contradiction(field="std", first="mean", second="std", reason=reason)
        if self.std is None:
            raise catalog.values.MissingArgument(
                owner="Normalize", arguments=("std",), descriptions=("standard deviation of each channel",)
            )
        if len(self.mean) != len(self.std) and 1 not in (len(self.mean), len(self.std)):
            raise catalog.values.Contradiction(
                field="std",
                first="mean",
                second="std",
                reason=f"`mean` has {len(self.mean)} elements and `std` has {len(self.std)}",
            )

    @property
    def is_auto(self) -> bool:
        """Whether its numbers are learnt of the training samples."""
        return self.mean == "auto"

    @property
    def channels(self) -> int:
        """For how many channels it has numbers; 1 for any."""
        return 1 if self.is_auto else max(len(self.mean), len(self.std or ()))
