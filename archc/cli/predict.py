"""archc predict: class names and probabilities, or numbers, for images or rows.

Images (PNG, JPEG, ...) are converted to the network's channels and resized to its input. Rows are .csv, .npy or .npz
with pixel values from 0 to 255, as the data set stores them.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from archc.cli import fail
from archc.cli.arguments import add_device, say, utf8
from archc.cli.codes import OK
from archc.cli.extras import missing_extra
from archc.diagnostics.visible import visible
from archc.errors import ArchcError

if TYPE_CHECKING:
    from archc.runs.predict import Prediction

LONG: Final = True
"""It runs long enough for its garbage to matter."""


def add_arguments(command: argparse.ArgumentParser) -> None:
    """The options of `archc predict`."""
    command.add_argument("run", metavar="RUN", help="a run's directory; of runs/NAME or a spec the newest run")
    command.add_argument("files", metavar="FILE", nargs="+", help="images, or rows in .csv, .npy or .npz")
    command.add_argument("--format", choices=["text", "json"], default="text", help="how to print (default: text)")
    command.add_argument("--top", type=int, default=3, metavar="N", help="how many classes to print (default: 3)")
    add_device(command, "the run's")


def run(options: argparse.Namespace) -> int:
    """Predict, print, and return the exit code."""
    utf8(sys.stdout)
    if fault := missing_extra("archc predict", "torch", "safetensors", "numpy"):
        return fail.fail(fault, options)
    from archc.runs.predict import predict
    from archc.runs.run import Run

    try:
        opened = Run.open(Path(options.run))
        predictions = predict(opened, [Path(file) for file in options.files], device=options.device)
    except ArchcError as error:
        return fail.show(error.report, options)
    if options.format == "json":
        print(
            json.dumps(
                {"version": 1, "predictions": [_as_data(item) for item in predictions]}, indent=1, allow_nan=False
            )
        )
        return OK
    samples = Counter(prediction.file for prediction in predictions)
    for prediction in predictions:
        if prediction.note:
            say(f"{visible(prediction.file)}: {prediction.note}", options)
        number = f"[{prediction.index}]" if samples[prediction.file] > 1 else ""
        print(f"{visible(prediction.file)}{number}: {_said(prediction, options.top)}")
    return OK


def _as_data(prediction: Prediction) -> dict[str, Any]:
    return {
        "file": prediction.file,
        "index": prediction.index,
        "class": prediction.class_name,
        "label": prediction.label,
        "probability": prediction.probability,
        "probabilities": prediction.probabilities,
        # JSON has no word for what is not finite.
        "labels": list(prediction.labels) if prediction.labels is not None else None,
        "outputs": [value if isfinite(value) else None for value in prediction.outputs],
        "note": prediction.note,
    }


def _said(prediction: Prediction, top: int) -> str:
    """The most likely classes, as in `Ankle boot 96.40%, Sneaker 3.12%`; the class alone without probabilities.

    The labels of a sample, likewise, or `none`; of classes of positions, how many positions are of each; the numbers,
    where the network predicts such.
    """
    if prediction.labels is not None:
        shares = prediction.probabilities or {}
        return ", ".join(f"{name} {shares[name]:.2%}" if shares else name for name in prediction.labels) or "none"
    if prediction.positions is not None:
        counts = Counter(prediction.positions).most_common(max(1, top))
        return ", ".join(f"{name} at {count / len(prediction.positions):.2%}" for name, count in counts)
    if prediction.class_name is None:
        return ", ".join(f"{value:.6g}" for value in prediction.outputs)
    if prediction.probabilities is None:
        return prediction.class_name
    best = sorted(prediction.probabilities.items(), key=lambda item: -item[1])[: max(1, top)]
    return ", ".join(f"{label} {share:.2%}" for label, share in best)
