"""The ways in which samples are kept out of training: the same for `validation` and for `test`."""

from typing import Annotated, Final

from archc.diagnostics import catalog
from archc.recipe.section import Section
from archc.terms.record import Doc, nullable
from archc.terms.values import FLAG, Fraction, Size

_MODES: Final = ("first", "last", "fraction")
"""Keys of which one says which samples."""

_DRAWN: Final = frozenset({"fraction"})
"""Those whose samples are drawn by the seed."""


class Validation(Section):
    """Which of the training samples are kept for something else: the first ones, the last ones, or a share.

    A share is drawn by the seed. Where targets are classes, it is of each class alike: what is left of
    `round(samples * fraction)` after rounding down goes to the classes with the largest remainders.
    """

    first: Annotated[Size | None, Doc("The first N samples.")] = None
    last: Annotated[Size | None, Doc("The last N samples.")] = None
    fraction: Annotated[
        Fraction | None, Doc("A share of the samples, drawn by the seed; of each class alike, if there are classes.")
    ] = None
    stratify: Annotated[
        bool | None,
        nullable(FLAG),
        Doc("Whether a share is drawn from each class alike; left out: where targets are classes."),
    ] = None

    def check(self) -> None:
        said = [mode for mode in _MODES if getattr(self, mode) is not None]
        if not said:
            raise catalog.values.MissingKey(key="fraction", where="a split of the samples", example="fraction: 0.1")
        if len(said) > 1:
            first, second, *_ = said
            raise catalog.values.Contradiction(
                field=second, first=first, second=second, reason="only one of the two can say which samples"
            )
        if self.stratify is not None and said[0] not in _DRAWN:
            raise catalog.values.Contradiction(
                field="stratify", first=said[0], second="stratify", reason="nothing is drawn that could follow classes"
            )

    @property
    def by_class(self) -> bool:
        """Whether samples are drawn from each class alike, if there are classes."""
        return self.fraction is not None and self.stratify is not False

    def count(self, samples: int) -> int:
        """How many of `samples` are kept out of training."""
        return self.first or self.last or round(samples * (self.fraction or 0))
