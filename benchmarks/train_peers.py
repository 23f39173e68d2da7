"""One epoch of three networks: the tutorials' loop, Lightning, skorch, Keras on torch, and archc, side by side.

    pip install lightning skorch keras
    ARCHC_DATA=DIR python benchmarks/train_peers.py [--samples 60000] [--repeats 3] [--threads 2] [--json FILE]

Each contender is a process of its own, on the same samples in the same batches of 100, with Adam (lr 1e-3), shuffled,
in float32; archc also in bfloat16, which a processor without instructions for it makes several times slower
(`--contenders` can leave it out). All begin with weights of torch's distribution, Keras too: its own is larger, and a
first epoch from there ends far behind. Which goes first changes from repeat to repeat. `fit` is the epoch with
everything that the library does in it (archc: its checkpoint); `process` is everything, from the start of Python.
Evaluation is on the test samples: `archc eval`'s against the loop of the tutorials. Memory is the largest resident set,
as the system counts it for the process. Data are read in each library's usual way: torchvision's data set with ToTensor
(the tutorials' loop, Lightning), arrays in memory (skorch, Keras), archc's cache, which the first archc process fills.
"""

import argparse
import gzip
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

SPECS = Path(__file__).resolve().parents[1] / "specs"
NETWORKS = {"fashion_dnn": "FashionMNIST", "fashion_cnn": "FashionMNIST", "mnist_cnn": "MNIST"}
CONTENDERS = ("by-hand", "lightning", "skorch", "keras", "archc", "archc-bfloat16")
NEEDED = {"lightning": "lightning", "skorch": "skorch", "keras": "keras"}
BATCH = 100


def model_of(job):
    """The source that archc compiled, so that no contender but archc needs its compiler."""
    module = importlib.util.spec_from_file_location("compiled", job["source"])
    loaded = importlib.util.module_from_spec(module)
    module.loader.exec_module(loaded)
    return loaded.build()


def import_torchvision():
    """torchvision, also where its wheel is one for CUDA beside a torch without it."""
    from archc.data.torchvision_import import import_torchvision

    return import_torchvision()


def datasets(job):
    import torch

    torchvision = import_torchvision()
    kind, to_tensor = getattr(torchvision.datasets, job["dataset"]), torchvision.transforms.ToTensor()
    train, test = (kind(job["root"], train=train, transform=to_tensor) for train in (True, False))
    return torch.utils.data.Subset(train, range(job["samples"])), test


def arrays(job):
    torchvision = import_torchvision()
    kind = getattr(torchvision.datasets, job["dataset"])
    train, test = (kind(job["root"], train=train) for train in (True, False))
    return [(data.data[:, None].float().div(255), data.targets) for data in (train, test)]


def tutorial_evaluation(model, test):
    """Seconds and accuracy of the tutorials' loop."""
    import torch

    began = perf_counter()
    model.eval()
    correct, loss, loss_function = 0, 0.0, torch.nn.CrossEntropyLoss()
    with torch.no_grad():
        for images, labels in torch.utils.data.DataLoader(test, batch_size=BATCH):
            outputs = model(images)
            loss += loss_function(outputs, labels).item()
            correct += (outputs.argmax(1) == labels).float().sum().item()
    return perf_counter() - began, correct / len(test)


def by_hand(job):
    import torch

    model, loss_function = model_of(job), torch.nn.CrossEntropyLoss()
    train, test = datasets(job)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    began = perf_counter()
    for images, labels in torch.utils.data.DataLoader(train, batch_size=BATCH, shuffle=True):
        optimizer.zero_grad()
        loss_function(model(images), labels).backward()
        optimizer.step()
    fit = perf_counter() - began
    seconds, accuracy = tutorial_evaluation(model, test)
    return {"fit": fit, "accuracy": accuracy, "eval": seconds}


def lightning(job):
    import_torchvision()
    import lightning as pl
    import torch
    from torch.nn.functional import cross_entropy

    class Module(pl.LightningModule):
        def __init__(self):
            super().__init__()
            self.model = model_of(job)

        def training_step(self, batch, _):
            return cross_entropy(self.model(batch[0]), batch[1])

        def configure_optimizers(self):
            return torch.optim.Adam(self.parameters(), lr=1e-3)

    module, (train, test) = Module(), datasets(job)
    folder = tempfile.mkdtemp()
    trainer = pl.Trainer(
        max_epochs=1, accelerator="cpu", default_root_dir=folder, enable_model_summary=False, logger=False
    )
    began = perf_counter()
    trainer.fit(module, torch.utils.data.DataLoader(train, batch_size=BATCH, shuffle=True))
    return {"fit": perf_counter() - began, "accuracy": tutorial_evaluation(module.model, test)[1]}


