"""archc on a GPU: whether it is right there, and how long an epoch takes. One command, six minutes at most.

    python benchmarks/cuda.py [--device cuda] [--limit 350] [--json FILE] [--quick]

Needs torch (2.11 or newer) and archc; no torchvision, no downloads. Prints Markdown; exits with 1 where a part failed.

Checks, on the bundled sample of FashionMNIST: losses against the CPU's, two runs with the same bits, an interrupted run
with the bits of one that was not, bfloat16 and float16, recorded steps (`--cuda-graph`) against plain ones, one process
under torchrun, an evaluation against the CPU's.

Times, on random images that are on the device: an epoch of three networks by hand (batches by index, no DataLoader),
by hand under torch.compile, archc, archc with recorded steps, and the bound: the same steps recorded by hand, without
data. Epochs after the first, medians; which contender goes first changes from network to network.

Each part is a process of its own, as an error of CUDA may make a process useless. Parts that do not begin within the
limit are said to be left out. `--quick` is for trying the script: few samples, no compiler; with `--device cpu` it runs
without a GPU, where nothing is recorded.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

SPECS = Path(__file__).resolve().parents[1] / "specs"
NETWORKS = ("fashion_dnn", "fashion_cnn", "mnist_cnn")
BATCH = 100
SMALL = """
archc: 1
name: small
input: [1, 28, 28]
layers:
  - Conv2d: {out_channels: 8, kernel_size: 3}
  - BatchNorm2d
  - ReLU
  - MaxPool2d: 2
  - Flatten
  - Linear: 64
  - ReLU
  - Dropout: 0.2
  - Linear: 10
train:
  data: {name: FashionMNIST, source: bundled}
  loss: CrossEntropyLoss
  optimizer: {Adam: {lr: 1e-3}}
  scheduler: {StepLR: {step_size: 1, gamma: 0.5}}
  epochs: 2
  batch_size: 64
  seed: 1
