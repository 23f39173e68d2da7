"""What a check is: a function from what it needs to findings. A finding is a fault with its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple, TypeAlias, TypeVar

from archc.diagnostics.fault import Fault
from archc.diagnostics.report import Label, Report
from archc.layers import Shape
from archc.layers.base import Dtype
from archc.network import Network, Node
from archc.recipe.data import DataFacts
from archc.recipe.tasks import task_of
from archc.recipe.tasks.base import Task
from archc.recipe.train import Length, Train
from archc.source import Span
from archc.spec import Spec
from archc.syntax.tree import Entry


class Argument(NamedTuple):
    """An argument of a layer: its entry where it was written, else the layer's name."""

    node: Node
    name: str


class Key(NamedTuple):
    """A key of the document. `path` is what it is part of, as in `vars`."""

    entry: Entry
    path: str


Place: TypeAlias = Node | Argument | Key | str
"""A layer, at its name; an argument of a layer; a key; or a path, as in `train.loss`.

A path stands for the innermost part of it that was written: `train.batch_size` for `train`, where it has no batch size.
"""


class Finding(NamedTuple):
    """A fault at its place. `labels` are the other places that explain it, `target` is what its remedy acts on.

    A layer that a Repeat or a block puts in the network many times may have the fault in some places alone. Its remedy
    is offered if it is right `everywhere`.
    """

    fault: Fault
    at: Place
    labels: tuple[Label, ...] = ()
    target: Span | None = None
    everywhere: bool = False


T = TypeVar("T")
Check: TypeAlias = Callable[[T], Iterator[Finding]]
"""A check of what it needs: a Mapping (the document), a Network, a Chain of layers, a Recipe, a Plan, a Sized plan."""


class Recipe(NamedTuple):
    """An input with how a network of it is trained. `written` are the paths of the document that its author wrote."""

    shape: Shape
    dtype: Dtype
    train: Train
    facts: DataFacts
    written: frozenset[str] = frozenset()

    @property
    def task(self) -> Task:
        """What the targets of the data ask for."""
        return task_of(self.facts, self.train.loss)

    @property
    def has_validation(self) -> bool:
        """Whether there are validation samples."""
        return self.train.data.validation is not None or self.facts.has_validation

    @property
    def missing_splits(self) -> tuple[str, ...]:
        """The splits that it evaluates and that there are no samples of, as far as that is known."""
        there = {
            "validation": self.has_validation,
            "test": self.train.data.test is not None or self.facts.tests is not False,
        }
        return tuple([name for name in self.train.evaluate.on if not there[name]])

    @property
    def evaluated(self) -> frozenset[str]:
        """The splits that are evaluated while it trains."""
        return frozenset(self.train.evaluate.on) - {*self.missing_splits}

    @property
    def validates(self) -> bool:
        """Whether validation samples are evaluated."""
        return "validation" in self.evaluated

    @property
    def watched(self) -> tuple[str, ...]:
        """The figures that early stopping and a scheduler can look at, best known first."""
        task = self.task
        measured = dict.fromkeys((*task.always, *self.train.metrics)) if self.validates else ()
        return (*(f"val_{name}" for name in measured), *(f"train_{name}" for name in task.running))

    @property
    def has_images(self) -> bool:
        """Whether a sample has channels, a height and a width."""
        return len(self.sample) == 3

    @property
    def sample(self) -> Shape:
        """The shape of one sample; the input's, where only the data can tell."""
        return self.facts.sample or self.shape


class Plan(NamedTuple):
    """A network with its recipe."""

    network: Network
    recipe: Recipe

    @property
    def train(self) -> Train:
        return self.recipe.train

    @property
    def facts(self) -> DataFacts:
        return self.recipe.facts

    @property
    def task(self) -> Task:
        """What the targets of the data, the loss and the output ask for."""
        return task_of(self.facts, self.train.loss, self.network.output)

    @property
    def last(self) -> Node:
        """The layer whose output is the network's; where nothing makes one, the last that is written."""
        return self.network.last[-1] or self.network.nodes[-1]


class Sized(NamedTuple):
    """A recipe with the number of its training samples; None where only the data itself can tell.

    The network is None where it has faults.
    """

    recipe: Recipe
    samples: int | None
    network: Network | None = None

    @property
    def train(self) -> Train:
        return self.recipe.train

    @property
    def length(self) -> Length:
        """How long the training is, as far as it is known."""
        return self.train.length(-(-self.samples // self.train.batch_size) if self.samples else None)


def found(checks: Iterable[Check[T]], subject: T) -> Iterator[Finding]:
    """What checks find, one after the other."""
    for check in checks:
        yield from check(subject)


def add_all(findings: Iterable[Finding], spec: Spec, report: Report, network: Network | None = None) -> None:
    """Report findings at their places.

    A layer that stands in the network many times, by a Repeat or a block, has the same fault once.
    """
    written = dict(spec.places)
    if spec.input:
        written["input"] = spec.input.span
        written["input.shape"] = spec.input.sizes
    placed = [(finding, _span(finding.at, written)) for finding in findings]
    times = Counter((finding.fault.code, span) for finding, span in placed if _node(finding))
    uses = Counter(node.span for node in network.walk()) if network and times else Counter[Span | None]()
    seen = set()
    for finding, span in placed:
        fault, at, labels, target, everywhere = finding
        node, key = _node(finding), (fault.code, span)
        if node and key in seen:
            continue
        seen.add(key)
        calls = node.places.calls if node and node.places else ()
        used = uses[node.span] if node else 0
        some = times[key] < used
        notes = [f"it is so in {times[key]} of the {used} places where this line is used"] if some else ()
        report.add(
            fault.in_some() if some and not everywhere else fault,
            span,
            path=_path(at),
            labels=(*labels, *calls),
            notes=notes,
            target=target,
            fixable=everywhere or not some,
        )


def _node(finding: Finding) -> Node | None:
    """The layer that a finding is about, if it is about one."""
    at = finding.at
    return at.node if isinstance(at, Argument) else at if isinstance(at, Node) else None


def _span(at: Place, written: Mapping[str, Span]) -> Span | None:
    match at:
        case Node():
            return at.span
        case Argument(node, name):
            return node.places.of(name) if node.places else None
        case Key(entry):
            return entry.key.span
    path = at
    while path and path not in written:
        path = path.rpartition(".")[0]
    span = written.get(path)
    if span is None or span.source.origin == "override":
        return span
    # What the command line says of a part of it is at fault, not the text beside it.
    parts = (part for name, part in written.items() if name.startswith(f"{path}."))
    return next((part for part in parts if part.source.origin == "override"), span)


def _path(at: Place) -> str:
    match at:
        case Node():
            return at.document_path
        case Argument(node):
            return node.document_path
        case Key(_, path):
            return path
    return at
