"""What is asked of the modules that read data, as a recipe asks it."""

from pathlib import Path
from typing import Any

from archc.data.request import Request
from archc.recipe.data import DataKind
from archc.recipe.losses import LOSSES
from archc.recipe.optimizers import OPTIMIZERS
from archc.recipe.train import Data, Train


def asked(kind: DataKind, loss: str = "MSELoss", folder: Path = Path(), **keys: Any) -> Request:
    """The request of a recipe with this data and loss; `keys` are those of `train.data` that all kinds have."""
    data = Data(name=type(kind).__name__, kind=kind, **keys)
    return Request.of(Train(data=data, loss=LOSSES[loss](), optimizer=OPTIMIZERS["Adam"](), epochs=1), folder)
