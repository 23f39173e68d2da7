"""A fault is one thing that can be wrong: a class with a code, facts as fields, and the words for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import IntEnum
from functools import cache
from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple, Self, TypeVar, dataclass_transform

if TYPE_CHECKING:
    from archc.source import Span

Severity = Literal["error", "warning"]


class Stage(IntEnum):
    """When a fault is found. What an earlier stage finds can hide what a later one would."""

    SYNTAX = 1
    """The text becomes a tree."""
    DOCUMENT = 2
    """The tree becomes a spec: names, types, values, blocks."""
    SHAPES = 3
    """The spec becomes a network."""
    CHECKS = 4
    """The network is looked at, alone and with its recipe."""
    COMMENTS = 5
    """The comments that allow lints are looked at, when all lints are known."""
    RUN = 6
    """The network is trained, used or exported."""


Action = Literal[
    "replace",
    "rewrite",
    "rewrite-as-list",
    "quote",
    "give-value",
    "set-value",
    "set-argument",
    "write-entries",
    "delete-entry",
    "delete-layer",
    "delete-element",
    "move-element",
    "delete-comment",
    "insert-layer",
    "append-layer",
    "surround-layer",
    "insert-first",
    "set-input",
    "space-after-colon",
    "space-after-dash",
    "indent",
    "untab",
    "join-mappings",
]
"""What a remedy does: replace the marked text, write terms (its lines) in the place of the marked one, or as a list in
the place of the marked mapping, put it in quotes, give the marked bare name a value, the marked entry another one, the
marked layer an argument, write entries, `path: value`, instead of the marked one, delete the marked entry, layer,
element of a list or comment, put layers before or behind the marked one, one a line, or on both sides with an empty
line between, or an entry before all, give the input another shape, ... findings/remedies.py makes edits of all of them.
"""


class Remedy(NamedTuple):
    """How to mend a fault. A safe remedy cannot change what a correct spec means, nor is it a guess.

    `also` is another text that is replaced when layers are put beside another one.
    """

    title: str
    text: str = ""
    safe: bool = True
    action: Action = "replace"
    also: tuple[Span, str] | None = None
    at: tuple[Span, ...] = ()
    """What it acts on, where that is not what is marked."""


@dataclass_transform(kw_only_default=True, frozen_default=True)
class _Facts(Exception):  # noqa: N818 - it is a base, and most faults are never raised
    """Fields by keyword. A dataclass would do the same, and take longer than all of `archc check` to define."""

    def __init__(self, **facts: object) -> None:
        super().__init__()
        if __debug__:  # the type checker cannot look into `**facts` of a caller, and the message comes much later
            _assert_declared(type(self), facts)
        vars(self).update(facts)

    def __setattr__(self, name: str, value: object) -> None:
        # What Python notes of a raised exception is no fact: `contextlib` sets its traceback.
        if not name.startswith("__"):
            raise AttributeError(f"`{name}` of {type(self).__name__} cannot be changed; with_() makes another fault")
        super().__setattr__(name, value)

    def with_(self, **facts: object) -> Self:
        """The same fault with these facts instead of its own."""
        return type(self)(**{**vars(self), **facts})


def _assert_declared(cls: type[_Facts], given: Iterable[str]) -> None:
    """Assert that these are the facts of a fault: all that have no default, and none that it does not declare."""
    required, optional = _declared(cls.__mro__)
    names = set(given)
    assert names <= required | optional, f"{cls.__name__} has no fact {sorted(names - required - optional)}"
    assert names >= required, f"{cls.__name__} needs the fact {sorted(required - names)}"


@cache
def _declared(bases: tuple[type, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """The facts that a class and its bases declare: those without a default, and those with one."""
    own = [base for base in bases if issubclass(base, _Facts)]
    kinds = {name: str(kind) for base in own for name, kind in base.__annotations__.items()}
    names = {name for name, kind in kinds.items() if not kind.startswith("ClassVar")}
    optional = frozenset(name for name in names if any(name in vars(base) for base in own))
    return frozenset(names) - optional, optional


class Fault(_Facts):
    """Base of every fault. Subclasses declare facts as annotated fields and say them in `message`.

    Construction takes the facts by keyword; `field` names the argument at fault, where one is.
    The class docstring is the text of `archc explain`.
    """

    code: ClassVar[str]
    slug: ClassVar[str]
    severity: ClassVar[Severity]
    stage: ClassVar[Stage]
    family: ClassVar[Family]
    whole: ClassVar[bool] = False
    """Whether it is of the network as a whole, so that no repetition of a part has it for itself."""

    taste: ClassVar[bool] = False
    """Whether it is a lint of what is right and could be written otherwise, which is shown to those who ask for it."""

    gives_output: ClassVar[bool] = False
    """Whether a layer with it gives what its arguments say all the same, so that what follows can be checked."""

    field: str | None = None

    def __str__(self) -> str:
        return self.message()

    def message(self) -> str:
        """What is wrong: lower case, no final period, names in backticks."""
        raise AssertionError(f"{type(self).__name__} has no message")

    def label(self) -> str:
        """A few words beside the marked text; empty for none."""
        return ""

    def notes(self) -> tuple[str, ...]:
        """Context that is neither the message nor the remedy."""
        return ()

    def help(self) -> str | None:
        """How to mend it, with the computed value in it."""
        return None

    def remedy(self) -> Remedy | None:
        """What mends it without a decision of the author, where that is known."""
        return None

    def in_some(self) -> Self:
        """The same of a line that is used in other places too, where it is right."""
        return self


F = TypeVar("F", bound=type[Fault])


class Family:
    """What the faults of a module of the catalog share; it gives each its code and its slug.

    `fault = Family("E3", Stage.SHAPES, "Shapes")` stands at the top of the module, and `@fault("E301",
    "window-too-large")` at a class of it. Codes that begin with `W` are warnings. A class may name another stage.

    Args:
        codes: how the codes of the family begin.
        stage: when its faults are found.
        chapter: where they stand in the reference.
    """

    def __init__(self, codes: str | tuple[str, ...], stage: Stage, chapter: str) -> None:
        self.codes = codes
        self.stage = stage
        self.chapter = chapter

    def __call__(self, code: str, slug: str) -> Callable[[F], F]:
        assert code.startswith(self.codes), f"{code} is of another family than {self.codes}"

        def name(cls: F) -> F:
            cls.code, cls.slug = code, slug
            cls.severity = "warning" if code.startswith("W") else "error"
            cls.family = self
            if "stage" not in vars(cls):
                cls.stage = self.stage
            return cls

        return name
