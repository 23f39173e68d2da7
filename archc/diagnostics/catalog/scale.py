"""E443, E47x: training in several processes."""

from __future__ import annotations

from shlex import quote

from archc.diagnostics.fault import Family, Fault, Stage

fault = Family("E4", Stage.RUN, "Training and data")


@fault("E470", "process-lost")
class ProcessLost(Fault):
    """Another process of the training has ended, or did not answer in time, so that this one cannot go on.

    The training goes on from its newest checkpoint, with as many processes as before or another number. What the other
    process says comes first: it may have run out of memory, or have been killed.
    """

    rank: int
    size: int
    kept: str
    run: str | None

    def message(self) -> str:
        return f"process {self.rank} of {self.size} has lost another one"

    def notes(self) -> tuple[str, ...]:
        return (self.kept,)

    def help(self) -> str | None:
        return f"go on from there with `archc train --resume {quote(self.run)}`" if self.run else None


@fault("E471", "device-of-one-process")
class DeviceOfOneProcess(Fault):
    """Each process of a machine takes a device of its own, so that a spec cannot name one for all.

    `auto` and `cuda` give each process the CUDA device with its number, and `cpu` is shared.
    """

    device: str
    processes: int

    def message(self) -> str:
        return f"`{self.device}` is one device, and this machine runs {self.processes} processes of the training"

    def help(self) -> str:
        return "write `device: auto`, `cuda` or `cpu`"


@fault("E472", "share-of-one")
class ShareOfOne(Fault):
    """A batch norm cannot train on one sample, and on a CPU each process sees its share of a batch alone.

    The last batch of an epoch may be smaller than the others.
    """

    layer: str
    processes: int
    batch: int

    def message(self) -> str:
        shares = f"a batch of {self.batch} leaves one sample to some of {self.processes} processes"
        return f"{shares}, and {self.layer} cannot train on one"

    def help(self) -> str:
        return "use fewer processes or another `batch_size`, or a GroupNorm or LayerNorm"


@fault("E443", "samples-apart")
class SamplesApart(Fault):
    """What compares all samples of a batch or of a split with one another cannot be shared by several processes."""

    what: str
    processes: int

    def message(self) -> str:
        return f"`{self.what}` compares samples with one another, which {self.processes} processes have apart"

    def help(self) -> str:
        return "train in one process, without torchrun" + ("" if self.what.endswith("Loss") else ", or delete it")
