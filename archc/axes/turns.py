"""A layer that looks for channels or features at the wrong axis -> the ways that lead it to the right one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from archc.axes.holding import Held, Holding, Misread, behind, mistaken
from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault
from archc.diagnostics.ways import Way, Ways
from archc.layers import Layer, Shape
from archc.layers.base import CHANNELS, OF_POSITIONS, SEQUENCE, Meaning, Readings, divisors, numel
from archc.network import Node
from archc.spec import Places

_FEW: Final = (1, 3, 4)
"""The channels of images, as they come."""


class Standing(NamedTuple):
    """A tensor that a layer cannot take, behind the layers `steps`, of which `holding` knows.

    It `is_input` where it still has the axes of the network's input in their order, and its author does not say what
    they hold; `given` is the shape of that then, if it stands in the text.
    """

    held: Held
    is_input: bool
    given: Shape | None
    steps: tuple[Node, ...]
    holding: Holding

    @property
    def certain(self) -> Readings:
        """What is known of its axes from what made them. What another layer takes one for may be wrong itself."""
        return tuple([None if axis.decided or axis.disputed else axis.holds for axis in self.held.axes])

    def mistaken(self, layer: Layer) -> tuple[int, int] | None:
        """The axis that a layer takes for another, and that one, whether a layer before it took it so too or not."""
        x = self.held.shape
        return mistaken(layer, self.held.holds, x) or mistaken(layer, self.held.undisputed, x)


def stand(
    steps: Iterable[Node], given: Shape, shape: Shape, axes: Readings | None = None, *, is_input: bool = False
) -> Standing:
    """A tensor of a shape behind layers that follow one another, of which the first receives one of the shape `given`.

    `axes` is what the author says that it holds, and `is_input` whether it is the network's input.
    """
    holding, steps = Holding(given, axes), tuple(steps)
    held = behind(steps, holding, shape)
    is_input = is_input and not axes and held.axes == holding.input.axes
    return Standing(held, is_input, given if is_input else None, steps, holding)


def orders(holding: int, at: int, rank: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The order that puts one axis of a sample in the place of another, and the one back, as a Permute has them."""
    order = [axis for axis in range(rank) if axis != holding]
    order.insert(at, holding)
    back = sorted(range(rank), key=order.__getitem__)
    return (0, *[axis + 1 for axis in order]), (0, *[axis + 1 for axis in back])


def turn(layer: Layer, x: Shape, at: int, holding: int, *, alone: bool = False) -> Way:
    """How a layer, which takes the axis `at` for the channels or features, finds the axis `holding` there.

    What follows attention wants the same order as it, unless the layer is the only one that wants it.
    """
    dims, back = orders(holding, at, len(x))
    leads = layer.family in ("attention", "embedding") and not alone
    keeps = layer.family == "linear" or (layer.origins(x) is None and not leads)
    behind = (f"Permute: {list(back)}",) if keeps else ()
    return Way((f"Permute: {list(dims)}",), behind, tuple(_meant(layer, x, holding)))


def ways(misread: Misread, giver: Node | None, first: Node, *, bypassed: bool, repeated: bool) -> Ways:
    """What mends a layer that takes another axis: a Permute there, or one for all that want the other order.

    `giver` is the layer that gives what it takes, None for the input of the network, of which `first` is the first
    layer. `bypassed` says that a shortcut hands the same on beside it, `repeated` that the layer is right elsewhere.
    """
    node = misread.node
    alone = bool(misread.against) and not misread.also
    way = turn(node.layer, node.input, misread.at, misread.holding, alone=alone)
    if misread.also and not misread.against:
        way = way._replace(behind=())
    elif node.layer.family == "linear":
        return (flattened(node.input), way)
    inside = node.path[: len(node.path) - len(node.name)]
    if repeated and giver and not way.behind:
        return (_behind(giver, way),)
    if way.behind or not (bypassed or any(not other.path.startswith(inside) for other in misread.also)):
        return (way,)
    if giver is None:
        return (way._replace(place="before the first layer", target=first.span, instead=()),)
    return (way if _are_siblings(giver, node) else _behind(giver, way),)


def _behind(giver: Node, way: Way) -> Way:
    place = f"behind `{giver.path}` ({giver.type})"
    return way._replace(place=place, action="append-layer", target=giver.span, instead=())


