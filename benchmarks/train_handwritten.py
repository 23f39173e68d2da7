"""One epoch of FashionMNIST: the loop of PyTorch's tutorials, written by hand, against `archc train`, side by side.

    python benchmarks/train_handwritten.py [--networks dnn cnn] [--seeds 3] [--data-dir DIR]

Both train the same network under the same seed, on all 60,000 samples in batches of 100, with Adam (lr 1e-3), in
float32. The time is that of the epoch alone, without imports and without reading the data set, which both do before;
archc's includes its checkpoint. Which of the two goes first changes from seed to seed. FashionMNIST is looked for as
by `source: auto`.
"""

import argparse
import gzip
import shutil
import statistics
import tempfile
from pathlib import Path
from time import perf_counter

import torch
from torch import nn
from torch.utils.data import DataLoader

from archc.data import sources
from archc.data.torchvision_import import import_torchvision
from archc.diagnostics.report import Report
from archc.front import read
from archc.runs.run import start
from archc.source import SourceFile
from archc.training.progress import EpochEnded, Started

RECIPE = """
train:
  data: {name: FashionMNIST}
  loss: CrossEntropyLoss
  optimizer: {Adam: {lr: 1e-3}}
  epochs: 1
  batch_size: 100
"""
SPECS = {
    "dnn": """
archc: 1
input: [1, 28, 28]
layers: [Flatten, {Linear: 256}, ReLU, {Dropout: 0.25}, {Linear: 128}, ReLU, {Linear: 10}]
"""
    + RECIPE,
    "cnn": """
archc: 1
input: [1, 28, 28]
layers:
  - Conv2d: {out_channels: 32, kernel_size: 3, padding: 1}
  - BatchNorm2d
  - ReLU
  - MaxPool2d: 2
  - Conv2d: {out_channels: 64, kernel_size: 3}
  - BatchNorm2d
  - ReLU
  - MaxPool2d: 2
  - Flatten
  - Linear: 600
  - Dropout: 0.25
  - Linear: 120
  - Linear: 10
"""
    + RECIPE,
}


def dnn():
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 256),
        nn.ReLU(),
        nn.Dropout(0.25),
        nn.Linear(256, 128),
        nn.ReLU(),
        nn.Linear(128, 10),
    )


def cnn():
    return nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1),
        nn.BatchNorm2d(32),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3),
        nn.BatchNorm2d(64),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(2304, 600),
        nn.Dropout(0.25),
        nn.Linear(600, 120),
        nn.Linear(120, 10),
    )


MODELS = {"dnn": dnn, "cnn": cnn}


class Handwritten:
    """The tutorials' loop over torchvision's data set."""

    def __init__(self, files, root):
        torchvision = import_torchvision()
        unpack(files, Path(root) / "FashionMNIST" / "raw")
        to_tensor = torchvision.transforms.ToTensor()
        self.train, self.test = (
            torchvision.datasets.FashionMNIST(root, train=train, transform=to_tensor) for train in (True, False)
        )

    def run(self, network, seed):
        torch.manual_seed(seed)
        model, loss_function = MODELS[network](), nn.CrossEntropyLoss()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        loader = DataLoader(self.train, batch_size=100, shuffle=True)
        began = perf_counter()
        for images, labels in loader:
            optimizer.zero_grad()
            loss = loss_function(model(images), labels)
            loss.backward()
            optimizer.step()
        seconds = perf_counter() - began
        return seconds, self.accuracy(model)

    def accuracy(self, model):
        model.eval()
        with torch.no_grad():
            batches = DataLoader(self.test, batch_size=100)
            return sum(int((model(images).argmax(1) == labels).sum()) for images, labels in batches) / len(self.test)


class Clock:
    """Times the epoch, its checkpoint included."""

    def __call__(self, event):
        if isinstance(event, Started):
            self.began = perf_counter()
        elif isinstance(event, EpochEnded):
            self.seconds = perf_counter() - self.began


def archc(network, seed, data_dir):
    front = read(SourceFile(f"<{network}>", SPECS[network]), Report(), overrides=[f"train.seed={seed}"])
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder:
        run = start(front, directory=str(Path(folder) / "run"), data_dir=data_dir, device="cpu", observer=clock)
    return clock.seconds, run.result["test"]["accuracy"]


def unpack(files, folder):
    """torchvision reads plain files alone."""
    folder.mkdir(parents=True)
    for file in files:
        opener = gzip.open if file.suffix == ".gz" else open
        with opener(file, "rb") as packed, (folder / file.name.removesuffix(".gz")).open("wb") as plain:
            shutil.copyfileobj(packed, plain)


def files_of(data_dir):
    front = read(SourceFile("<dnn>", SPECS["dnn"]), Report())
    return sources.find(front.network.train.data, Path(), data_dir)


def compare(network, seeds, handwritten, data_dir):
    rows = []
    for seed in range(seeds):
        contestants = [lambda s=seed: handwritten.run(network, s), lambda s=seed: archc(network, s, data_dir)]
        order = (0, 1) if seed % 2 == 0 else (1, 0)
        found = {which: contestants[which]() for which in order}
        rows.append((found[0], found[1]))
        (by_hand, hand_accuracy), (ours, accuracy) = rows[-1]
        print(
            f"{network} seed {seed}: by hand {by_hand:6.2f} s {hand_accuracy:.2%}   "
            f"archc {ours:6.2f} s {accuracy:.2%}   {by_hand / ours:.2f} times as fast",
            flush=True,
        )
    ratio = statistics.median(hand[0] / ours[0] for hand, ours in rows)
    accuracies = [[pair[which][1] for pair in rows] for which in (0, 1)]
    by_hand, ours = (f"{statistics.mean(found):.2%} (sd {statistics.pstdev(found):.2%})" for found in accuracies)
    print(f"{network}: {ratio:.2f} times as fast (median of {seeds}); test accuracy by hand {by_hand}, archc {ours}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--networks", nargs="+", choices=sorted(SPECS), default=sorted(SPECS, reverse=True))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--data-dir")
    options = parser.parse_args()
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads")
    with tempfile.TemporaryDirectory() as root:
        handwritten = Handwritten(files_of(options.data_dir), root)
        for network in options.networks:
            compare(network, options.seeds, handwritten, options.data_dir)


if __name__ == "__main__":
    main()
