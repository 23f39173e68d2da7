"""What is recorded on CUDA must not wait for the device. On a CPU, what would wait there is refused instead."""

from pathlib import Path

import pytest
import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

import archc
from archc.backends.torch import build
from archc.data.splits import Split, Splits
from archc.training.capture import why_not
from archc.training.measure import Measure
from tests.support.recording import Replaying
from tests.training.test_capture import RECIPES, weights_after

WAITS = frozenset(
    f"aten::{name}"
    for name in ["_local_scalar_dense", "nonzero", "masked_select", "unique_dim", "_unique2", "equal", "lift_fresh"]
)
"""`item`, `bool` and what is as large as its input's values say; numbers of Python that are copied to a device."""


class NoWaiting(TorchDispatchMode):
    """In torch's own code too, and backward."""

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        name = func.name().partition(".")[0]
        masked = name in ("aten::index", "aten::index_put", "aten::index_put_") and any(
            index is not None and index.dtype in (torch.bool, torch.uint8) for index in args[1]
        )
        if masked or name in WAITS:
            raise RuntimeError(f"{func} waits for the device")
        return func(*args, **(kwargs or {}))


class NoLeaving(TorchFunctionMode):
    """What on a CPU does nothing, or is no operation."""

    LEAVES = (torch.Tensor.cpu, torch.Tensor.numpy, torch.Tensor.tolist, torch.Tensor.item, torch.Tensor.__bool__)

    def __torch_function__(self, func, types, args=(), kwargs=None):
        # A tensor's own `device` is no name: torch writes `to(x.device)`, which on a CPU is the CPU.
        to_cpu = func is torch.Tensor.to and any(
            isinstance(arg, str) and arg == "cpu" for arg in (*args[1:], *(kwargs or {}).values())
        )
        if func in self.LEAVES or to_cpu:
            raise RuntimeError(f"{func.__name__} waits for the device")
        return func(*args, **(kwargs or {}))


class Watching(Replaying):
    """Records nothing that would wait."""

    def record(self, function):
        def watched():
            with NoLeaving(), NoWaiting():
                return function()

        made = super().record(watched)
        # A replay only launches again what is known not to wait.
        self.function = function
        return made


MORE = {
    "clipped by value": {"train.gradient_clip": "{value: 0.1}"},
    "SGD with nesterov": {"train.optimizer": "{SGD: {lr: 0.1, momentum: 0.9, nesterov: true, weight_decay: 0.01}}"},
    "amsgrad": {"train.optimizer": "{AdamW: {lr: 1e-2, amsgrad: true}}"},
    "weights of classes": {"train.loss": "{CrossEntropyLoss: {weight: balanced, label_smoothing: 0.1}}"},
    "a class that is ignored": {"train.loss": "{CrossEntropyLoss: {ignore_index: 1}}", "train.accumulate": 2},
    "a number for each class": {"train.loss": "BCEWithLogitsLoss"},
    "a sign for each class": {"train.loss": "SoftMarginLoss"},
    "margins": {"train.loss": "MultiMarginLoss", "train.accumulate": 2},
    "distances": {"train.loss": "MSELoss"},
    "triplets": {"train.loss": "TripletMarginLoss"},
}


@pytest.mark.parametrize("changes", [*RECIPES.values(), *MORE.values()], ids=[*RECIPES, *MORE])
def test_a_step_that_may_be_recorded_never_waits(spec, changes):
    front = spec(changes)
    assert why_not(front.network, front.network.train, torch.device("cuda")) is None
    engine, _ = weights_after(front, Watching())
    assert engine.parts.step.refused is None