def _are_siblings(a: Node, b: Node) -> bool:
    return a.path.rpartition(".")[0] == b.path.rpartition(".")[0]


def flattened(x: Shape) -> Way:
    """A Flatten, and how many features it makes."""
    return Way(("Flatten",), makes=f"{numel(x):,} features")


def _meant(layer: Layer, x: Shape, holding: int) -> Iterator[str]:
    """The layers that do the same along the axis that holds the channels or features."""
    name, last = type(layer).__name__, len(x) - 1
    if name in ("LayerNorm", "RMSNorm") and holding == 0:
        yield "GroupNorm: 1"
        yield f"BatchNorm{last}d"
    elif layer.family in ("batch norm", "instance norm", "sample norm") and holding == last:
        yield "LayerNorm"
    elif name == "AdaptiveAvgPool1d" and vars(layer)["output_size"] == (1,):
        yield "Mean: 1"
    elif layer.family == "dropout":
        yield "Dropout"
    elif name == "LayerScale":
        yield f"LayerScale: {{dim: {holding - len(x)}}}"


def with_ways(fault: Fault, layer: Layer, standing: Standing, places: Places) -> Fault:
    """A fault of a layer, written at `places`, with the ways to the axis that was meant, if it may be another one."""
    shapes, found = catalog.shapes, fault
    match fault:
        case shapes.SizeMismatch():
            found = _of_size(fault, layer, standing)
            if found.then is not None:
                found = found.with_(ways=resized(found.ways, places, fault.field, found.then))
        case shapes.NeitherOneNorAll():
            elsewhere = _elsewhere(layer, fault.written, CHANNELS, standing)
            found = fault.with_(ways=elsewhere.ways, axis=elsewhere.axis)
        case shapes.NotDivisible():
            found = _of_divisor(fault, layer, standing)
        case shapes.WrongRank():
            found = _of_rank(fault, layer, standing)
        case catalog.axes.ProductDiffers():
            found = fault.with_(ways=(*_split(fault, layer, standing.held.shape),))
        case catalog.windows.WindowTooLarge():
            found = _of_window(fault, layer, standing)
    return found


def _of_window(fault: catalog.windows.WindowTooLarge, layer: Layer, standing: Standing) -> Fault:
    """A window that fits along the axis that the layer asks for."""
    x, wrong = standing.held.shape, standing.mistaken(layer)
    if wrong and _takes(layer, x, orders(wrong[1], wrong[0], len(x))[0]):
        return fault.with_(ways=(_turn(layer, standing, *wrong),))
    return fault


def _takes(layer: Layer, x: Shape, dims: tuple[int, ...]) -> bool:
    """Whether a layer can take a sample whose axes are in another order."""
    try:
        layer.output_shape(tuple([x[dim - 1] for dim in dims[1:]]))
    except Fault:
        return False
    return True


def _of_rank(fault: catalog.shapes.WrongRank, layer: Layer, standing: Standing) -> Fault:
    """A sequence of an image, or of what a recurrent layer handed on before its last step."""
    x = standing.held.shape
    last = standing.steps[-1] if standing.steps else None
    if layer.ranks != SEQUENCE or len(x) == 2:
        return fault
    if len(x) == 1:
        is_last = last is not None and last.family == "recurrent" and len(last.input) == 2
        return fault.with_(last_of=f"`{last.path}` ({last.type})") if last and is_last else fault
    return fault.with_(ways=(_sequence(layer, x, standing.held.holds),))


def _sequence(layer: Layer, x: Shape, holds: Readings) -> Way:
    """The positions of an image as a sequence, or for a recurrent layer its columns."""
    if holds[-1] in OF_POSITIONS:
        makes = f"{numel(x[:-1])} tokens x {x[-1]} features"
        return Way((f"Flatten: {{end_dim: {len(x) - 1}}}",), makes=makes)
    if layer.family == "recurrent" and len(x) == 3 and x[1] > 1:
        makes = f"{x[2]} steps x {x[0] * x[1]} features"
        return Way(("Permute: [0, 3, 1, 2]", "Flatten: {start_dim: 2}"), makes=makes)
    return Way(("Flatten: {start_dim: 2}", "Permute: [0, 2, 1]"), makes=f"{numel(x[1:])} tokens x {x[0]} features")


