"""The checks of `cuda.py`. Each fails by an AssertionError, or returns what is said of it."""

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

PARTS = Path(__file__).with_name("cuda_parts.py")
DROPOUT = "  - Dropout: 0.2\n"
SMALL = f"""
archc: 1
name: small
input: [1, 28, 28]
layers:
  - Conv2d: {{out_channels: 8, kernel_size: 3}}
  - BatchNorm2d
  - ReLU
  - MaxPool2d: 2
  - Flatten
  - Linear: 64
  - ReLU
{DROPOUT}  - Linear: 10
train:
  data: {{name: FashionMNIST, source: bundled}}
  loss: CrossEntropyLoss
  optimizer: {{Adam: {{lr: 1e-3}}}}
  scheduler: {{StepLR: {{step_size: 1, gamma: 0.5}}}}
  epochs: 2
  batch_size: 64
  seed: 1
"""

# How far figures may be apart. Rounding grows from step to step, as Adam divides small gradients by small ones.
TRAINED = 0.01
"""Losses of two trainings in float32 that differ by rounding."""
TRAINED_TF32 = 0.03
"""Losses of two trainings of which one has convolutions in TF32, torch's default: 10 bits of a number."""
EVALUATED = 1e-4
EVALUATED_TF32 = 5e-3
"""Losses of the same weights: nothing grows."""
TRAINED_HALF = 0.05
"""Accuracies of trainings in 8 or 11 bits, on a few thousand samples."""


class LeftOutError(Exception):
    """A part that says nothing on this device."""


def is_cuda(job):
    return job["device"].partition(":")[0] == "cuda"


def only_cuda(job):
    if not is_cuda(job):
        raise LeftOutError("only CUDA records steps")


# The checks.


def trained(job, name, *, dropout=False, **options):
    """The run of the small spec, in a folder of that name.

    Without Dropout where devices or precisions are compared: their random numbers are others.
    """
    from archc.diagnostics.report import Report
    from archc.front import read
    from archc.runs.run import start
    from archc.source import SourceFile

    text = SMALL if dropout else SMALL.replace(DROPOUT, "")
    changes = [*options.pop("set", [])]
    if job["quick"]:
        changes.append("train.overfit_batches=20")
    front = read(SourceFile("small.yaml", text), Report("small.yaml"), overrides=changes)
    options.setdefault("device", job["device"])
    return start(front, directory=str(Path(job["folder"]) / name), **options)


def warnings_into(found):
    """An observer of a run that keeps what the run warns of (W655: its steps are not recorded after all)."""
    from archc.training.progress import Warned

    def watch(event):
        if isinstance(event, Warned):
            found.append(event.fault.message())

    return watch


@contextlib.contextmanager
def full_float32():
    """Inside, cuDNN computes convolutions in float32, not in TF32."""
    import torch

    before = torch.backends.cudnn.allow_tf32
    torch.backends.cudnn.allow_tf32 = False
    try:
        yield
    finally:
        torch.backends.cudnn.allow_tf32 = before


def close(some, others, most):
    """How far the figures of two runs are apart, as a text; fails where it is more than `most`."""
    far = abs(some - others)
    assert far <= most, f"{some:.5f} and {others:.5f} are {far:.5f} apart, more than {most}"
    return f"{some:.5f} and {others:.5f}"


def train_losses(run):
    return [line["train_loss"] for line in run.history if line["event"] == "epoch"]


def check_losses(job):
    cpu = train_losses(trained(job, "cpu", device="cpu"))
    with full_float32():
        full = train_losses(trained(job, "float32"))
    here = train_losses(trained(job, "here"))
    assert here[-1] < here[0], "the loss does not fall"
    said = [close(*pair, TRAINED) for pair in zip(full, cpu, strict=True)]
    return f"each epoch's: {', '.join(said)}; with torch's own settings: {close(here[-1], cpu[-1], TRAINED_TF32)}"


def check_bits(job):
    """Strict ones come after others, in one process, where cuBLAS has been used before."""
    shas = {trained(job, name, dropout=True).result["weights_sha256"] for name in ("first", "second")}
    assert len(shas) == 1, "two runs have other weights"
    strict = ["train.deterministic=true"]
    runs = [trained(job, name, dropout=True, set=strict) for name in ("third", "fourth")]
    assert len({run.result["weights_sha256"] for run in runs}) == 1, "two runs with `deterministic` have other weights"
    return f"both {shas.pop()[:12]}; with `deterministic`, both {runs[0].result['weights_sha256'][:12]}"