def skorch(job):
    import torch
    from skorch import NeuralNetClassifier

    (images, labels), test = arrays(job)
    net = NeuralNetClassifier(
        model_of(job),
        criterion=torch.nn.CrossEntropyLoss,
        optimizer=torch.optim.Adam,
        lr=1e-3,
        max_epochs=1,
        batch_size=BATCH,
        iterator_train__shuffle=True,
        train_split=None,
        verbose=0,
    )
    began = perf_counter()
    net.fit(images[: job["samples"]], labels[: job["samples"]])
    fit = perf_counter() - began
    return {"fit": fit, "accuracy": float((net.predict(test[0]) == test[1].numpy()).mean())}


def keras(job):
    os.environ["KERAS_BACKEND"] = "torch"
    import keras as library

    library.utils.set_random_seed(job["seed"])
    (images, labels), test = ([part.numpy() for part in pair] for pair in arrays(job))
    model = library.Sequential(
        [library.Input(tuple(job["input"])), *(layer for row in job["layers"] for layer in keras_layer(library, row))]
    )
    loss = library.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=library.optimizers.Adam(1e-3), loss=loss, metrics=["accuracy"])
    images = images.transpose(0, 2, 3, 1)
    began = perf_counter()
    model.fit(images[: job["samples"]], labels[: job["samples"]], batch_size=BATCH, epochs=1, shuffle=True, verbose=0)
    fit = perf_counter() - began
    _, accuracy = model.evaluate(test[0].transpose(0, 2, 3, 1), test[1], batch_size=1000, verbose=0)
    return {"fit": fit, "accuracy": float(accuracy)}


def keras_layer(library, row):
    """The layers of Keras that do what a layer of torch does, with channels last, as Keras has them.

    Their weights begin as torch's: from Keras's own, which are larger, a first epoch ends at another accuracy.
    """
    given, layers = row["arguments"], library.layers
    begin = library.initializers.VarianceScaling(1 / 3, "fan_in", "uniform")
    match row["type"]:
        case "Conv2d":
            pad = [layers.ZeroPadding2D(tuple(given["padding"]))] if any(given["padding"]) else []
            sizes = (given["out_channels"], given["kernel_size"], given["stride"])
            return [*pad, layers.Conv2D(*sizes, kernel_initializer=begin)]
        case "MaxPool2d":
            return [layers.MaxPooling2D(given["kernel_size"], given["stride"])]
        case "BatchNorm2d":
            return [layers.BatchNormalization(momentum=0.9, epsilon=1e-5)]
        case "Linear":
            return [layers.Dense(given["out_features"], kernel_initializer=begin)]
        case "Dropout":
            return [layers.Dropout(given["p"])]
        case kind:
            return [getattr(layers, kind)()]