def resized(ways: Ways, places: Places | None, field: str | None, size: int) -> Ways:
    """Ways with which a written size becomes another one, if it is a plain number."""
    value = places.values.get(field or "") if places else None
    also = (value, str(size)) if value and value.text.isdecimal() else None
    return tuple([way._replace(also=also) for way in ways])


def _of_size(fault: catalog.shapes.SizeMismatch, layer: Layer, standing: Standing) -> catalog.shapes.SizeMismatch:
    x, reads = standing.held.shape, layer.reads(standing.held.shape)
    written = _alone(fault.written)
    at = layer.sizes.get(fault.field or "")
    at = _asked(reads) if at is None else at % len(x)
    if written is None or at is None:
        return fault
    if layer.family == "linear":
        return _of_features(fault, layer, written, standing)
    elsewhere = _elsewhere(layer, written, at, standing)
    if elsewhere.ways:
        return fault.with_(ways=elsewhere.ways, axis=elsewhere.axis)
    wrong = standing.mistaken(layer)
    if wrong is None:
        return fault
    size = _size(standing, wrong[1])
    return fault.with_(ways=(_turn(layer, standing, *wrong),), then=None if size == written else size)


def _of_features(
    fault: catalog.shapes.SizeMismatch, layer: Layer, written: int, standing: Standing
) -> catalog.shapes.SizeMismatch:
    """That of a Linear, which takes any axes: a Flatten may be missing, or a pool with it."""
    x, last = standing.held.shape, len(standing.held.shape) - 1
    if pool := (*_pooled_before(written, standing),):
        return fault.with_(ways=pool)
    if joined := (*_joined(x, written),):
        return fault.with_(ways=joined)
    pooled, elsewhere = (*_pooled(x, written, standing),), _elsewhere(layer, written, last, standing)
    if found := (*pooled, *elsewhere.ways):
        return fault.with_(ways=found, axis=None if pooled else elsewhere.axis)
    if len(x) > 2 or standing.mistaken(layer):
        return fault.with_(ways=(flattened(x),), then=numel(x))
    is_known = len(x) == 1 or standing.certain[last] in OF_POSITIONS
    return fault if is_known else fault.with_(flat=numel(x))


def _alone(written: int | tuple[int, ...]) -> int | None:
    """The size of one axis; None where those of several are written."""
    if isinstance(written, int):
        return written
    return written[0] if len(written) == 1 else None


def _joined(x: Shape, written: int) -> Iterator[Way]:
    """A Flatten of the last axes, whose product is written."""
    for start in range(len(x) - 1):
        if numel(x[start:]) == written:
            yield flattened(x) if start == 0 else Way((f"Flatten: {{start_dim: {start + 1}}}",))
            return


def _pooled_before(written: int, standing: Standing) -> Iterator[Way]:
    """The global pool before a Flatten of an image, where as many features are written as that has channels."""
    flatten = standing.steps[-1] if standing.steps else None
    if flatten is None or flatten.type != "Flatten" or len(flatten.output) != 1 or written in _FEW:
        return
    image = flatten.input
    if len(image) in (3, 4) and image[CHANNELS] == written and numel(image[1:]) > 1:
        pool, place = f"AdaptiveAvgPool{len(image) - 1}d: 1", f"before `{flatten.path}` (Flatten)"
        yield Way((pool,), place=place, target=flatten.span, makes=f"{written:,} features")


