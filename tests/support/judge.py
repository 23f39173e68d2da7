"""PyTorch as the judge of layers and networks: what it accepts, and what comes out."""

import inspect
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

import pydantic_core
import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from archc.backends import torch_modules
from archc.backends.torch import made
from archc.diagnostics.fault import Fault
from archc.layers import LAYERS
from archc.terms.record import declared
from tests.support.layer_cases import output

Given = dict[str, Any]
Sample = tuple[int, ...]

BATCH = 2
REFUSALS = (RuntimeError, ValueError, TypeError, IndexError, ZeroDivisionError, AssertionError, OverflowError)


class Verdict(NamedTuple):
    """What torch makes of a layer: its module, its output's shape, and the FLOPs of a batch."""

    module: nn.Module
    shape: tuple[int, ...]
    flops: int


class Case(NamedTuple):
    """A layer, its written arguments, a sample's shape, and the shape that torch gives for a batch of it."""

    name: str
    given: Given
    x: Sample
    y: tuple[int, ...]


class Stricter(NamedTuple):
    """Where archc refuses what torch accepts: the layers, the cases, and examples of them."""

    layers: tuple[str, ...]
    holds: Callable[[Case], bool]
    examples: list[tuple[str, Given, Sample]]


def having(*names: str) -> tuple[str, ...]:
    """The layers with any of some arguments."""
    return tuple(layer for layer, cls in LAYERS.items() if set(names) & set(declared(cls)))


_ONE = tuple(name for name, cls in LAYERS.items() if [*cls.ranks] == [2])
_TWO = tuple(name for name, cls in LAYERS.items() if [*cls.ranks] == [3])
_THREE = tuple(name for name, cls in LAYERS.items() if [*cls.ranks] == [4])
_COPYING = tuple(f"{kind}Pad{n}d" for kind in ("Circular", "Reflection", "Replication") for n in (1, 2, 3))
_FILLING = tuple(f"{kind}Pad{n}d" for kind in ("Constant", "Zero") for n in (1, 2, 3))


def _of_another_length(case: Case) -> bool:
    known = declared(LAYERS[case.name])
    listed = {name: len(value) for name, value in case.given.items() if isinstance(value, list)}
    return any(known[name].kind.spread not in (0, length) for name, length in listed.items())


def _stretched(case: Case) -> bool:
    dim = case.given.get("dim", -3)
    return case.y != (BATCH, *case.x) or len(case.x) < -dim or case.given.get("num_channels", case.x[dim]) == 1


def _wraps_what_it_crops(case: Case) -> bool:
    padding = case.given["padding"]
    sides = padding if isinstance(padding, list) else []
    parts = zip(case.x[::-1], sides[::2], sides[1::2], strict=False)
    return any(max(both) > size + min(both) and min(both) < 0 for size, *both in parts)


def _moves_the_batch(case: Case) -> bool:
    given, axes = case.given, len(case.x) + 1
    if "dims" in given:
        return bool(given["dims"][0] % axes)
    dims = given.get("dim", given.get("start_dim", 1))
    return any(dim % axes == 0 for dim in (dims if isinstance(dims, list) else [dims]))


def _unused_features(case: Case) -> bool:
    written = [case.given[name] for name in ("num_features", "num_channels") if name in case.given]
    return not case.given.get("affine") and written != [case.x[0]]


_BATCH_NORMS = ("BatchNorm1d", "BatchNorm2d", "BatchNorm3d")
_INSTANCE_NORMS = ("InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d")

