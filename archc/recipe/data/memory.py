"""Arrays that a Python program passes, as in `archc.train(spec, data=(X, y))`."""

from pathlib import Path
from typing import Annotated, Literal

from archc.diagnostics import catalog
from archc.layers.base import Dtype
from archc.recipe.data.base import Classes, DataFacts, DataKind, Labels, Numbers, Positions, Target, Wants
from archc.terms.record import Doc, nullable
from archc.terms.values import TEXT, choice, integer, listed

_SHAPE = listed("a list of ints of at least 1", integer("an int of at least 1", 1))
_NAMES = listed("a list of texts", TEXT, least=1)


class InMemory(DataKind):
    """Arrays of a Python program: `archc.train(spec, data=(X, y))` writes these keys itself, into the run's spec.

    Targets are classes where `classes` names them, one for each sample, or for each position of the shape `target`;
    any number of labels where `labels` names those; else numbers of the shape `target`.
    """

    url = "https://numpy.org/doc/stable/reference/arrays.html"

    sample: Annotated[tuple[int, ...], _SHAPE, Doc("Shape of one sample of `X`.")]
    dtype: Annotated[Dtype, choice("float32", "int64"), Doc("Type of the network's input.")] = "float32"
    target: Annotated[tuple[int, ...], _SHAPE, Doc("Shape of one target; `[]` is a number, or a class.")] = ()
    classes: Annotated[tuple[str, ...] | None, nullable(_NAMES), Doc("Names of the classes, in their order.")] = None
    labels: Annotated[
        tuple[str, ...] | None, nullable(_NAMES), Doc("Names of the labels, of which a sample has any number.")
    ] = None
    splits: Annotated[
        tuple[Literal["train", "validation", "test"], ...],
        listed("a list of `train`, `validation` and `test`", choice("train", "validation", "test"), least=1),
        Doc("Which splits there are."),
    ] = ("train",)

    def facts(self, folder: Path, wants: Wants = "classes") -> DataFacts:
        """All but how many samples there are."""
        has_validation, has_test = "validation" in self.splits, "test" in self.splits
        return DataFacts(
            "the data", self.sample, self.dtype, self._targets(), has_validation=has_validation, has_test=has_test
        )

    def _targets(self) -> Target:
        if self.labels is not None:
            return Labels(self.labels)
        if self.classes is None:
            return Numbers(self.target)
        return Positions(self.classes, self.target) if self.target else Classes(self.classes)

    def check(self) -> None:
        for field, also in (("classes", self.classes), ("target", self.target)):
            if self.labels is not None and also:
                reason = "a sample has either labels or something else to predict"
                raise catalog.values.Contradiction(field="labels", first=field, second="labels", reason=reason)