"""


class LeftOutError(Exception):
    """A part that says nothing on this device."""


# The parts. Each returns what is said of it, and raises where it fails.


def trained(job, name, **options):
    """The run of the small spec, in a folder of that name."""
    from archc.diagnostics.report import Report
    from archc.front import read
    from archc.runs.run import start
    from archc.source import SourceFile

    changes = options.pop("set", [])
    front = read(SourceFile("small.yaml", SMALL), Report("small.yaml"), overrides=changes)
    options.setdefault("device", job["device"])
    return start(front, directory=str(Path(job["folder"]) / name), **options)


def close(some, others, most):
    """How far the figures of two runs are apart, as a text; fails where it is more than `most`."""
    far = abs(some - others)
    assert far <= most, f"{some:.5f} and {others:.5f} are {far:.5f} apart, more than {most}"
    return f"{some:.5f} and {others:.5f}"


def check_losses(job):
    here, cpu = trained(job, "here"), trained(job, "cpu", device="cpu")
    first, last = (run.history for run in (here, cpu))
    assert first[-1]["train_loss"] < first[0]["train_loss"], "the loss does not fall"
    return "training losses " + close(first[-1]["train_loss"], last[-1]["train_loss"], 0.05)


def check_bits(job):
    shas = {trained(job, name).result["weights_sha256"] for name in ("first", "second")}
    assert len(shas) == 1, "two runs have other weights"
    return f"both {shas.pop()[:12]}"


def interrupted(job, name, **options):
    """The digest of a run that stops in its middle and goes on, in a new engine."""
    from archc.errors import Interrupted
    from archc.runs.run import resume
    from archc.training.progress import StepProgress

    def stop(event):
        if isinstance(event, StepProgress) and event.step >= 20:
            os.kill(os.getpid(), 2)

    try:
        trained(job, name, observer=stop, set=["train.checkpoint={every: 10 steps}"], **options)
    except Interrupted as stopped:
        again = resume(stopped.directory, device=job["device"], **options)
        return again.result["weights_sha256"]
    raise AssertionError("it was not interrupted")


def check_resume(job):
    whole = trained(job, "whole", set=["train.checkpoint={every: 10 steps}"]).result["weights_sha256"]
    assert interrupted(job, "parts") == whole, "the resumed run has other weights"
    return f"both {whole[:12]}"


def check_precision(job):
    said, full = [], trained(job, "float32").result["test"]["accuracy"]
    for precision in ("bfloat16", "float16"):
        run = trained(job, precision, set=[f"train.precision={precision}"])
        said.append(f"{precision} {close(run.result['test']['accuracy'], full, 0.05)}")
    return "accuracies, with float32's: " + ", ".join(said)


def check_recorded(job):
    if job["device"].partition(":")[0] != "cuda":
        raise LeftOutError("only CUDA records steps")
    from archc.training.progress import Warned

    refused = []

    def watch(event):
        if isinstance(event, Warned):
            refused.append(event.fault.message())

    plain = trained(job, "plain")
    run = trained(job, "recorded", cuda_graph=True, observer=watch)
    assert not refused, refused[0]
    assert interrupted(job, "recorded-in-parts", cuda_graph=True) == run.result["weights_sha256"], "resumed otherwise"
    return "test losses, with plain steps': " + close(run.result["test"]["loss"], plain.result["test"]["loss"], 0.02)


def check_torchrun(job):
    spec = Path(job["folder"]) / "small.yaml"
    spec.write_text(SMALL)
    alone = trained(job, "alone").result["test"]
    run = Path(job["folder"]) / "ddp"
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "1", "-m", "--"]
    command += ["archc", "train", str(spec), "--device", job["device"], "--run", str(run), "--quiet"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-400:]
    result = json.loads((run / "result.json").read_text())
    return "test losses, with one process's alone: " + close(result["test"]["loss"], alone["loss"], 0.02)


def check_evaluation(job):
    import archc

    run = trained(job, "run")
    here, cpu = (archc.evaluate(run, device=device) for device in (job["device"], "cpu"))
    return "losses, with the CPU's: " + close(here["loss"], cpu["loss"], 1e-3)


CHECKS = {
    "losses as on the CPU": check_losses,
    "two runs, the same bits": check_bits,
    "resumed, the same bits": check_resume,
    "bfloat16 and float16": check_precision,
    "recorded steps": check_recorded,
    "one process under torchrun": check_torchrun,
    "evaluation as on the CPU": check_evaluation,
}


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
        raise LeftOutError("--quick compiles nothing")
    return by_hand(job, network, compiled=True)


def archc_epochs(job, network, **options):
    """Seconds of each epoch, as the run's own metrics have them: with everything but its checkpoint."""
    import archc

    images, labels = (tensor.cpu() for tensor in data(job, network))
    spec = json.loads(json.dumps(job["specs"][network.name]))
    spec["train"] |= {"epochs": job["epochs"], "batch_size": BATCH, "optimizer": {"Adam": {"lr": 1e-3}}}
    spec["train"].pop("data")
    folder = tempfile.mkdtemp(dir=job["folder"])
    run = archc.train(spec, data=(images, labels), run=f"{folder}/run", device=job["device"], **options)
    return [line["seconds"] for line in run.history if line["event"] == "epoch"]


def recorded_epochs(job, network):
    if job["device"].partition(":")[0] != "cuda":
        raise LeftOutError("only CUDA records steps")
    return archc_epochs(job, network, cuda_graph=True)


def bound(job, network):
    """Seconds of an epoch's steps, recorded by hand, on one batch that never changes."""
    import torch

    if job["device"].partition(":")[0] != "cuda":
        raise LeftOutError("only CUDA records steps")
    from archc.backends.torch import build
    from archc.machine.graphs import CudaRecorder

    device = torch.device(job["device"])
    images, labels = (tensor[:BATCH] for tensor in data(job, network))
    model = build(network).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True, capturable=True)
    recorder = CudaRecorder(device)

    def step():
        optimizer.zero_grad(set_to_none=True)
        torch.nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()

    for _ in range(3):
        recorder.beside(step)
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
    "by hand, compiled": compiled,
    "archc": archc_epochs,
    "archc --cuda-graph": recorded_epochs,
    "bound": bound,
}


def times(job):
    """Median seconds of each contender's later epochs, or why there are none."""
    import warnings

    import archc

    warnings.simplefilter("ignore")
    network = archc.load(SPECS / f"{job['network']}.yaml")
    turn = NETWORKS.index(job["network"])
    names = [*CONTENDERS][turn:] + [*CONTENDERS][:turn]
    found = {}
    for name in names:
        try:
            found[name] = statistics.median(CONTENDERS[name](job, network)[1:])
        except LeftOutError as reason:
            found[name] = str(reason)
        except Exception as error:  # whatever it is, the others are wanted
            found[name] = f"failed: {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
    return found


