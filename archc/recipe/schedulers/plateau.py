"""The scheduler that looks at a figure of the training instead of the time."""

from typing import Annotated, Literal

from archc.recipe.schedulers.base import Scheduler
from archc.terms.record import Doc, nullable
from archc.terms.values import Count, Decay, NonNegative, Text, choice


class ReduceLROnPlateau(Scheduler):
    """Multiply the learning rate by `factor` when a figure has not become better for `patience` evaluations.

    It looks whenever the figure is measured: after each evaluation of the validation samples, and for `train_loss`
    and `train_accuracy` after each epoch.
    """

    mode: Annotated[
        Literal["min", "max"] | None,
        nullable(choice("min", "max")),
        Doc("Whether lower or higher is better; left out: as the figure has it."),
    ] = None
    factor: Annotated[Decay, Doc("What the learning rate is multiplied by.")] = 0.1
    patience: Annotated[Count, Doc("Evaluations without improvement that it allows.")] = 10
    threshold: Annotated[NonNegative, Doc("Smaller improvements do not count.")] = 1e-4
    threshold_mode: Annotated[
        Literal["rel", "abs"], choice("rel", "abs"), Doc("Whether `threshold` is a share of the best figure.")
    ] = "rel"
    cooldown: Annotated[Count, Doc("Evaluations after a reduction in which it does not count.")] = 0
    min_lr: Annotated[NonNegative, Doc("The lowest learning rate.")] = 0
    eps: Annotated[NonNegative, Doc("Smaller changes of the learning rate are not made.")] = 1e-8
    monitor: Annotated[Text, Doc("The figure.")] = "val_loss"
