"""The parts of `cuda.py`, each run in a process of its own: prints a line of JSON for each outcome at once.

    python benchmarks/cuda_parts.py '{"check": "resumed, the same bits", "device": "cuda", "folder": "/tmp/x"}'

A check (`cuda_checks.py`) returns what is said of it, a contender the seconds of its epochs.
"""

import json
import statistics
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from cuda_checks import CHECKS, LeftOutError, launched, only_cuda, warnings_into

ROOT = Path(__file__).resolve().parents[1]
SPECS = ROOT / "specs"
BATCH = 100

# The contenders.


def data(job, network):
    """(N, 1, 28, 28) random images and (N,) labels of 10 classes, on the device."""
    import torch

    generator = torch.Generator().manual_seed(1)
    images = torch.rand(job["samples"], *network.input, generator=generator)
    return images.to(job["device"]), torch.randint(0, 10, (job["samples"],), generator=generator).to(job["device"])


def waited(device):
    """The time, when the device has done everything."""
    import torch

    if torch.device(device).type == "cuda":
        torch.cuda.synchronize(device)
    return perf_counter()


def by_hand(job, network, compiled=False):
    """Seconds of each epoch: the loop that a careful engineer writes, with data on the device."""
    import torch

    from archc.backends.torch import build

    images, labels = data(job, network)
    model = build(network).to(job["device"])
    forward = torch.compile(model) if compiled else model
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    seconds = []
    for _ in range(job["epochs"]):
        began = waited(job["device"])
        order = torch.randperm(len(images)).to(job["device"])
        for rows in order.split(BATCH):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(forward(images[rows]), labels[rows]).backward()
            optimizer.step()
        seconds.append(waited(job["device"]) - began)
    return seconds


def compiled(job, network):
    if job["quick"]:
        raise LeftOutError("a dry run compiles nothing")
    try:
        return by_hand(job, network, compiled=True)
    except Exception as error:  # a machine without a compiler says nothing about archc
        raise LeftOutError(f"torch.compile: {told(error)}") from None


def archc_epochs(job, network, **options):
    """Seconds of each epoch, as the run's own metrics have them: with everything but its checkpoint."""
    from archc.diagnostics.report import Report
    from archc.front import read
    from archc.runs.passed import passing
    from archc.runs.run import start
    from archc.source import SourceFile

    spec = spec_of(job["network"])
    spec["train"] |= {"epochs": job["epochs"], "batch_size": BATCH, "optimizer": {"Adam": {"lr": 1e-3}}}
    spec["train"].pop("data")
    source = SourceFile("spec.json", json.dumps(spec))
    images, labels = (tensor.cpu() for tensor in data(job, network))
    changes, passed = passing((images, labels), read(source, Report(source.name), format="json"))
    front = read(source, Report(source.name), overrides=changes, format="json")
    folder, warned = tempfile.mkdtemp(dir=job["folder"]), []
    run = start(
        front,
        directory=f"{folder}/run",
        device=job["device"],
        passed=passed,
        observer=warnings_into(warned),
        **options,
    )
    # Of steps that are plain ones after all, no time is wanted under that name.
    assert not (options.get("cuda_graph") and warned), warned[0]
    return [line["seconds"] for line in run.history if line["event"] == "epoch"]


def spec_of(network):
    """A spec of the checkout, as Python's own values."""
    from archc.diagnostics.report import Report
    from archc.source import SourceFile
    from archc.syntax.tree import data_of
    from archc.syntax.yaml import read_yaml

    text = (SPECS / f"{network}.yaml").read_text("utf-8")
    return data_of(read_yaml(SourceFile("spec.yaml", text), Report()).tree)


def recorded_epochs(job, network):
    only_cuda(job)
    return archc_epochs(job, network, cuda_graph=True)


def bound(job, network):
    """Seconds of an epoch's steps, recorded by hand, on one batch that never changes, with archc's memory layout."""
    only_cuda(job)
    import torch

    from archc.backends.torch import build
    from archc.machine.device import deterministic, place
    from archc.machine.graphs import CudaRecorder

    device = torch.device(job["device"])
    images, labels = (tensor[:BATCH].clone() for tensor in data(job, network))
    model = place(build(network), network, device)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True, capturable=True)
    recorder = CudaRecorder(device)

    def step():
        optimizer.zero_grad(set_to_none=True)
        torch.nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()

    with deterministic(device):
        for _ in range(3):
            recorder.beside(step)
        # Gradients that were made outside would be read by the recording, and be gone.
        optimizer.zero_grad(set_to_none=True)
        recorder.record(step)
    seconds = []
    for _ in range(job["epochs"]):
        began = waited(device)
        for _ in range(job["samples"] // BATCH):
            recorder.replay()
        seconds.append(waited(device) - began)
    return seconds


CONTENDERS = {
    "by hand": by_hand,
    "archc": archc_epochs,
    "archc --cuda-graph": recorded_epochs,
    "bound": bound,
    "by hand, compiled": compiled,
}


# A part, in this process.


def told(error):
    """An error in a line."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0] if lines else 'no more is said'}"


def outcome(call):
    """What is said of a part: `ok`, `said`, and what the call gives."""
    try:
        return {"ok": True, **call()}
    except LeftOutError as reason:
        return {"ok": True, "said": f"left out: {reason}"}
    except Exception as error:  # whatever it is, the other parts are wanted
        return {"ok": False, "said": told(error)}


def checked(job):
    """The outcome of a check."""
    return {"check": job["check"], **outcome(lambda: {"said": CHECKS[job["check"]](job)})}


def timed(job, name, network):
    """The outcome of a contender: the median of its epochs after the first."""

    def seconds():
        found = CONTENDERS[name](job, network)
        return {"median": statistics.median(found[1:]), "epochs": found}

    return {"network": job["network"], "contender": name, **outcome(seconds)}


def raced(job):
    """The outcomes of all contenders. Which is first changes; what compiles is last, as it may take all the time."""
    import archc

    network = archc.load(SPECS / f"{job['network']}.yaml")
    *names, last = CONTENDERS
    turn = job.get("turn", 0) % len(names)
    for name in [*names[turn:], *names[:turn], last]:
        yield timed(job, name, network)


def main():
    import warnings

    warnings.simplefilter("ignore")
    job = json.loads(sys.argv[1])
    if job.get("launched"):
        outcomes = [launched(job)]
    elif "network" in job:
        outcomes = raced(job)
    else:
        outcomes = [checked(job)]
    for found in outcomes:
        print(json.dumps(found), flush=True)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