def interrupted(job, name, **options):
    """The digest of a run that stops in its middle and goes on, in a new engine."""
    from archc.errors import Interrupted
    from archc.runs.run import resume
    from archc.training.progress import StepProgress

    def stop(event):
        if isinstance(event, StepProgress) and event.step >= 20:
            os.kill(os.getpid(), 2)

    every = ["train.checkpoint={every: 10 steps}"]
    try:
        trained(job, name, dropout=True, observer=stop, set=every, **options)
    except Interrupted as stopped:
        again = resume(stopped.directory, device=job["device"], **options)
        return again.result["weights_sha256"]
    raise AssertionError("it was not interrupted")


def check_resume(job):
    every = ["train.checkpoint={every: 10 steps}"]
    whole = trained(job, "whole", dropout=True, set=every).result["weights_sha256"]
    assert interrupted(job, "parts") == whole, "the resumed run has other weights"
    return f"both {whole[:12]}"


def check_precision(job):
    said, full = [], trained(job, "float32").result["test"]["accuracy"]
    for precision in ("bfloat16", "float16"):
        run = trained(job, precision, set=[f"train.precision={precision}"])
        said.append(f"{precision} {close(run.result['test']['accuracy'], full, TRAINED_HALF)}")
    return "accuracies, with float32's: " + ", ".join(said)


def check_recorded(job):
    only_cuda(job)
    refused = []
    watch = warnings_into(refused)
    plain = trained(job, "plain", dropout=True)
    run = trained(job, "recorded", dropout=True, cuda_graph=True, observer=watch)
    assert not refused, refused[0]
    assert interrupted(job, "in-parts", cuda_graph=True) == run.result["weights_sha256"], "resumed otherwise"
    half = trained(job, "bfloat16", cuda_graph=True, observer=watch, set=["train.precision=bfloat16"])
    assert not refused, f"bfloat16: {refused[0]}"
    assert train_losses(half)[-1] < train_losses(half)[0], "the loss in bfloat16 does not fall"
    return "test losses, with plain steps': " + close(run.result["test"]["loss"], plain.result["test"]["loss"], TRAINED)


def check_torchrun(job):
    alone = trained(job, "alone").result["test"]
    inner = json.dumps({**job, "launched": True, "check": None})
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "1"]
    environment = {**os.environ, "NCCL_DEBUG": "INFO"}
    done = subprocess.run(
        [*command, str(PARTS), inner],
        check=False,
        capture_output=True,
        text=True,
        env=environment,
        timeout=job["seconds"],
    )
    assert done.returncode == 0, done.stderr.strip()[-400:]
    found = next(json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"backends"'))
    if is_cuda(job):
        assert "cuda:nccl" in found["backends"], f"tensors go through {found['backends']}, not nccl"
        # It speaks when its first communicator is made, which is when the first tensor is sent.
        assert "NCCL INFO" in done.stdout + done.stderr, "nccl is there, and was not used"
    said = close(found["loss"], alone["loss"], TRAINED)
    return f"{found['backends']}; test losses, with one process's alone: {said}"


def launched(job):
    """What a process under torchrun does: trains, and says through what it would have talked."""
    import torch.distributed as dist

    loss = trained(job, "ddp").result["test"]["loss"]
    return {"backends": str(dist.get_backend_config()), "loss": loss}


def check_evaluation(job):
    import archc

    run = trained(job, "run")
    cpu = archc.evaluate(run, device="cpu")
    with full_float32():
        full = archc.evaluate(run, device=job["device"])
    here = archc.evaluate(run, device=job["device"])
    said = close(full["loss"], cpu["loss"], EVALUATED)
    return f"losses {said}; with torch's own settings: {close(here['loss'], cpu['loss'], EVALUATED_TF32)}"


CHECKS = {
    "losses as on the CPU": check_losses,
    "two runs, the same bits": check_bits,
    "resumed, the same bits": check_resume,
    "bfloat16 and float16": check_precision,
    "recorded steps": check_recorded,
    "one process under torchrun": check_torchrun,
    "evaluation as on the CPU": check_evaluation,
}