def archc(job, precision="float32"):
    from archc.front import read_file
    from archc.runs.evaluation import evaluate
    from archc.runs.run import start
    from archc.training.progress import EpochEnded, Started

    class Clock:
        def __call__(self, event):
            if isinstance(event, Started):
                self.began = perf_counter()
            elif isinstance(event, EpochEnded):
                self.fit = perf_counter() - self.began

    changes = {
        "optimizer": "{Adam: {lr: 1e-3}}",
        "epochs": 1,
        "batch_size": BATCH,
        "precision": precision,
        "data": f"{{name: {job['dataset']}, source: {job['root']}}}",
        "overfit_batches": -(-job["samples"] // BATCH),
    }
    clock = Clock()
    front = read_file(job["spec"], [f"train.{name}={value}" for name, value in changes.items()])
    run = start(front, directory=str(Path(tempfile.mkdtemp()) / "run"), device="cpu", observer=clock)
    seconds = evaluate(run, device="cpu")["seconds"]
    return {"fit": clock.fit, "accuracy": run.result["test"]["accuracy"], "eval": seconds}


def work(contender, job):
    """In a process of its own: train, and print what was measured."""
    import torch

    torch.set_num_threads(job["threads"])
    torch.manual_seed(job["seed"])
    doers = {"by-hand": by_hand, "lightning": lightning, "skorch": skorch, "keras": keras, "archc": archc}
    found = archc(job, "bfloat16") if contender == "archc-bfloat16" else doers[contender](job)
    print("RESULT " + json.dumps(found))


def measured(contender, job):
    """A contender's figures, and the time and memory of its process as the system sees it."""
    began = perf_counter()
    command = [sys.executable, "-W", "ignore", __file__, "--work", contender, json.dumps(job)]
    threads = {"OMP_NUM_THREADS": str(job["threads"])}
    process = subprocess.Popen(command, env={**os.environ, **threads}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    out = process.stdout.read().decode(errors="replace")
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    lines = [line for line in out.splitlines() if line.startswith("RESULT ")]
    if process.returncode or not lines:
        sys.exit(f"{contender} failed:\n{out[-2000:]}")
    found = json.loads(lines[-1].removeprefix("RESULT "))
    return {**found, "process": perf_counter() - began, "mebibytes": usage.ru_maxrss / 1024}


def unpacked(name, data, root):
    """torchvision reads plain files alone."""
    folder = Path(root, name, "raw")
    folder.mkdir(parents=True)
    for file in Path(data, name, "raw").iterdir():
        content = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        (folder / file.name.removesuffix(".gz")).write_bytes(content)


def job_of(network, root, options, seed):
    from archc import load

    spec, source = SPECS / f"{network}.yaml", Path(root, f"{network}.py")
    compiled = [sys.executable, "-m", "archc", "compile", str(spec), "-o", str(source)]
    subprocess.run(compiled, capture_output=True, check=True)
    loaded = load(spec)
    shown = subprocess.run(
        [sys.executable, "-m", "archc", "show", str(spec), "--format", "json"], capture_output=True, check=True
    )
    rows = [{"type": row["type"], "arguments": row["arguments"]} for row in json.loads(shown.stdout)["layers"]]
    channels, height, width = loaded.input
    return {
        "spec": str(spec),
        "source": str(source),
        "dataset": NETWORKS[network],
        "root": str(root),
        "samples": options.samples,
        "threads": options.threads,
        "seed": seed,
        "input": (height, width, channels),
        "layers": rows,
    }


def table(network, rows, samples):
    """Medians over the repeats; `times` is how much faster than the tutorials' loop, of the same repeat."""
    print(f"\n{network}: one epoch of {samples:,} samples")
    print(f"{'':16}{'fit s':>9}{'times':>8}{'samples/s':>11}{'process s':>11}{'MiB':>7}{'accuracy':>10}{'eval s':>8}")
    for contender, found in rows.items():
        middle = {key: statistics.median(one[key] for one in found) for key in found[0]}
        times = statistics.median(hand["fit"] / own["fit"] for hand, own in zip(rows["by-hand"], found, strict=True))
        evaluation = f"{middle['eval']:8.2f}" if "eval" in middle else f"{'':>8}"
        print(
            f"{contender:16}{middle['fit']:9.2f}{times:8.2f}{samples / middle['fit']:11,.0f}{middle['process']:11.2f}"
            f"{middle['mebibytes']:7.0f}{middle['accuracy']:10.2%}{evaluation}",
            flush=True,
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--networks", nargs="+", choices=list(NETWORKS), default=list(NETWORKS))
    parser.add_argument("--contenders", nargs="+", choices=CONTENDERS, default=list(CONTENDERS))
    parser.add_argument("--samples", type=int, default=60_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--data-dir", default=os.environ.get("ARCHC_DATA"), help="default: $ARCHC_DATA")
    parser.add_argument("--json", help="write every figure to this file")
    options = parser.parse_args()
    if options.work:
        return work(options.work[0], json.loads(options.work[1]))
    if options.data_dir is None:
        parser.error("expected --data-dir, or ARCHC_DATA, with FashionMNIST and MNIST in torchvision's layout")
    missing = [name for name, package in NEEDED.items() if importlib.util.find_spec(package) is None]
    contenders = [name for name in options.contenders if name not in missing]
    if "by-hand" not in contenders:
        contenders.insert(0, "by-hand")
    if missing:
        print(f"not installed, left out: {', '.join(missing)}", file=sys.stderr)
    results = {}
    with tempfile.TemporaryDirectory() as root:
        for name in {NETWORKS[network] for network in options.networks}:
            unpacked(name, options.data_dir, root)
        for network in options.networks:
            rows = results[network] = {name: [] for name in contenders}
            for repeat in range(options.repeats):
                job = job_of(network, root, options, repeat)
                for name in contenders[repeat % len(contenders) :] + contenders[: repeat % len(contenders)]:
                    rows[name].append(measured(name, job))
            table(network, rows, options.samples)
    if options.json:
        Path(options.json).write_text(json.dumps(results, indent=1))
    return None


if __name__ == "__main__":
    main()
