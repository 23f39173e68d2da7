"""The processes that torchrun has started -> a group that talks through torch.distributed."""

from __future__ import annotations

import atexit
import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

import torch
import torch.distributed as dist
from torch import Tensor

from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault
from archc.distributed.ranks import Placement, Share
from archc.distributed.replicated import Replicated
from archc.distributed.sharded import Sharded
from archc.errors import ArchcError, Elsewhere, Interrupted
from archc.machine import randomness
from archc.machine.launch import Launch
from archc.machine.torch_errors import is_process_lost

TIMEOUT: Final = timedelta(minutes=10)
"""How long a process waits for the others: longer than the largest checkpoint takes, as they wait for that too."""


@contextmanager
def together(place: Launch) -> Iterator[Group]:
    """The group of this process. Small talk goes through gloo on the CPU, tensors of CUDA through nccl.

    What all processes find, the first of them says: in the others it is `Elsewhere`.
    """
    group = Group(place)
    try:
        # A script of somebody's own may have made the group, or an earlier training.
        if not dist.is_initialized():
            cuda = torch.cuda.is_available() and dist.is_nccl_available()
            dist.init_process_group("cpu:gloo,cuda:nccl" if cuda else "gloo", timeout=TIMEOUT)
            atexit.register(_end)
        yield group
    except Interrupted:
        if not group.main:
            raise Elsewhere(resumable=True) from None
        raise
    except catalog.training.LossNotFinite:
        if not group.main:
            raise Elsewhere() from None
        raise
    except RuntimeError as error:
        if group.lost(error):
            atexit.unregister(_end)
            raise catalog.scale.ProcessLost(
                rank=place.rank, size=place.size, kept="it was before the first step", run=None
            ) from None
        raise
    except catalog.scale.ProcessLost:
        # nccl would wait for those that are gone.
        atexit.unregister(_end)
        raise


def _end() -> None:
    """End the group, at the end of the process.

    Not while something of torch still holds it: what lets go of gloo last waits for its threads, which may be waiting
    for Python's lock.
    """
    gc.collect()
    if dist.is_initialized():
        dist.destroy_process_group()


class Group:
    """One process of several."""

    def __init__(self, place: Launch) -> None:
        self.rank, self.size = place.rank, place.size
        self.turn = 0 if place.rank == 0 else 1 if place.local_rank == 0 else 2
        self._place = place
        self._every = self._left = 1

    @property
    def main(self) -> bool:
        return self.rank == 0

    def device(self, name: str) -> str:
        """`auto` and `cuda` are the CUDA device with the process's number on its machine."""
        if name == "auto" and not torch.cuda.is_available():
            return "cpu"
        if name in ("auto", "cuda"):
            return f"cuda:{self._place.local_rank}"
        if name != "cpu" and self._place.local_size > 1:
            raise catalog.scale.DeviceOfOneProcess(device=name, processes=self._place.local_size)
        return name

    def placement(self, strategy: str) -> Placement:
        return Sharded(self.rank, self.size) if strategy == "fsdp" else Replicated(self.size)

    def cut(self, samples: int) -> tuple[int, int]:
        """As even as can be; the first processes have the larger parts."""
        least, more = divmod(samples, self.size)
        start = self.rank * least + min(self.rank, more)
        return start, start + least + (self.rank < more)

    def share(self, targets: Tensor, rows: Tensor, accumulate: int) -> Share:
        start, end = self.cut(len(rows))
        counts = end > start
        own = rows[start:end] if counts else rows[:1]
        parts = max(1, min(accumulate, len(rows) // self.size))
        return Share(own, counts, targets.index_select(0, rows), self.size, parts)

    def seed(self, seed: int, step: int, device: torch.device) -> None:
        """A function of the seed, the step and the process, so that no checkpoint need keep their states."""
        randomness.seed_all(randomness.seed_of(f"step {step} of process {self.rank}", seed), device)

    def due(self, waited: float, wanted: float) -> bool:
        """The first process's clock says after how many steps, so that few steps need any talk."""
        self._left -= 1
        if self._left > 0:
            return False
        steps = int(self._every * wanted / max(waited, 1e-9))
        self._every = self._left = self._of_main(max(1, min(2 * self._every, steps)))
        return True

    def largest(self, number: int) -> int:
        found = torch.tensor([number], dtype=torch.int64)
        dist.all_reduce(found, dist.ReduceOp.MAX)
        return int(found)

    def summed(self, numbers: Sequence[float]) -> list[float]:
        found = torch.tensor(numbers, dtype=torch.float64)
        dist.all_reduce(found)
        return [float(value) for value in found]

    def text(self, text: str) -> str:
        data = text.encode()
        size = self._of_main(len(data))
        found = torch.zeros(size, dtype=torch.uint8)
        if self.main:
            found = torch.tensor(list(data), dtype=torch.uint8)
        dist.broadcast(found, 0)
        return bytes(found.tolist()).decode()

    @contextmanager
    def same_outcome_on_all_ranks(self) -> Iterator[None]:
        try:
            yield
        except (Fault, ArchcError):
            if self._first(failed=True) == self.rank:
                raise
            raise Elsewhere() from None
        if self._first(failed=False) < self.size:
            raise Elsewhere()

    def lost(self, error: BaseException) -> bool:
        return is_process_lost(error)

    def _first(self, *, failed: bool) -> int:
        """The first process that failed; `size` where none did."""
        return -self.largest(-self.rank if failed else -self.size)

    def _of_main(self, number: int) -> int:
        found = torch.tensor([number], dtype=torch.int64)
        dist.broadcast(found, 0)
        return int(found)