STRICTER: dict[str, Stricter] = {
    "an empty output": Stricter(
        tuple(LAYERS),
        lambda case: 0 in case.y,
        [
            ("AdaptiveAvgPool2d", {"output_size": 0}, (1, 4, 4)),
            ("Linear", {"out_features": 0}, (4,)),
            ("ZeroPad1d", {"padding": -2}, (1, 4)),
            ("Upsample", {"scale_factor": 0.3}, (4, 3)),
        ],
    ),
    "a momentum outside 0 to 1": Stricter(
        (*_BATCH_NORMS, *_INSTANCE_NORMS),
        lambda case: not 0 <= (case.given.get("momentum") or 0) <= 1,
        [("BatchNorm1d", {"momentum": 1.5}, (4,)), ("BatchNorm2d", {"momentum": -0.5}, (4, 2, 2))],
    ),
    "a negative eps": Stricter(
        having("eps", "layer_norm_eps"),
        lambda case: case.given.get("eps", case.given.get("layer_norm_eps", 1)) < 0,
        [("LayerNorm", {"eps": -0.5}, (4,))],
    ),
    "features that nothing is kept for": Stricter(
        (*_BATCH_NORMS, *_INSTANCE_NORMS, "GroupNorm"),
        _unused_features,
        [
            ("BatchNorm2d", {"num_features": 3, "affine": False, "track_running_stats": False}, (4, 2, 2)),
            ("InstanceNorm1d", {"num_features": 3}, (4, 2)),
        ],
    ),
    "a batch of another rank, which is a single sample to torch": Stricter(
        (*_ONE, *_TWO, *_THREE, "PixelShuffle", "PixelUnshuffle"),
        lambda case: len(case.x) not in (LAYERS[case.name].ranks or (3, 4)),
        [
            ("Conv2d", {"out_channels": 1, "kernel_size": 1, "in_channels": 2}, (4, 4)),
            ("MaxPool2d", {"kernel_size": 1}, (4, 4)),
            ("Conv1d", {"out_channels": 1, "kernel_size": 1, "in_channels": 2}, (4,)),
        ],
    ),
    "a list of another length, which torch repeats or cuts off": Stricter(
        having("kernel_size", "output_size"),
        _of_another_length,
        [("AvgPool2d", {"kernel_size": [2]}, (1, 4, 4)), ("MaxPool2d", {"kernel_size": 2, "stride": [1]}, (1, 4, 4))],
    ),
    "two outputs": Stricter(
        having("return_indices"),
        lambda case: bool(case.given.get("return_indices")),
        [("MaxPool2d", {"kernel_size": 2, "return_indices": True}, (1, 4, 4))],
    ),
    "the batch padded": Stricter(
        _FILLING,
        lambda case: len(case.x) < int(case.name[-2]),
        [("ZeroPad2d", {"padding": [0, 0, 1, 1]}, (4,))],
    ),
    "a probability outside 0 to 1": Stricter(
        ("StochasticDepth", "MultiheadAttention", "TransformerEncoder", "TransformerEncoderLayer"),
        lambda case: not 0 <= case.given.get("p", case.given.get("dropout", 0)) <= 1,
        [("StochasticDepth", {"p": -0.5}, (4,)), ("MultiheadAttention", {"num_heads": 1, "dropout": -0.5}, (2, 4))],
    ),
    "a norm that is none": Stricter(
        ("Embedding",),
        lambda case: (case.given.get("max_norm") or 0) < 0 or case.given.get("norm_type", 2) <= 0,
        [("Embedding", {"num_embeddings": 2, "embedding_dim": 2, "max_norm": -0.5}, (4,))],
    ),
    "wrapping what is cropped, which torch fills with whatever its memory held": Stricter(
        ("CircularPad1d", "CircularPad2d", "CircularPad3d"),
        _wraps_what_it_crops,
        [("CircularPad1d", {"padding": [3, -3]}, (1, 4))],
    ),
    "nothing inside": Stricter(
        ("TransformerEncoder", "TransformerEncoderLayer"),
        lambda case: 0 in (case.given.get("dim_feedforward"), case.given.get("num_layers")),
        [("TransformerEncoderLayer", {"nhead": 1, "dim_feedforward": 0}, (2, 4))],
    ),
    "an axis counted from the front": Stricter(
        ("LayerScale",), lambda case: case.given.get("dim", -3) >= 0, [("LayerScale", {"dim": 0}, (4,))]
    ),
    "sizes that torch stretches": Stricter(
        ("LayerScale", "PositionEmbedding"),
        _stretched,
        [("LayerScale", {"num_channels": 3}, (1, 4, 4)), ("PositionEmbedding", {"embed_dim": 3}, (4, 1))],
    ),
    "no axis left": Stricter(
        ("Mean", "Select"),
        lambda case: len(case.y) < 2,
        [("Mean", {"dim": 1}, (4,))],
    ),
    "samples merged, split or reordered": Stricter(
        ("Flatten", "GLU", "Mean", "Permute", "Select", "Unflatten"),
        _moves_the_batch,
        [("Flatten", {"start_dim": 0}, (4,)), ("Flatten", {"start_dim": -3}, (4, 4)), ("GLU", {"dim": 0}, (4,))],
    ),
}
"""Where archc refuses what torch accepts, each with its layers, its cases, and examples. Nothing else may differ."""


