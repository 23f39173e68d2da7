"""A network and the loss that it was trained with -> how its outputs are read as probabilities of classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from archc.analysis.ranges import ranges
from archc.layers.ranges import UNIT
from archc.network import Network
from archc.recipe.losses.base import Gives, Loss

Ending: TypeAlias = Literal["shares", "log_shares", "chances", "other"]
"""What a network's outputs are by its layers alone: shares that add up to 1, their logarithms, numbers from 0 to 1
each by itself, or anything else."""

Reading: TypeAlias = Literal["softmax", "sigmoid", "exp", "as they are"]
"""What makes probabilities of outputs."""

_SHARES: Final[Mapping[Ending, Reading]] = {"shares": "as they are", "log_shares": "exp"}

READINGS: Final[Mapping[Gives, Mapping[Ending, Reading]]] = {
    "logits": {**_SHARES, "other": "softmax"},
    "log_probabilities": _SHARES,
    "each_logit": {**_SHARES, "chances": "as they are", "other": "sigmoid"},
    "probabilities": {**_SHARES, "chances": "as they are"},
    "distance": {},
    "embedding": {},
    "scores": _SHARES,
}
"""By what a loss takes the outputs for, and what they are; where a pair is missing they are no probabilities.

A network that ends in a Softmax states shares, whatever its loss does with them: a second softmax would make 23 % of
99.99 %. Sigmoids under a CrossEntropyLoss were trained as the evidence of a softmax, and are neither.
"""


def reading(network: Network, loss: Loss) -> Reading | None:
    """What makes probabilities of the outputs of a network that was trained with this loss; None where nothing does."""
    return READINGS[type(loss).gives].get(ending(network))


def ending(network: Network) -> Ending:
    """What the outputs of a network are, by what is known of their values. A Dropout drops nothing when it predicts."""
    output = ranges(network).output
    wide = tuple([axis for axis, size in enumerate(network.output) if size > 1])
    if output.whole and output.along == wide:
        return output.whole
    return "chances" if output.within(UNIT) else "other"
