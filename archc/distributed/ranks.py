"""The processes of a training, as one of them sees them; here for the usual case, in which there is one.

Several are in `group.py`, which is loaded where a launcher has started this process as one of them (`joining.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Final, NamedTuple, Protocol

import torch
from torch import Tensor, nn

from archc.machine import device as devices
from archc.network import Network

TURNS: Final = 3
"""The main process, then one of each other machine, then all others: in this order they read what may be cached."""


class Share(NamedTuple):
    """A process's part of a batch that several share.

    Where there are fewer samples than processes, some compute a sample of the first one's for company, as the processes
    wait for one another: it does not count.
    """

    rows: Tensor
    counts: bool
    targets: Tensor
    """Of the whole batch."""
    processes: int
    parts: int
    """Into how many pieces each process cuts its share."""


class Placement(Protocol):
    """Where the weights of a model are while it is trained: whole in each process, or shared out."""

    sharded: bool
    """Whether a process holds a part of each weight alone."""

    def place(self, model: nn.Sequential, network: Network, device: torch.device) -> nn.Module:
        """The model on the device. Together: all processes call it."""

    def trained(self, model: nn.Module) -> nn.Module:
        """The model as training calls it, which makes gradients means over the processes."""

    def unify(self, model: nn.Module) -> None:
        """Give all processes the first one's buffers. Together."""

    def whole(self, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
        """The tensors as one process would have them; maybe none but in the first process. Together."""

    def own(self, whole: Tensor, like: Tensor) -> Tensor:
        """What this process keeps of a tensor: the same part, on the same device, as of `like`."""

    def local(self, tensor: Tensor) -> Tensor:
        """The part of a tensor that this process has."""


class Ranks(Protocol):
    """One of the processes of a training. *Together* means: all processes call it at the same place."""

    rank: int
    size: int
    turn: int
    """When it reads what the processes before it may have cached for it, of `TURNS`."""

    @property
    def main(self) -> bool:
        """Whether it is the one that writes."""

    def device(self, name: str) -> str:
        """The device that this process takes, where a spec says `name`."""

    def placement(self, strategy: str) -> Placement:
        """Where weights are, for a strategy of a spec."""

    def cut(self, samples: int) -> tuple[int, int]:
        """Which part of so many samples is its own, from and to; maybe none."""

    def share(self, targets: Tensor, rows: Tensor, accumulate: int) -> Share | None:
        """Its share of the batch of these rows of all targets; None where it has the whole batch to itself."""

    def seed(self, seed: int, step: int, device: torch.device) -> None:
        """Make dropout in a step differ between processes."""

    def due(self, waited: float, wanted: float) -> bool:
        """Whether to look at the figures, as so many seconds have passed of those wanted. Together."""

    def largest(self, number: int) -> int:
        """The largest of the numbers that the processes give. Together."""

    def summed(self, numbers: Sequence[float]) -> list[float]:
        """The sums over the processes, the same bits in each. Together."""

    def text(self, text: str) -> str:
        """The first process's text. Together."""

    def same_outcome_on_all_ranks(self) -> AbstractContextManager[None]:
        """Inside, each does the same by itself, or all talk the same and fail alike: talk after a failure of one would
        be taken for something else. Where some fail all do, and the first of those says why. Together.
        """

    def lost(self, error: BaseException) -> bool:
        """Whether an error says that another process is gone."""


class Plain:
    """The whole model in the one process."""

    sharded = False

    def place(self, model: nn.Sequential, network: Network, device: torch.device) -> nn.Module:
        return devices.place(model, network, device)

    def trained(self, model: nn.Module) -> nn.Module:
        return model

    def unify(self, model: nn.Module) -> None:
        pass

    def whole(self, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
        return tensors

    def own(self, whole: Tensor, like: Tensor) -> Tensor:
        return whole.to(like.device)

    def local(self, tensor: Tensor) -> Tensor:
        return tensor


class Alone:
    """The only process of a training."""

    rank = 0
    size = 1
    turn = 0
    main = True

    def device(self, name: str) -> str:
        return name

    def placement(self, strategy: str) -> Placement:
        return Plain()

    def cut(self, samples: int) -> tuple[int, int]:
        return 0, samples

    def share(self, targets: Tensor, rows: Tensor, accumulate: int) -> Share | None:
        return None

    def seed(self, seed: int, step: int, device: torch.device) -> None:
        pass

    def due(self, waited: float, wanted: float) -> bool:
        return waited >= wanted

    def largest(self, number: int) -> int:
        return number

    def summed(self, numbers: Sequence[float]) -> list[float]:
        return list(numbers)

    def text(self, text: str) -> str:
        return text

    def same_outcome_on_all_ranks(self) -> AbstractContextManager[None]:
        return nullcontext()

    def lost(self, error: BaseException) -> bool:
        return False


ALONE: Final = Alone()


def split_like(placement: Placement, tensors: Mapping[str, Tensor], like: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """What this process keeps of whole tensors, name by name."""
    return {name: placement.own(value, like[name]) for name, value in tensors.items()}
