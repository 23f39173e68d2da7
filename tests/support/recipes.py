"""Whole specs that train: networks as `strategies` draws them, with an end, data, and a recipe of any kind."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from hypothesis import strategies as st

from archc.recipe.augmentations import AUGMENTATIONS
from archc.recipe.figures import FIGURES
from archc.recipe.losses import LOSSES
from archc.recipe.optimizers import OPTIMIZERS
from archc.recipe.schedulers import SCHEDULERS
from archc.recipe.transforms import TRANSFORMS
from archc.terms.record import REQUIRED, declared
from archc.terms.term import Table
from tests.support.layer_cases import values
from tests.support.strategies import Flow, chain, without_clashes

TOKENS = 5
"""Numbers of tokens lie below this; an Embedding that is drawn with fewer finds none of some."""


class Samples(NamedTuple):
    """Data to make: how many samples of which splits; with classes, or numbers of a shape."""

    kind: str
    sample: tuple[int, ...]
    dtype: str
    classes: int
    target: tuple[int, ...]
    counts: dict[str, int]


class Case(NamedTuple):
    """A spec as data, and the samples that it trains on."""

    spec: dict[str, Any]
    samples: Samples


@st.composite
def recipes(draw: st.DrawFn, layers: int = 5) -> Case:
    """A network of up to `layers` layers and its end, with a `train` section; a good share of them is right."""
    samples = draw(_samples())
    loss = draw(_term(LOSSES, fits=_LOSSES, size=_outputs(samples), only=_fitting_losses(samples)))
    rows, flow = chain(draw, (samples.sample, samples.dtype), draw(st.integers(0, layers)), 0)
    if not draw(_one_in(12)):
        rows += _end(draw, flow, samples, loss)
    spec = {
        "archc": 1,
        "input": _input(samples),
        "layers": without_clashes(rows) or ["Identity"],
        "train": draw(_train(samples, loss)),
    }
    return Case(spec, samples)


# Data


def _outputs(samples: Samples) -> int:
    return samples.classes or math.prod(samples.target)


@st.composite
def _samples(draw: st.DrawFn) -> Samples:
    kind = draw(st.sampled_from(["MNIST", "FashionMNIST", "bundled", "Table", "Table", *["InMemory"] * 5]))
    counts = {"train": draw(st.integers(1, 40)), "test": draw(st.integers(1, 9))}
    if kind == "Table":
        target = draw(st.sampled_from([(), (), (2,), (3,)]))
        return Samples(kind, (draw(st.integers(1, 8)),), "float32", 0, target, counts)
    if kind != "InMemory":
        return Samples(kind, (1, 28, 28), "float32", 10, (), counts)
    rank = draw(st.sampled_from([1, 2, 2, 3, 3, 3, 4]))
    shape = draw(st.lists(st.integers(1, 12), min_size=rank, max_size=rank))
    dtype = draw(st.sampled_from(["float32"] * 4 + ["int64"]))
    classes = draw(st.sampled_from([0, 0, 1, 2, 3, 4, 7]))
    target = tuple(draw(st.lists(st.integers(1, 4), max_size=3))) if not classes else ()
    splits = draw(st.sampled_from([["train"], ["train", "validation"], ["train", "test"], [*counts, "validation"]]))
    counts["validation"] = draw(st.integers(1, 9))
    return Samples(kind, tuple(shape), dtype, classes, target, {name: counts[name] for name in splits})


def _input(samples: Samples) -> Any:
    shape = list(samples.sample)
    return {"shape": shape, "dtype": samples.dtype} if samples.dtype != "float32" else shape


# The end of a network


def _end(draw: st.DrawFn, flow: Flow, samples: Samples, loss: Any) -> list[Any]:
    """Layers that make of anything as many numbers as the loss takes, mostly such as it takes."""
    shape, dtype = flow
    rows: list[Any] = [] if dtype == "float32" else [{"Embedding": {"num_embeddings": TOKENS, "embedding_dim": 2}}]
    if len(shape) > 1 or rows:
        rows.append("Flatten")
    rows.append({"Linear": _outputs(samples)})
    if len(samples.target) > 1:
        rows.append({"Unflatten": {"dim": 1, "unflattened_size": list(samples.target)}})
    name, given = next(iter(loss.items())) if isinstance(loss, dict) else (loss, {})
    wanted = _ENDS.get(name, [])
    if name == "PoissonNLLLoss" and isinstance(given, dict) and given.get("log_input") is False:
        wanted = ["Softplus", "ReLU", "Sigmoid"]
    if wanted and not draw(_one_in(6)):
        rows.append(draw(st.sampled_from(wanted)))
    elif draw(_one_in(3)):
        rows += draw(st.lists(st.sampled_from(_TAILS), max_size=2))
    if draw(_one_in(8)):
        rows.append(draw(st.sampled_from(["Identity", "Flatten", {"Dropout": 0.5}, {"Dropout": 0.0}])))
    return rows


_ENDS: dict[str, list[Any]] = {
    "BCELoss": ["Sigmoid", "Sigmoid", {"Softmax": 1}, {"Softmax": -1}, "Hardsigmoid", {"Softmin": 1}],
    "NLLLoss": [{"LogSoftmax": 1}, {"LogSoftmax": -1}],
    "KLDivLoss": [{"LogSoftmax": 1}],
}
_TAILS: list[Any] = [
    *_ENDS["BCELoss"],
    *_ENDS["NLLLoss"],
    *["ReLU", "ReLU6", "Tanh", "LogSigmoid", "Softplus", "GELU", "Softsign", "PReLU", "BatchNorm1d", "LayerNorm"],
    {"Hardtanh": {"min_val": 0.0, "max_val": 1.0}},
    {"Residual": ["Sigmoid"]},
    {"Multiply": [["Sigmoid"], []]},
    {"Add": [[], [{"LogSoftmax": 1}]]},
]


# Terms


def _one_in(count: int) -> st.SearchStrategy[bool]:
    return st.integers(1, count).map(lambda number: number == count)


_Fit = Callable[[st.DrawFn, dict[str, Any], int], None]
_EXTREMES = [0.0, 1e-320, 1e-45, 1e-30, 1e30, 3e38, 1e39, 1e300]
_HUGE = [2**31 - 1, 10**6]
_LEFT_OUT = frozenset({"capturable", "differentiable", "schedulers"})
"""Arguments that are no more than refused, where there is no CUDA or at all; and those that are drawn by themselves."""


@st.composite
def _term(
    draw: st.DrawFn, table: Table[Any], *, fits: dict[str, _Fit], size: int = 1, only: list[str] | None = None
) -> Any:
    """A term of a table with some of its arguments, in one of its spellings."""
    name = draw(st.sampled_from(only or sorted(table)))
    cls, given = table[name], {}
    for argument in declared(cls).values():
        if argument.name not in _LEFT_OUT and (argument.default is REQUIRED or draw(_one_in(3))):
            given[argument.name] = draw(_value(argument.kind.json))
    for key in (name, *given):
        if key in fits and not draw(_one_in(8)):
            fits[key](draw, given, size)
    if not given:
        return draw(st.sampled_from([name, {name: {}}]))
    if set(given) == {cls.principal} and not isinstance(given[cls.principal], dict) and draw(st.booleans()):
        return {name: given[cls.principal]}
    return {name: given}


@st.composite
def _value(draw: st.DrawFn, schema: dict[str, Any]) -> Any:
    """A value of an argument; seldom one at the end of what floats and ints are."""
    if schema.get("type") == "number" and draw(_one_in(12)):
        return draw(st.sampled_from(_EXTREMES))
    if schema.get("type") == "integer" and draw(_one_in(12)):
        return draw(st.sampled_from(_HUGE))
    return draw(values(schema, wild=False))


# Losses


def _fitting_losses(samples: Samples) -> list[str] | None:
    if samples.classes:
        return None
    numbers = [name for name in sorted(LOSSES) if "numbers" in LOSSES[name].takes]
    return [*numbers * 4, *sorted(LOSSES)]


def _class_weights(name: str) -> _Fit:
    def fit(draw: st.DrawFn, given: dict[str, Any], size: int) -> None:
        if isinstance(given[name], list):
            weights = st.one_of(st.floats(0, 3, width=16), st.sampled_from([0.0, 1.0]))
            given[name] = draw(st.lists(weights, min_size=size, max_size=size))

    return fit


def _ignored(draw: st.DrawFn, given: dict[str, Any], size: int) -> None:
    given["ignore_index"] = draw(st.integers(-1, size))


_LOSSES: dict[str, _Fit] = {
    "weight": _class_weights("weight"),
    "pos_weight": _class_weights("pos_weight"),
    "ignore_index": _ignored,
}

# Optimizers


def _nesterov(draw: st.DrawFn, given: dict[str, Any], size: int) -> None:
    if given["nesterov"]:
        given |= {"momentum": draw(st.floats(0.1, 0.9)), "dampening": 0}


def _one_kernel(draw: st.DrawFn, given: dict[str, Any], size: int) -> None:
    if given["fused"]:
        given.pop("foreach", None)


def _etas(draw: st.DrawFn, given: dict[str, Any], size: int) -> None:
    given["etas"] = [draw(st.floats(0.1, 0.9)), draw(st.floats(1.1, 2.0))]


_OPTIMIZERS: dict[str, _Fit] = {"nesterov": _nesterov, "fused": _one_kernel, "etas": _etas}

# Schedulers


def _cycle(draw: st.DrawFn, given: dict[str, Any], size: int) -> None:
    given["max_lr"] = given["base_lr"] + draw(st.floats(0, 1))


def _one_cycle(draw: st.DrawFn, given: dict[str, Any], size: int) -> None:
    for key in ("epochs", "steps_per_epoch", "total_steps"):
        given.pop(key, None)
    if draw(st.booleans()):
        given["total_steps"] = draw(st.sampled_from([100, 1000]))
    elif draw(st.booleans()):
        given |= {"epochs": 30, "steps_per_epoch": 40}


def _monitor(draw: st.DrawFn, given: dict[str, Any], size: int) -> None:
    given["monitor"] = draw(st.sampled_from(["val_loss", "train_loss", "train_loss", "val_accuracy", "train_mae"]))


_SCHEDULERS: dict[str, _Fit] = {
    "CyclicLR": _cycle,
    "OneCycleLR": _one_cycle,
    "ReduceLROnPlateau": _monitor,
    "monitor": _monitor,
}


@st.composite
def _scheduler(draw: st.DrawFn, depth: int = 0) -> Any:
    simple = [name for name in sorted(SCHEDULERS) if "schedulers" not in declared(SCHEDULERS[name])]
    composed = [name for name in sorted(SCHEDULERS) if name not in simple]
    if depth > 1 or draw(st.integers(0, 3)):
        only = [name for name in simple if not depth or name != "ReduceLROnPlateau" or draw(_one_in(10))]
        return draw(_term(SCHEDULERS, fits=_SCHEDULERS, only=only))
    name = draw(st.sampled_from(composed))
    parts = [draw(_scheduler(depth + 1)) for _ in range(draw(st.integers(1, 3)))]
    given: dict[str, Any] = {"schedulers": parts}
    if name == "SequentialLR":
        count = len(parts) - (not draw(_one_in(10)))
        given["milestones"] = sorted(draw(st.lists(st.integers(1, 9), min_size=count, max_size=count, unique=True)))
    if draw(st.booleans()):
        given["every"] = draw(st.sampled_from(["step", "epoch"]))
    return {name: given}


# Data and its changes


def _ordered(name: str) -> _Fit:
    def fit(draw: st.DrawFn, given: dict[str, Any], size: int) -> None:
        if isinstance(given[name], list):
            given[name] = [*sorted(given[name][:2]), *sorted(given[name][2:])]

    return fit


def _jitter(name: str) -> _Fit:
    def fit(draw: st.DrawFn, given: dict[str, Any], size: int) -> None:
        most = 0.5 if name == "hue" else 3.0
        low, high = sorted(draw(st.lists(st.floats(0, most), min_size=2, max_size=2)))
        given[name] = draw(st.sampled_from([low, [low, high]]))

    return fit


def _erased(draw: st.DrawFn, given: dict[str, Any], size: int) -> None:
    low, high = sorted(draw(st.lists(st.floats(0.01, 1), min_size=2, max_size=2)))
    given["scale"] = [low, high]


def _same_size(draw: st.DrawFn, given: dict[str, Any], size: int) -> None:
    given["size"] = draw(st.sampled_from([28, [28, 28]]))


def _one_colour(name: str) -> _Fit:
    def fit(draw: st.DrawFn, given: dict[str, Any], size: int) -> None:
        if isinstance(given[name], list):
            given[name] = given[name][:1]

    return fit


_AUGMENTATIONS: dict[str, _Fit] = {
    **{name: _ordered(name) for name in ("degrees", "shear", "ratio", "scale")},
    **{name: _jitter(name) for name in ("brightness", "contrast", "saturation", "hue")},
    "RandomErasing": _erased,
    "size": _same_size,
    "fill": _one_colour("fill"),
    "value": _one_colour("value"),
}


def _normal(draw: st.DrawFn, given: dict[str, Any], size: int) -> None:
    deviation = draw(st.sampled_from([0.5, 1e-30, 1e30]))
    given |= {"mean": draw(st.sampled_from([0.5, [0.1], 1e30])), "std": draw(st.sampled_from([deviation, [deviation]]))}


def _nothing(draw: st.DrawFn, given: dict[str, Any], size: int) -> None:
    given.clear()
    given["dtype"] = "float32"


_TRANSFORMS: dict[str, _Fit] = {"Normalize": _normal, "ConvertImageDtype": _nothing}


@st.composite
def _data(draw: st.DrawFn, samples: Samples) -> dict[str, Any]:
    given: dict[str, Any] = {"name": samples.kind}
    if samples.kind == "bundled":
        given = {"name": draw(st.sampled_from(["MNIST", "FashionMNIST"])), "source": "bundled"}
    elif samples.kind in ("MNIST", "FashionMNIST"):
        given["source"] = "data"
    elif samples.kind == "Table":
        count = math.prod(samples.target)
        given |= {"file": "table.csv", "target": [f"y{index}" for index in range(count)] if count > 1 else "y0"}
    images = len(samples.sample) == 3
    if images and samples.kind != "InMemory" and draw(_one_in(3)):
        augment = _term(AUGMENTATIONS, fits=_AUGMENTATIONS, size=samples.sample[0])
        given["augment"] = draw(st.lists(augment, min_size=1, max_size=3))
    if images and draw(_one_in(4)):
        given["transform"] = draw(st.lists(_term(TRANSFORMS, fits=_TRANSFORMS), max_size=2))
    if draw(_one_in(2)):
        most = max(1, samples.counts["train"] - 1)
        number = draw(st.integers(1, most))
        drawn = [{"fraction": 0.2}, {"fraction": 0.5}, {"fraction": 0.3, "stratify": False}]
        parts = st.sampled_from([{"first": number}, {"last": number}, *drawn])
        given["validation"] = draw(parts)
    return given


# The section


_UNITS = ["epoch", "epochs", "step", "steps"]


@st.composite
def _interval(draw: st.DrawFn, units: tuple[str, ...] = ()) -> str:
    return f"{draw(st.integers(1, 3))} {draw(st.sampled_from([*_UNITS, *units]))}"


@st.composite
def _train(draw: st.DrawFn, samples: Samples, loss: Any) -> dict[str, Any]:
    data = draw(_data(samples))
    validates = "validation" in data or "validation" in samples.counts
    given: dict[str, Any] = {"data": data, "loss": loss}
    muon = [] if draw(_one_in(4)) else ["Muon"]
    optimizers = [name for name in sorted(OPTIMIZERS) if name not in muon]
    given["optimizer"] = draw(_term(OPTIMIZERS, fits=_OPTIMIZERS, only=optimizers))
    given[draw(st.sampled_from(["epochs", "epochs", "steps"]))] = draw(st.integers(1, 3))
    given["batch_size"] = draw(st.sampled_from([2, 2, 3, 4, 5, 8, 16, 1, 64]))
    of = "classes" if samples.classes else "values"
    metrics = [name for name, figure in FIGURES.items() if of in figure.of]
    parts = {
        "accumulate": st.integers(1, given["batch_size"]),
        "shuffle": st.booleans(),
        "scheduler": _scheduler(),
        "warmup": _interval(),
        "decay": st.fixed_dictionaries({"exclude": st.lists(_KINDS, min_size=1, max_size=4)}),
        "sampler": st.just("balanced"),
        "penalty": st.fixed_dictionaries(
            {"l1": st.sampled_from([0, 1e-4, 1e300, 1e-320])},
            optional={"l2": st.sampled_from([0.0, 1e-2]), "exclude": st.lists(_KINDS, max_size=4)},
        ),
        "gradient_clip": st.sampled_from([0.1, 1, {"norm": 1.5}, {"value": 0.5}, 1e-320, 1e300]),
        "ema": st.sampled_from([0.0, 0.5, 0.9, 0.999]),
        "precision": st.sampled_from(["float32", "bfloat16", "float16"]),
        "evaluate": st.fixed_dictionaries(
            {"every": _interval()}, optional={"on": st.sampled_from(["test", ["validation"], ["validation", "test"]])}
        ),
        "log": st.fixed_dictionaries({"every": _interval()}),
        "metrics": st.lists(st.sampled_from(metrics), max_size=3),
        "early_stopping": _stopping(validates=validates),
        "checkpoint": st.fixed_dictionaries({"every": _interval(("minutes",))}, optional={"keep": st.integers(1, 3)}),
        "overfit_batches": st.integers(1, 3),
        "device": st.sampled_from(["auto", "cpu", "cpu:0"]),
        "strategy": st.sampled_from(["ddp", "fsdp"]),
        "deterministic": st.booleans(),
        "seed": st.sampled_from([0, 1, 2**31, 2**63 - 1]),
    }
    for name, part in parts.items():
        if draw(_one_in(4)):
            given[name] = draw(part)
    return given


_KINDS = st.sampled_from(["bias", "norm", "embedding", "activation"])


@st.composite
def _stopping(draw: st.DrawFn, *, validates: bool) -> dict[str, Any]:
    given: dict[str, Any] = {}
    if not validates or draw(_one_in(3)):
        given["monitor"] = "train_loss"
    others = {
        "patience": st.integers(1, 3),
        "min_delta": st.sampled_from([0.0, 0.1, 1e300]),
        "mode": st.sampled_from(["min", "max", None]),
        "restore_best": st.booleans(),
    }
    for name, part in others.items():
        if draw(_one_in(3)):
            given[name] = draw(part)
    return given