# The script.


def worker(job):
    """One part, in this process: prints its outcome as JSON."""
    if "network" in job:
        from archc.diagnostics.report import Report
        from archc.source import SourceFile
        from archc.syntax.tree import data_of
        from archc.syntax.yaml import read_yaml

        text = (SPECS / f"{job['network']}.yaml").read_text("utf-8")
        tree = read_yaml(SourceFile("spec.yaml", text), Report()).tree
        named = data_of(tree)
        job["specs"] = {named.get("name", job["network"]): named}
        return times(job)
    try:
        return {"ok": True, "said": CHECKS[job["check"]](job)}
    except LeftOutError as reason:
        return {"ok": True, "said": f"left out: {reason}"}
    except Exception as error:  # whatever it is, the other parts are wanted
        return {"ok": False, "said": f"{type(error).__name__}: {error}".strip()}


def part(job, left):
    """The outcome of a part in a process of its own."""
    if left <= 0:
        return {"ok": False, "said": "left out: no time is left"}
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, __file__, "--part", json.dumps({**job, "folder": folder})]
        try:
            done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=left)
        except subprocess.TimeoutExpired:
            return {"ok": False, "said": "no end within the limit"}
    try:
        return json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        return {"ok": False, "said": f"ended with {done.returncode}: {done.stderr.strip()[-300:]}"}


def machine(device):
    """What the figures are of."""
    import torch

    name = torch.cuda.get_device_name(device) if torch.device(device).type == "cuda" else platform.processor()
    return {"device": device, "name": name, "torch": str(torch.__version__), "python": platform.python_version()}


def row(*cells):
    return "| " + " | ".join(cells) + " |"


def seconds(value):
    return f"{value:.3f} s" if isinstance(value, float) else str(value)


def report(facts, checks, epochs, samples):
    """The outcome as Markdown."""
    lines = [f"# {facts['name'] or facts['device']}, torch {facts['torch']}, Python {facts['python']}", ""]
    lines += [row("check", "", "figures"), row("---", "---", "---")]
    lines += [row(name, "ok" if found["ok"] else "FAILED", found["said"]) for name, found in checks.items()]
    lines += ["", f"An epoch of {samples:,} samples in batches of {BATCH}, median of the later ones:", ""]
    lines += [row("", *CONTENDERS), row("---", *("---" for _ in CONTENDERS))]
    lines += [
        row(name, *(seconds(found.get(each, found.get("said"))) for each in CONTENDERS))
        for name, found in epochs.items()
    ]
    return "\n".join(lines)


def failed(checks, epochs):
    """Whether anything is wrong; what is left out for a reason is not."""
    said = [text for found in epochs.values() for text in found.values() if isinstance(text, str)]
    missing = any(not found.get("ok", True) for found in epochs.values())
    return missing or not all(found["ok"] for found in checks.values()) or any(t.startswith("failed") for t in said)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--limit", type=float, default=350, help="seconds for everything")
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--quick", action="store_true", help="few samples, no compiler: to try the script")
    parser.add_argument("--part", help=argparse.SUPPRESS)
    return parser.parse_args()


def main():
    options = arguments()
    if options.part:
        print(json.dumps(worker(json.loads(options.part))))
        return 0
    import torch

    if torch.device(options.device).type == "cuda" and not torch.cuda.is_available():
        print("this torch has no CUDA device: --device cpu --quick tries the script without one", file=sys.stderr)
        return 1
    began = perf_counter()
    job = {"device": options.device, "quick": options.quick, "samples": 60_000, "epochs": 4}
    if options.quick:
        job |= {"samples": 500, "epochs": 2}

    def outcome(**own):
        print(f"{next(iter(own.values()))} ...", file=sys.stderr)
        return part({**job, **own}, options.limit - (perf_counter() - began))

    checks = {name: outcome(check=name) for name in CHECKS}
    epochs = {name: outcome(network=name) for name in NETWORKS}
    facts = machine(options.device)
    print(report(facts, checks, epochs, job["samples"]))
    if options.json:
        found = {"machine": facts, "checks": checks, "epochs": epochs, "samples": job["samples"], "batch": BATCH}
        Path(options.json).write_text(json.dumps(found, indent=2) + "\n", "utf-8")
    return int(failed(checks, epochs))


if __name__ == "__main__":
    sys.exit(main())
