"""The sections of `train` that control it while it runs: early stopping, weight decay, gradient clipping."""

from typing import Annotated, Any, Final, Literal, NamedTuple

from archc.diagnostics import catalog
from archc.recipe.figures import better
from archc.recipe.section import Section
from archc.terms.record import Doc, nullable
from archc.terms.values import Flag, NonNegative, Size, Text, choice, listed, read_by


class Clip(NamedTuple):
    """The most that gradients may be: the norm of all together, or each value."""

    most: float
    by: Literal["norm", "value"]


def _clip(value: object) -> Clip:
    if isinstance(value, Clip):
        return value
    by: Literal["norm", "value"] = "norm"
    if isinstance(value, dict):
        if len(value) != 1 or not set(value) <= {"norm", "value"}:
            raise ValueError("not a clip")
        by, value = next(iter(value.items()))
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
        raise ValueError("not a number above 0")
    return Clip(float(value), by)


_MOST: Final[dict[str, Any]] = {"type": "number", "exclusiveMinimum": 0}
CLIP: Final = nullable(
    read_by(
        "a number above 0, or a mapping with `norm` or `value`, as in `{value: 0.5}`",
        _clip,
        {
            "anyOf": [
                _MOST,
                {
                    "type": "object",
                    "properties": {"norm": _MOST, "value": _MOST},
                    "minProperties": 1,
                    "maxProperties": 1,
                    "additionalProperties": False,
                },
            ]
        },
    )
)


class EarlyStopping(Section):
    """Stop when a figure no longer becomes better, and go back to the weights with which it was best."""

    monitor: Annotated[Text, Doc("The figure: `val_loss`, `val_accuracy`, `val_f1`, `train_loss`, ...")] = "val_loss"
    patience: Annotated[Size, Doc("Evaluations without improvement after which it stops.")] = 3
    min_delta: Annotated[NonNegative, Doc("Smaller improvements do not count.")] = 0.0
    mode: Annotated[
        Literal["min", "max"] | None,
        nullable(choice("min", "max")),
        Doc("Whether lower or higher is better; left out: as the figure has it."),
    ] = None
    restore_best: Annotated[Flag, Doc("Whether the run ends with the best weights, not the newest.")] = True

    @property
    def direction(self) -> Literal["min", "max"]:
        """Which way the figure is better."""
        return self.mode or better(self.monitor)


_PARAMETERS: Final = choice("bias", "norm", "embedding", "activation")
_OF_LAYERS: Final = "a list of `bias`, `norm`, `embedding` and `activation`"


class WeightDecay(Section):
    """Which parameters the optimizer's `weight_decay` leaves alone."""

    exclude: Annotated[
        tuple[Literal["bias", "norm", "embedding", "activation"], ...],
        listed(_OF_LAYERS, _PARAMETERS, least=1),
        Doc("Biases of all layers, the parameters of norms, those of embeddings, the slopes of PReLU."),
    ] = ("bias", "norm")


class Penalty(Section):
    """What large weights cost: a term that training minimises beside the loss. Reported losses are without it."""

    l1: Annotated[NonNegative, Doc("Times the sum of |w|: makes weights 0 that do little.")] = 0.0
    l2: Annotated[NonNegative, Doc("Times the sum of w ** 2: makes all weights smaller.")] = 0.0
    exclude: Annotated[
        tuple[Literal["bias", "norm", "embedding", "activation"], ...],
        listed(_OF_LAYERS, _PARAMETERS),
        Doc("Parameters that cost nothing, by the names that `decay` has for them."),
    ] = ("bias", "norm")

    def check(self) -> None:
        if not self.l1 and not self.l2:
            raise catalog.values.MissingKey(key="l1", where="`penalty`", example="l1: 1e-4")