def _python(value: Any, spread: int) -> Any:
    """A written value as Python code has it; a list of one as the number that it stands for."""
    if isinstance(value, list):
        return value[0] if len(value) == spread == 1 else tuple(value)
    return value


def torch_arguments(name: str, given: Given, x: Sample) -> Given:
    """The arguments for torch: lists as tuples, inferred sizes filled in."""
    cls = LAYERS[name]
    known = declared(cls)
    written = {key: _python(value, known[key].kind.spread) for key, value in given.items()}
    return {**_inferred(name, given, x), **written, **cls.fixed}


def _inferred(name: str, given: Given, x: Sample) -> Given:
    """The sizes that follow from the input; 1 where it has no such axis, and torch is to say so."""
    try:
        return LAYERS[name](**given).inferred(x)
    except (pydantic_core.ValidationError, Fault, IndexError):
        axes = {size: -3 if axis is None else axis for size, axis in LAYERS[name].sizes.items()}
        return {size: x[axis] if -len(x) <= axis < len(x) else 1 for size, axis in axes.items()}


def make(name: str) -> Callable[..., nn.Module]:
    """The class of a layer's module; a function where archc makes up for an argument that this torch does not know."""
    found: Callable[..., nn.Module] = getattr(torch_modules, name, None) or getattr(nn, name)
    return partial(_made, name) if unknown(name) else found


def _made(name: str, *args: Any, **kwargs: Any) -> nn.Module:
    return made(name, args, kwargs)


def unknown(name: str) -> set[str]:
    """The arguments of a layer that this torch does not know, as it is older than them."""
    if not re.match(r"BatchNorm|InstanceNorm|GroupNorm", name):
        return set()
    return {"bias"} - set(inspect.signature(getattr(nn, name)).parameters)


@contextmanager
def countable() -> Iterator[None]:
    """Without the fused kernels of LSTM and attention, of whose FLOPs the counter knows nothing; and quietly."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with torch.no_grad(), torch.backends.mkldnn.flags(enabled=False), sdpa_kernel(SDPBackend.MATH):
            yield


def judge(name: str, given: Given, x: Sample) -> Verdict | None:
    """What torch makes of a batch of two; None where it refuses."""
    dtype = torch.float32 if "float32" in LAYERS[name].dtypes else torch.int64
    batch = torch.ones(BATCH, *x) if dtype == torch.float32 else torch.zeros(BATCH, *x, dtype=dtype)
    with countable(), FlopCounterMode(display=False) as counter:
        try:
            module = make(name)(**torch_arguments(name, given, x))
            y = module(batch)
        except REFUSALS:
            return None
    shape = tuple(y.shape) if isinstance(y, torch.Tensor) else ()
    return Verdict(module, shape, counter.get_total_flops())


def reason(case: Case) -> str | None:
    """Why archc is stricter here, if it is on purpose."""
    return next((text for text, why in STRICTER.items() if case.name in why.layers and why.holds(case)), None)


def compare(name: str, given: Given, x: Sample) -> str:
    """`legal` or `illegal` where both agree, else the reason why archc is stricter.

    Raises:
        AssertionError: they differ.
    """
    ours, theirs = output(name, given, x), judge(name, given, x)
    if theirs is None:
        assert ours is None, "torch refuses it"
        return "illegal"
    if ours is None:
        why = reason(Case(name, given, x, theirs.shape))
        assert why, f"torch accepts it and gives {theirs.shape}"
        return why
    layer = LAYERS[name](**given)
    assert theirs.shape == (BATCH, *ours), f"the shape is {theirs.shape[1:]}, not {ours}"
    params = sum(p.numel() for p in theirs.module.parameters())
    assert params == layer.params(x), f"the parameters are {params}, not {layer.params(x)}"
    flops = BATCH * 2 * layer.macs(x, ours)
    assert theirs.flops == flops, f"the FLOPs are {theirs.flops}, not {flops}"
    return "legal"
