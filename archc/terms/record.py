"""Immutable records with validated arguments: the base of layers, losses, optimizers and the sections of a spec.

A record declares its arguments as annotated class attributes, and pydantic's engine (pydantic_core) validates them.
It is not a `pydantic.BaseModel`: `archc check` would spend more than half its time on building model classes
(docs/decisions/0001-records.md).
"""

import types
import typing
from collections.abc import Mapping
from typing import Any, ClassVar, Final, NamedTuple, Self, dataclass_transform

from archc.terms.engine import SchemaValidator


class Doc(NamedTuple):
    """What an argument means, with its unit."""

    text: str


class Kind:
    """A type of values: its words for messages ("must be {says}"), its pydantic_core schema, its JSON Schema.

    `spread` is the length of the list that a value alone stands for, as in `kernel_size: 3`; 0 for none.
    """

    __slots__ = ("json", "says", "schema", "spread")

    def __init__(self, says: str, schema: dict[str, Any], json: dict[str, Any], *, spread: int = 0) -> None:
        self.says = says
        self.schema = schema
        self.json = json
        self.spread = spread


class Argument(NamedTuple):
    """The declaration of one argument. `default` is `REQUIRED` where there is none."""

    name: str
    annotation: Any
    kind: Kind
    default: Any
    doc: str
    marks: tuple[Any, ...]
    """What else the annotation carries."""

    @property
    def required(self) -> bool:
        """Whether it has no default."""
        return self.default is REQUIRED

    @property
    def many(self) -> bool:
        """Whether its value is a list."""
        return typing.get_origin(self.annotation) is tuple

    @property
    def record(self) -> "type[Record] | None":
        """The record that it holds, also where it may be left out."""
        candidates: tuple[Any, ...] = typing.get_args(self.annotation) or (self.annotation,)
        return next((item for item in candidates if isinstance(item, type) and issubclass(item, Record)), None)


class _Required:
    def __repr__(self) -> str:
        return "REQUIRED"


REQUIRED: Any = _Required()


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Record:
    """Base of immutable records. Construction takes and checks keyword arguments.

    Raises:
        pydantic_core.ValidationError: an argument is unknown, missing, or not of its kind.
    """

    def __init__(self, **given: Any) -> None:
        values = _validator(type(self)).validate_python(given, strict=True)
        self.__dict__.update(
            (name, values.get(name, argument.default)) for name, argument in declared(type(self)).items()
        )

    def check(self) -> None:
        """Check the arguments against each other.

        Raises:
            Fault: two of them contradict each other; `field` names one.
        """

    def replace(self, **changes: Any) -> Self:
        """The same record with other values for some arguments.

        Raises:
            pydantic_core.ValidationError: as on construction.
        """
        return type(self)(**{**vars(self), **changes})

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a {type(self).__name__} cannot be changed")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((type(self), *vars(self).values()))

    def __repr__(self) -> str:
        shown = (
            f"{name}={value!r}"
            for name, value in vars(self).items()
            if declared(type(self))[name].default is REQUIRED or value != declared(type(self))[name].default
        )
        return f"{type(self).__name__}({', '.join(shown)})"


def declared(cls: type[Record]) -> Mapping[str, Argument]:
    """The arguments of a record, in the order of their declaration."""
    known = _ARGUMENTS.get(cls)
    if known is None:
        known = _ARGUMENTS[cls] = {
            name: _argument(cls, name, annotation)
            for name, annotation in _annotations(cls).items()
            if typing.get_origin(annotation) is not ClassVar
        }
    return known


def _annotations(cls: type[Record]) -> Mapping[str, Any]:
    """The annotations of a class itself, without those of its bases; none where it has none.

    This asks the class, because since Python 3.14 its `__dict__` holds them only after somebody asked (PEP 649).
    """
    return cls.__annotations__


def _validator(cls: type[Record]) -> SchemaValidator:
    """The validator of a record's arguments, strict and without unknown ones."""
    known = _VALIDATORS.get(cls)
    if known is None:
        fields = {
            name: {"type": "typed-dict-field", "schema": argument.kind.schema, "required": argument.required}
            for name, argument in declared(cls).items()
        }
        schema: Any = {"type": "typed-dict", "fields": fields, "extra_behavior": "forbid"}
        known = _VALIDATORS[cls] = SchemaValidator(schema)
    return known


# What is worked out of a class when it is first used. A class of the tables is never changed.
_ARGUMENTS: Final[dict[type[Record], Mapping[str, Argument]]] = {}
_VALIDATORS: Final[dict[type[Record], SchemaValidator]] = {}


def _argument(cls: type[Record], name: str, annotation: Any) -> Argument:
    annotation, marks = _unwrap(annotation)
    kinds = [mark for mark in marks if isinstance(mark, Kind)]
    docs = [mark.text for mark in marks if isinstance(mark, Doc)]
    kind = kinds[-1] if kinds else _kind(annotation)
    rest = tuple(mark for mark in marks if not isinstance(mark, Kind | Doc))
    return Argument(name, annotation, kind, vars(cls).get(name, REQUIRED), docs[-1] if docs else "", rest)


def _unwrap(annotation: Any) -> tuple[Any, tuple[Any, ...]]:
    if typing.get_origin(annotation) is typing.Annotated:
        return annotation.__origin__, annotation.__metadata__
    return annotation, ()


def _kind(annotation: Any) -> Kind:
    """The kind of an annotation without a `Kind` of its own: a record, a tuple of records, or one that may be null."""
    origin = typing.get_origin(annotation)
    if origin in (typing.Union, types.UnionType):
        inner = next(item for item in typing.get_args(annotation) if item is not types.NoneType)
        bare, marks = _unwrap(inner)
        kind = next((mark for mark in marks if isinstance(mark, Kind)), None) or _kind(bare)
        return nullable(kind)
    if origin is tuple:
        item = _kind(typing.get_args(annotation)[0])
        schema = {"type": "tuple", "items_schema": [item.schema], "variadic_item_index": 0}
        return Kind(f"a list of {item.says}", schema, {"type": "array", "items": item.json})
    assert not isinstance(annotation, str), "a module of records does without `from __future__ import annotations`"
    assert isinstance(annotation, type), f"{annotation} has no kind"
    return Kind("a mapping", {"type": "is-instance", "cls": annotation}, {"type": "object"})


def nullable(kind: Kind) -> Kind:
    """A kind that also admits null. Its words stay, as null is what leaving it out means."""
    schema = {"type": "nullable", "schema": kind.schema}
    return Kind(kind.says, schema, {"anyOf": [kind.json, {"type": "null"}]}, spread=kind.spread)
