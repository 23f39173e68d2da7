"""Optimizers of torch.optim: their arguments, and how much state they keep."""

from collections.abc import Mapping
from typing import Final

from archc.recipe.optimizers.base import Optimizer
from archc.terms.term import Table

_MODULES: Final[Mapping[str, str]] = {
    "ASGD": "descent",
    "Adadelta": "adaptive",
    "Adafactor": "adaptive",
    "Adagrad": "adaptive",
    "Adam": "adam",
    "AdamW": "adam",
    "Adamax": "adam",
    "Muon": "descent",
    "NAdam": "adam",
    "RAdam": "adam",
    "RMSprop": "adaptive",
    "Rprop": "descent",
    "SGD": "descent",
}
"""Each optimizer, with the module of this folder that holds its class."""

_ABSENT: Final[Mapping[str, str]] = {
    "LBFGS": "it evaluates the loss of a batch many times in one step, and its state is no tensor for each weight",
    "SparseAdam": "it takes sparse gradients, and the layers of archc have dense ones; write `Adam`",
}
"""The optimizers of torch.optim that are none of archc, each with the reason."""

OPTIMIZERS: Final[Table[Optimizer]] = Table("archc.recipe.optimizers", _MODULES, _ABSENT)

__all__ = ["OPTIMIZERS", "Optimizer"]