def _pooled(x: Shape, written: int, standing: Standing) -> Iterator[Way]:
    """The pool of an image of many channels that leaves as many features as are written: 25088 is 512 x 7 x 7."""
    axes, channels = len(x) - 1, x[CHANNELS]
    if axes not in (2, 3) or channels in _FEW or written % channels or standing.certain[-1] in OF_POSITIONS:
        return
    size = round((written // channels) ** (1 / axes))
    if size**axes * channels == written and size <= min(x[1:]):
        makes = " x ".join(map(str, (channels, *(size,) * axes)))
        alone = f"`Flatten` alone makes {numel(x):,}"
        yield Way((f"AdaptiveAvgPool{axes}d: {size}", "Flatten"), makes=f"{makes} = {written:,} features ({alone})")


def _turn(layer: Layer, standing: Standing, at: int, holding: int) -> Way:
    """The same as `turn`, where a layer that stands before this one is the first that takes the wrong axis."""
    way, first = turn(layer, standing.held.shape, at, holding), standing.held.axes[holding].disputed
    if first is None:
        return way
    givers = [step for step, after in zip(standing.steps, standing.steps[1:], strict=False) if after is first.node]
    dims, _ = orders(first.holding, first.at, len(first.reads))
    way = Way((f"Permute: {list(dims)}",))
    if givers and not _are_siblings(givers[0], first.node):
        return _behind(givers[0], way)
    return way._replace(place=f"before `{first.node.path}` ({first.node.type})", target=first.node.span)


def _size(standing: Standing, holding: int) -> int:
    """The size of an axis where it was first mistaken: what mistook it may have changed it."""
    first = standing.held.axes[holding].disputed
    return first.node.input[first.holding] if first else standing.held.shape[holding]


class _Elsewhere(NamedTuple):
    """The axis that has a size, as torch counts it, and the ways there."""

    ways: Ways = ()
    axis: int | None = None


def _elsewhere(layer: Layer, written: int, at: int, standing: Standing) -> _Elsewhere:
    """Where a size that a layer expects at the axis `at` is to be found, if it may be meant there."""
    x, reads = standing.held.shape, layer.reads(standing.held.shape)
    wanted = reads[at] if reads else None
    if _alike(standing.certain[at], wanted):
        return _Elsewhere()
    if at == CHANNELS and len(x) > 2 and x[CHANNELS] in _FEW and standing.given:
        return _Elsewhere()
    axes = [axis for axis, size in enumerate(x) if size == written and axis != at]
    known = [axis for axis in axes if _alike(standing.held.holds[axis], wanted)]
    axes = known or [axis for axis in axes if standing.certain[axis] is None]
    is_given = len(axes) == 1 and standing.given is not None and standing.given[axes[0]] == written
    if len(axes) != 1 or (written == 1 and not is_given):
        return _Elsewhere()
    found = [_turn(layer, standing, at, axes[0])]
    if standing.given and is_given and (at == CHANNELS or not any(standing.held.holds)):
        order, _ = orders(axes[0], at, len(x))
        shape = tuple([standing.given[axis - 1] for axis in order[1:]])
        found.insert(0 if at == CHANNELS else 1, Way(shape=shape))
    return _Elsewhere(tuple(found), axes[0] + 1)


def _alike(holds: Meaning | None, wanted: Meaning | None) -> bool:
    """Whether what an axis holds will do for what is wanted: of positions, or positions."""
    return bool(holds and wanted) and (holds in OF_POSITIONS) == (wanted in OF_POSITIONS)


def _asked(reads: Readings) -> int | None:
    return next((at for at, meaning in enumerate(reads) if meaning in OF_POSITIONS), None)


def _of_divisor(fault: catalog.shapes.NotDivisible, layer: Layer, standing: Standing) -> Fault:
    """An axis that cannot be divided may be the wrong one, of which another can."""
    x = standing.held.shape
    reads = layer.reads(x)
    at = _asked(reads)
    if at is None or fault.value != x[at]:
        return fault
    if wrong := standing.mistaken(layer):
        size = _size(standing, wrong[1])
        choices = divisors(size) if size % fault.divisor and not fault.chosen else ()
        return fault.with_(ways=(_turn(layer, standing, *wrong),), axis=wrong[1] + 1, is_other=True, choices=choices)
    if at == CHANNELS and standing.given and len(x) > 2 and x[-1] in _FEW and x[CHANNELS] not in _FEW:
        shape = (standing.given[-1], *standing.given[:-1])
        fits = x[-1] % fault.divisor == 0 and shape[0] == x[-1]
        return fault.with_(ways=(Way(shape=shape),), axis=len(x), is_other=True, choices=()) if fits else fault
    if len(x) == 2 and standing.certain == (None, None) and x[1 - at] % fault.divisor == 0:
        return fault.with_(ways=(turn(layer, x, at, 1 - at),), axis=2 - at)
    return fault


def _split(fault: catalog.axes.ProductDiffers, layer: Layer, x: Shape) -> Iterator[Way]:
    """Another axis, which the sizes of an Unflatten make."""
    at = vars(layer)["dim"] % (len(x) + 1) - 1
    others = [axis for axis, size in enumerate(x) if size == numel(fault.sizes) and axis != at]
    if len(others) == 1:
        dims, _ = orders(others[0], at, len(x))
        yield Way((f"Permute: {list(dims)}",), instead=(f"dim: {others[0] + 1}",))
