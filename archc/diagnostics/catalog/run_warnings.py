"""W65x: what a training says and goes on. Nothing in a spec is wrong."""

from __future__ import annotations

from archc.diagnostics.fault import Family, Fault, Stage

fault = Family("W65", Stage.RUN, "Lints: what torch permits, and is most likely a mistake")


@fault("W650", "checkpoint-skipped")
class CheckpointSkipped(Fault):
    """A checkpoint is not whole: a file is missing, there is one too many, or its size or digest is not the manifest's.

    It is never loaded, and never changed. The run goes on from the newest checkpoint that is whole, and ends with the
    same weights; the steps between the two are trained again.
    """

    directory: str
    reason: str

    def message(self) -> str:
        return f"`{self.directory}` is skipped: {self.reason}"


@fault("W651", "checkpoint-not-written")
class CheckpointNotWritten(Fault):
    """The disk refused a checkpoint or a line of metrics.jsonl: it is full, say. The training goes on without.

    The checkpoints that are there stay. The next one that is due is tried as usual, and lines wait to be written with
    it; the weights at the end are the same. An interrupt and the end of the training need the disk: there, a refusal is
    an error.
    """

    path: str
    reason: str
    kept: str | None

    def message(self) -> str:
        return f"cannot write `{self.path}`: {self.reason}; the training goes on"

    def notes(self) -> tuple[str, ...]:
        return (f"the last good state is in `{self.kept}`" if self.kept else "no checkpoint is there yet",)


@fault("W652", "resume-not-exact")
class ResumeNotExact(Fault):
    """A run goes on with another PyTorch, another device, or another number of threads or processes than it began with.

    These choose the kernels and the order of sums, so that numbers differ in their last bits: the run ends with weights
    that are as good, and not the same, bit for bit, as those of a run that was never interrupted.
    """

    differences: tuple[str, ...]

    def message(self) -> str:
        return "the run does not go on exactly as it would have, because the machine or its software is another"

    def notes(self) -> tuple[str, ...]:
        return self.differences


@fault("W653", "batch-norm-apart")
class BatchNormApart(Fault):
    """A batch norm in several processes on CPUs takes its mean and variance from each process's share of a batch.

    torch has a batch norm over all processes, SyncBatchNorm, for CUDA alone; there archc uses it. Without it the norms
    work as with smaller batches, and the losses differ from those of one process. The running statistics that are kept
    are the first process's.
    """

    layers: int
    share: int

    def message(self) -> str:
        norms = "a batch norm sees" if self.layers == 1 else f"{self.layers} batch norms see"
        samples = "1 sample" if self.share == 1 else f"{self.share} samples"
        return f"{norms} each process's share of a batch, {samples}, as SyncBatchNorm needs CUDA"

    def help(self) -> str:
        return "train on CUDA, or use a GroupNorm or LayerNorm, which look at each sample by itself"


@fault("W654", "precision-emulated")
class PrecisionEmulated(Fault):
    """The device has no instructions for the precision that `train.precision` asks for, so that torch emulates it.

    The results are right, and slower than those of float32: three to ten times for small networks on such a CPU.
    Processors with AVX-512, AMX or Arm's bfloat16 instructions, and newer GPUs, compute in bfloat16 faster than in
    float32.
    """

    precision: str
    device: str

    def message(self) -> str:
        return f"`{self.device}` has no instructions for {self.precision} here: it is emulated, and slower than float32"

    def help(self) -> str:
        return "write `precision: float32`, or train on a device that computes in it"


@fault("W655", "cuda-graph-refused")
class CudaGraphRefused(Fault):
    """`archc train --cuda-graph` found out, as it recorded a step, that this network's cannot be: all steps are plain.

    The first recorded step is compared with a plain one, bit for bit. Layers that wait for the device, and kernels that
    add in another order each time, are the usual reasons.
    """

    reason: str

    def message(self) -> str:
        return f"no step is recorded as a CUDA graph: {self.reason}"

    def notes(self) -> tuple[str, ...]:
        return ("the training goes on, without it",)
