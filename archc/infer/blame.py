"""Faults of layers -> diagnostics: at their arguments, with where shapes come from, and what was most likely meant."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault, Remedy
from archc.diagnostics.report import Label, Report
from archc.diagnostics.words import dimensions
from archc.infer.flow import Flow, Sizes, Trail
from archc.layers import Layer, Shape
from archc.layers.base import Readings
from archc.network import Node
from archc.spec import InputSpec, LayerSpec, Places

if TYPE_CHECKING:
    from archc.axes.turns import Standing
    from archc.source import Span

_SHOWN_STEPS: Final = 4
_KNOWN_STEPS: Final = 100
"""So many layers are asked what the axes of a tensor hold, that the next one cannot take."""


class Place(NamedTuple):
    """A layer of a spec in its place: the siblings that it takes from, its path, and how deep it is."""

    spec: LayerSpec
    inputs: tuple[str, ...]
    path: str
    depth: int


class Blame:
    """Adds the faults of layers to a report, each once for a place of the text."""

    def __init__(self, given: InputSpec, report: Report, asked: Shape | None) -> None:
        self.given = given
        self.report = report
        self.is_asked = asked is not None or given.sizes.source.origin == "override"
        """Whether the shape of the input is not the one of the text."""
        self.told: set[tuple[str, Span]] = set()

    def merge(self, fault: Fault, place: Place, given: list[Flow]) -> None:
        """Report what cannot be merged: at the node's `merge`, with where each of what it takes comes from."""
        places = place.spec.places
        labels = [self.producer(fault, flow) for flow in given]
        self.report.add(
            fault.with_(field=None),
            places.of("merge"),
            path=places.path,
            labels=[*labels, *places.calls],
            notes=[f"in the node `{place.path}`"],
            fixable=False,
        )

    def layer(self, fault: Fault, place: Place, x: Flow) -> bool:
        """Report a fault of a layer: at its argument, with where the incoming shape comes from, and the way it took.

        Returns whether what reaches the layer is what it is meant to take, as far as can be seen.
        """
        places, standing = place.spec.places, self.standing(x)
        fault, holds = self.meant(fault, place, x, standing), standing.held.holds
        remedy, value = fault.remedy(), places.values.get(fault.field or "")
        labels, at = [self.producer(fault, x, holds), *places.calls], places.of(fault.field)
        if self.is_asked and x.trail is None and isinstance(fault, catalog.shapes.WrongRank):
            # The text has a right input: what the command line says in its stead is wrong.
            labels[0], at = Label(at, f"receives {dimensions(x.shape, holds)}"), labels[0].span
        if (fault.code, at) not in self.told:
            self.told.add((fault.code, at))
            self.report.add(
                fault,
                at,
                path=places.path,
                labels=labels,
                notes=self.notes(place, x, holds),
                target=_target(fault, places) or value,
                fixable=self.is_fixable(remedy, value),
            )
        facts = vars(fault)
        return not (facts.get("ways") or facts.get("flat") or facts.get("channels_first"))

    def meant(self, fault: Fault, place: Place, x: Flow, standing: Standing) -> Fault:
        """A fault with what leads to what was most likely meant, if that is seen."""
        from archc.axes.turns import with_ways  # loaded where it is used: `archc check` starts faster

        layer, shape = place.spec.layer, self.given.shape
        if isinstance(fault, catalog.shapes.WrongRank):
            fault = fault.with_(at_input=x.trail is None)
        if isinstance(fault, catalog.windows.WindowTooLarge) and standing.is_input and _is_channels_last(shape):
            fault = fault.with_(channels_first=(shape[2], *shape[:2]))
        if layer and x.other is None:
            fault = with_ways(fault, layer, standing, place.spec.places)
        if layer and isinstance(fault, catalog.shapes.SizeMismatch) and not fault.ways:
            fault = fault.with_(next_help=_next_help(layer, x.shape))
        return fault

    def notes(self, place: Place, x: Flow, holds: Readings) -> list[str]:
        """What a layer receives, and the last layers that this has passed."""
        spec = place.spec
        notes = [f"in layer `{place.path}` ({spec.type}), which receives {self.sized(x.known, holds)}"]
        if spec.places.repetition:
            notes.append(f"in {spec.places.repetition}")
        passed = [*islice(x.trails(), _SHOWN_STEPS + 1)]
        if passed:
            start = "..." if len(passed) > _SHOWN_STEPS else f"input {dimensions(self.given.shape)}"
            shown = [f"`{step.path}` ({step.type}) {dimensions(gives)}" for step, _, gives in passed[:_SHOWN_STEPS]]
            notes.append("the shapes so far: " + " -> ".join([start, *shown[::-1]]))
        return notes

    def is_fixable(self, remedy: Remedy | None, value: Span | None) -> bool:
        """Whether the text can be mended.

        Where the argument was left out, its layer's name is marked, which is not to be replaced. An input that is asked
        about is not that of the text.
        """
        if remedy is None or remedy.action == "set-input":
            return not self.is_asked
        return value is not None or remedy.action != "replace"

    def sized(self, shape: Sizes, holds: Readings) -> str:
        """A shape with what its axes hold, where that is no image, or the author names those of the input."""
        return dimensions(shape, holds, always=self.given.axes is not None)

    def standing(self, x: Flow) -> Standing:
        """What is known of the axes of a tensor from the last layers that it has passed."""
        from archc.axes.turns import stand

        steps = [trail.step for trail in islice(x.trails(), _KNOWN_STEPS + 1)][::-1]
        if len(steps) > _KNOWN_STEPS:
            return stand(steps[1:], steps[1].input, x.shape)
        standing = stand(steps, self.given.shape, x.shape, self.given.axes, is_input=True)
        return standing._replace(given=None) if self.is_asked else standing

    def producer(self, fault: Fault, x: Flow, holds: Readings = ()) -> Label:
        """Where the shape that a layer receives comes from: for a window, the layer that took most of the size away."""
        if x.trail is None:
            return Label(self.given.span, f"the input is {self.sized(x.shape, holds)}")
        if isinstance(fault, catalog.windows.WindowTooLarge):
            losses = [(_loss(trail, fault.axis - 2), trail.step) for trail in x.trails()]
            loss, step = max(losses, key=lambda loss: loss[0])
            if loss <= 1:
                return Label(self.given.span, f"the input is {dimensions(self.given.shape)}")
            return _label(step, f"takes {dimensions(step.input)} down to {dimensions(step.output)}")
        return _label(x.trail.step, f"gives {self.sized(x.trail.gives, holds)}")


def _next_help(layer: Layer, x: Shape) -> str | None:
    """What is to be done besides, once the written sizes of a layer are those of its input."""
    try:
        layer.check_input(x)
    except Fault as fault:
        return fault.with_(is_fixed=True).help() if isinstance(fault, catalog.shapes.NotDivisible) else fault.help()
    return None


def _target(fault: Fault, places: Places) -> Span | None:
    """The name of the layer that layers are put beside, where that mends a fault."""
    ways = getattr(fault, "ways", ())
    return (ways[0].target or places.type) if ways else None


def _loss(trail: Trail, axis: int) -> float:
    """By which factor a layer shrinks an axis of an image (-2 height, -1 width), if that is known."""
    step = trail.step
    if "?" in trail.gives or len(step.input) != len(step.output) or len(step.input) < -axis:
        return 0
    return step.input[axis] / step.output[axis]


def _is_channels_last(shape: Shape) -> bool:
    """Whether an image looks as other frameworks have it: height, width, and one, three or four channels."""
    return len(shape) == 3 and shape[2] in (1, 3, 4) and min(shape[:2]) > 4


def _label(step: Node, text: str) -> Label:
    assert step.span is not None, "a node that was inferred has its place"
    return Label(step.span, text)