POSITIONS = {"classes": ["a", "b"], "target": [4]}
TARGETS = {
    "BCEWithLogitsLoss": ({"classes": ["a", "b"]}, [{"Linear": 1}], torch.tensor([0, 1, 1, 0])),
    "HingeEmbeddingLoss": ({"classes": ["a", "b"]}, [{"Linear": 1}, "Softplus"], torch.tensor([0, 1, 1, 0])),
    "SoftMarginLoss": ({"labels": ["a", "b"]}, [{"Linear": 2}], torch.tensor([[0.0, 1], [1, 1], [0, 0], [1, 0]])),
    "GaussianNLLLoss": ({}, [{"Concat": [[{"Linear": 1}], [{"Linear": 1}, "Softplus"]]}], torch.ones(4)),
    "CrossEntropyLoss": (POSITIONS, [{"Conv1d": {"out_channels": 2, "kernel_size": 1}}], torch.ones(4, 4).byte()),
}


@pytest.mark.parametrize("loss", TARGETS)
def test_a_loss_and_the_figures_of_its_steps_never_wait(loss):
    keys, layers, targets = TARGETS[loss]
    data = {"name": "InMemory", "sample": [1, 4] if "target" in keys else [4], **keys}
    train = {"data": data, "loss": loss, "optimizer": "SGD", "epochs": 1}
    network = archc.load({"archc": 1, "input": data["sample"], "layers": layers, "train": train})
    split = Split(torch.randn(4, *network.input), targets)
    splits = Splits(split, None, None, "", network.train.data.kind.facts(Path()))
    measure = Measure(network, network.train, splits, torch.device("cpu"))
    outputs = build(network)(split.inputs)
    with NoLeaving(), NoWaiting():
        measure.objective(outputs, targets).backward()
        measure.task.step_sums(measure.task.kept(outputs.detach()), targets)
        measure.task.counts(in_full=True).add(outputs.detach(), targets)


@pytest.mark.parametrize(
    "wait",
    [
        lambda x: x.sum().item(),
        lambda x: bool(x.any()),
        lambda x: x[x > 0],
        lambda x: x.nonzero(),
        lambda x: x.tolist(),
        lambda x: x.cpu(),
        lambda x: x.to("cpu"),
        lambda x: torch.tensor([1.0]),
    ],
    ids=["item", "bool", "mask", "nonzero", "tolist", "cpu", "to", "tensor"],
)
def test_what_waits_is_seen(wait):
    x = torch.ones(3)
    with pytest.raises(RuntimeError, match="waits for the device"), NoLeaving(), NoWaiting():
        wait(x)


LAYERS = {
    "cuDNN draws the dropout of": [{"LSTM": {"hidden_size": 4, "num_layers": 2, "dropout": 0.5}}, "Flatten"],
    "waits for the device, to find the vectors": [
        {"Embedding": {"num_embeddings": 256, "embedding_dim": 4, "max_norm": 1}},
        "Flatten",
    ],
}
MAY = {
    "one recurrent layer": [{"GRU": {"hidden_size": 4}}, "Flatten"],
    "layers without dropout": [{"LSTM": {"hidden_size": 4, "num_layers": 2}}, "Flatten"],
    "attention": [{"TransformerEncoderLayer": {"nhead": 4, "dim_feedforward": 8}}, "Flatten"],
}


def network_of(first):
    network = {"archc": 1, "input": [5, 8], "layers": [*first, {"Linear": 10}]}
    if "Embedding" in first[0]:
        network |= {"input": {"shape": [5], "dtype": "int64"}}
    return archc.load(network)


@pytest.mark.parametrize("reason", LAYERS)
def test_a_layer_that_cannot_be_recorded_is_refused_with_the_reason(spec, reason):
    assert reason in why_not(network_of(LAYERS[reason]), spec().network.train, torch.device("cuda"))


@pytest.mark.parametrize("first", MAY.values(), ids=MAY)
def test_neighbours_of_those_layers_never_wait(spec, first):
    network = network_of(first)
    assert why_not(network, spec().network.train, torch.device("cuda")) is None
    model = build(network)
    with NoLeaving(), NoWaiting():
        model(torch.ones(2, *network.input)).sum().backward()
