"""A term: the name of a torch class with its arguments, as layers, losses, optimizers and transforms are written."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, ClassVar, NamedTuple, TypeVar

from archc.terms.record import Argument, Record, declared


class Call(NamedTuple):
    """A constructor call as data: `torch_name(*args, **kwargs)`. Backends look the name up, print it, or compare it."""

    name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


class Term(Record):
    """Base of everything that is written as `Name`, `Name: principal` or `Name: {argument: value}`.

    The arguments are torch's, in torch's order, with torch's defaults. A term is a value: frozen and comparable.
    """

    principal: ClassVar[str | None] = None
    """The argument that may be written alone, as in `Linear: 10`."""

    positional: ClassVar[int] = 0
    """How many leading arguments a careful engineer writes without their names."""

    accepts: ClassVar[Mapping[str, bool]] = {}
    """Arguments of torch that have one value here, which may be written and changes nothing."""

    url: ClassVar[str] = ""
    """Where it is documented; `{name}` in it stands for the name of the class."""

    @classmethod
    def documented_at(cls) -> str:
        """The page that documents it."""
        return cls.url.replace("{name}", cls.__name__)

    def call(self, filled: dict[str, Any]) -> Call:
        """The constructor call that makes it, with `filled` in place of sizes that were left out.

        Arguments that have their default are left out, as in code that is written by hand.
        """
        args: list[Any] = []
        kwargs: dict[str, Any] = {}
        for index, (name, argument) in enumerate(declared(type(self)).items()):
            value = filled.get(name, getattr(self, name))
            if name not in filled and value == argument.default:
                continue
            if index < self.positional and len(args) == index:
                args.append(_shortest(value, argument.kind.spread))
            else:
                kwargs[name] = _shortest(value, argument.kind.spread)
        return Call(type(self).__name__, tuple(args), kwargs)


T = TypeVar("T", bound=Term)


class Table(Mapping[str, type[T]]):
    """The classes of terms by name, in the modules of a package.

    A class is imported when it is first asked for: a spec uses a few of them.
    """

    def __init__(self, package: str, modules: Mapping[str, str], absent: Mapping[str, str] | None = None) -> None:
        self._package = package
        self._modules = modules
        self._loaded: dict[str, type[T]] = {}
        self.absent: Mapping[str, str] = absent or {}
        """Names of torch that are none of these, each with the reason."""

    def __getitem__(self, name: str) -> type[T]:
        found = self._loaded.get(name)
        if found is None:
            module = import_module(f"{self._package}.{self._modules[name]}")
            found = self._loaded[name] = getattr(module, name)
        return found

    def __contains__(self, name: object) -> bool:
        return name in self._modules

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __len__(self) -> int:
        return len(self._modules)


class OneOf(NamedTuple):
    """Marks an argument that is itself a term, or a list of them: what one is called, and those there are."""

    noun: str
    table: Table[Any]


def choice_of(argument: Argument) -> OneOf | None:
    """What an argument that is itself a term, or a list of them, is chosen from."""
    return next((mark for mark in argument.marks if isinstance(mark, OneOf)), None)


class Flat(NamedTuple):
    """Marks an argument that is a term written flat: its name under the key `by`, its arguments beside that."""

    by: str


def _shortest(value: Any, spread: int) -> Any:
    """A list of equal values as one value, where one stands for as many, as one writes it by hand."""
    if isinstance(value, tuple) and len(value) == spread and len(set(value)) == 1 and value[0] is not None:
        return value[0]
    return value
