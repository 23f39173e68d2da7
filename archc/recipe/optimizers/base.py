"""What an optimizer of torch.optim is, and the arguments that several of them have."""

from typing import Annotated, TypeAlias

from archc.diagnostics import catalog
from archc.terms.record import Doc
from archc.terms.term import Term
from archc.terms.values import Flag, NonNegative, listed, number

Lr: TypeAlias = Annotated[NonNegative, Doc("Learning rate.")]
WeightDecay: TypeAlias = Annotated[NonNegative, Doc("L2 penalty.")]
DecoupledDecay: TypeAlias = Annotated[NonNegative, Doc("Share of a weight that each step takes away, times `lr`.")]
Eps: TypeAlias = Annotated[NonNegative, Doc("Added to the denominator.")]
Momentum: TypeAlias = Annotated[NonNegative, Doc("Share of the last step that goes into this one.")]
Betas: TypeAlias = Annotated[
    tuple[float, float],
    listed("a list of two numbers from 0 to below 1", number("", least=0, below=1), length=2),
    Doc("Decay rates of the running means of the gradient and of its square."),
]
Amsgrad: TypeAlias = Annotated[Flag, Doc("Use the largest running mean of the squares so far.")]
Maximize: TypeAlias = Annotated[Flag, Doc("Maximise the loss instead of minimising it.")]
Foreach: TypeAlias = Annotated[Flag | None, Doc("Update all parameters in one call; null lets archc choose.")]
Fused: TypeAlias = Annotated[Flag | None, Doc("Use torch's fused kernel; null lets archc choose.")]
DecoupledFlag: TypeAlias = Annotated[Flag, Doc("Decay the weights as AdamW does.")]
Capturable: TypeAlias = Annotated[Flag, Doc("Safe to capture in a CUDA graph; CUDA only.")]
Differentiable: TypeAlias = Annotated[Flag, Doc("Not possible while training; must be false.")]


class Optimizer(Term):
    """Base of the optimizers."""

    url = "https://pytorch.org/docs/stable/generated/torch.optim.{name}.html"

    principal = "lr"

    def state(self) -> int:
        """How many values it keeps for each parameter of the network."""
        return 0

    def check(self) -> None:
        if getattr(self, "foreach", None) and getattr(self, "fused", None):
            raise catalog.values.Contradiction(
                field="fused", first="foreach", second="fused", reason="torch takes one of the two"
            )
        if getattr(self, "differentiable", False):
            raise catalog.values.Contradiction(
                field="differentiable",
                first="differentiable",
                second="train",
                reason="torch cannot step its own leaf parameters differentiably",
            )
