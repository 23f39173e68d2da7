"""The tables of layers, training terms and faults -> what is generated from them: the JSON Schema and `explain`."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from archc.diagnostics.catalog import catalog, find
from archc.diagnostics.fault import Fault
from archc.elaborate.document import MAX_RANK
from archc.elaborate.suggest import LAYER_SYNONYMS, suggest
from archc.layers import LAYERS
from archc.layers.base import Layer
from archc.recipe.losses import LOSSES
from archc.recipe.optimizers import OPTIMIZERS
from archc.recipe.train import OneOf, Section, Train
from archc.recipe.transforms import TRANSFORMS
from archc.record import Argument, Record, arguments
from archc.term import Term
from archc.values import DIMENSION_LIMIT

DRAFT: Final = "http://json-schema.org/draft-07/schema#"

_TABLES: Final[Mapping[str, Mapping[str, type[Term]]]] = {
    "layer": LAYERS,
    "loss": LOSSES,
    "optimizer": OPTIMIZERS,
    "transform": TRANSFORMS,
}
_EXAMPLE = re.compile(r"```yaml (?P<kind>bad|good)\n(?P<text>.*?)```", re.DOTALL)


class Example(NamedTuple):
    """A spec in a fault's documentation. A bad one marks the faulty line with `# error: slug` or `# warning: slug`."""

    good: bool
    text: str


def documentation(cls: type) -> str:
    """The docstring of a class, without its indentation."""
    return inspect.cleandoc(cls.__doc__ or "")


def examples(fault: type[Fault]) -> list[Example]:
    """The specs in a fault's documentation."""
    found = _EXAMPLE.finditer(documentation(fault))
    return [Example(match["kind"] == "good", match["text"]) for match in found]


# explain


def explain(topic: str) -> str | None:
    """What `archc explain` prints for a code, a slug, a layer, or a term of training; None for nothing known."""
    if fault := find(topic):
        return _explain_fault(fault)
    for noun, table in _TABLES.items():
        if topic in table:
            return _explain_term(table[topic], noun)
    return None


def nearest(topic: str) -> str | None:
    """The topic that was most likely meant."""
    terms = [name for table in _TABLES.values() for name in table]
    slugs = [fault.slug for fault in catalog()] + [fault.code for fault in catalog()]
    return suggest(topic, terms, LAYER_SYNONYMS) or suggest(topic, slugs)


def topics() -> Iterator[tuple[str, str]]:
    """Every topic with its first sentence, the terms first."""
    for noun, table in _TABLES.items():
        for name, cls in sorted(table.items()):
            yield name, f"{noun}: {documentation(cls).splitlines()[0]}"
    for fault in catalog():
        yield f"{fault.code} {fault.slug}", documentation(fault).splitlines()[0]


def _explain_fault(fault: type[Fault]) -> str:
    def block(match: re.Match[str]) -> str:
        title = "Right" if match["kind"] == "good" else "Wrong"
        return f"{title}:\n\n{textwrap.indent(match['text'], '    ').rstrip()}"

    text = _EXAMPLE.sub(block, documentation(fault))
    return f"{fault.code} {fault.slug} ({fault.severity})\n\n{text}\n"


def _explain_term(cls: type[Term], noun: str) -> str:
    lines = [f"{cls.__name__} ({noun})", "", documentation(cls), ""]
    rows = [_argument_row(argument, cls) for argument in arguments(cls).values()]
    if issubclass(cls, Layer):
        rows += [(name, "list of layers", "required", "The layers inside.") for name in cls.contains]
        rows.append(("name", "text", "its position", "Name of the submodule."))
    if rows:
        lines.append("Arguments:")
        lines.append("")
        for name, says, default, doc in rows:
            lines.append(f"  {name}  ({says}; {default})")
            lines += textwrap.wrap(doc, 96, initial_indent="      ", subsequent_indent="      ")
        lines.append("")
    lines.append(f"Written: {_spellings(cls)}")
    lines.append(f"Source: {cls.source}")
    return "\n".join(lines) + "\n"


def _argument_row(argument: Argument, cls: type[Term]) -> tuple[str, str, str, str]:
    sizes: Mapping[str, int] = getattr(cls, "sizes", {})
    if argument.name in sizes:
        default = "inferred from the input"
    elif argument.required:
        default = "required"
    else:
        default = f"default {_spelt(argument.default)}"
    return argument.name, argument.kind.says, default, argument.doc


def _spelt(value: Any) -> str:
    """A default as it is written in a spec."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return str(value[0]) if len(set(value)) == 1 else str(list(value))
    return str(value)


def _spellings(cls: type[Term]) -> str:
    required = [name for name, argument in arguments(cls).items() if argument.required]
    if issubclass(cls, Layer) and cls.contains:
        return f"`{cls.__name__}: [...]`"
    found = [] if required else [f"`{cls.__name__}`"]
    if cls.principal:
        found.append(f"`{cls.__name__}: ...` ({cls.principal})")
    names = required or [name for name in arguments(cls) if name not in getattr(cls, "sizes", {})][:1]
    if names:
        found.append(f"`{cls.__name__}: {{{', '.join(f'{name}: ...' for name in names)}}}`")
    return ", ".join(found)


# JSON Schema


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 7) of a spec: whatever the compiler accepts, the schema accepts.

    The shape serves completion in editors: a layer is a bare name or a mapping with one key, chosen by
    if/then/else, and no subschema has a title.
    """
    definitions: dict[str, Any] = {"layers": {"type": "array", "minItems": 1, "items": {"$ref": "#/definitions/layer"}}}
    definitions["layer"] = _choice_schema("layer", LAYERS)
    for noun in ("loss", "optimizer", "transform"):
        definitions[noun] = _choice_schema(noun, _TABLES[noun])
    for table in _TABLES.values():
        for name, cls in table.items():
            definitions[name] = _term_schema(cls)
    return {
        "$schema": DRAFT,
        "$comment": "Generated by `archc schema`.",
        "description": "A network as a list of PyTorch layers, and how to train it.",
        "type": "object",
        "required": ["archc", "input", "layers"],
        "properties": {
            "archc": {"const": 1, "description": "The edition of the language."},
            "name": {
                "type": "string",
                "pattern": "^[a-z][a-z0-9_-]{0,63}$",
                "description": "Name of the network; by default the file's name.",
            },
            "description": {"type": "string", "description": "Free text."},
            "input": _input_schema(),
            "layers": {"$ref": "#/definitions/layers", "description": "The layers, one after the other."},
            "train": _section_schema(Train),
        },
        "patternProperties": {"^x-": {"description": "Free metadata."}},
        "additionalProperties": False,
        "definitions": definitions,
    }


def _input_schema() -> dict[str, Any]:
    size = {"type": "integer", "minimum": 1, "exclusiveMaximum": DIMENSION_LIMIT}
    shape = {"type": "array", "items": size, "minItems": 1, "maxItems": MAX_RANK}
    return {
        "description": "Shape of one sample, without the batch axis.",
        "if": {"type": "array"},
        "then": shape,
        "else": {
            "type": "object",
            "required": ["shape"],
            "properties": {"shape": shape, "dtype": {"enum": ["float32", "int64"]}},
            "additionalProperties": False,
        },
    }


def _choice_schema(noun: str, table: Mapping[str, type[Term]]) -> dict[str, Any]:
    """A term: a bare name, or a mapping with its name as the one key."""
    bare = [name for name, cls in table.items() if not _needs_value(cls)]
    return {
        "if": {"type": "string"},
        "then": {"enum": sorted(bare), "description": f"A {noun} without arguments."},
        "else": {
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1,
            "properties": {
                name: {"$ref": f"#/definitions/{name}", "description": documentation(cls).splitlines()[0]}
                for name, cls in sorted(table.items())
            },
            "additionalProperties": False,
        },
    }


def _needs_value(cls: type[Term]) -> bool:
    contains = issubclass(cls, Layer) and bool(cls.contains)
    return contains or any(argument.required for argument in arguments(cls).values())


def _term_schema(cls: type[Term]) -> dict[str, Any]:
    """The value beside a term's name: its arguments, its principal argument alone, or nothing."""
    properties = {name: _argument_schema(argument) for name, argument in arguments(cls).items()}
    required = [name for name, argument in arguments(cls).items() if argument.required]
    if issubclass(cls, Layer):
        for name in cls.contains:
            properties[name] = {"$ref": "#/definitions/layers", "description": "The layers inside."}
            required.append(name)
        properties["name"] = {
            "type": "string",
            "pattern": "^[^.]+$",
            "description": "Name of the submodule, unique among its siblings.",
        }
    mapping: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    if required:
        mapping["required"] = required
    if cls.principal is None:
        return mapping if _needs_value(cls) else {"if": {"type": "null"}, "then": {}, "else": mapping}
    alone = properties[cls.principal]
    if not _needs_value(cls):
        alone = {"anyOf": [alone, {"type": "null"}], "description": alone["description"]}
    return {"if": {"type": "object"}, "then": mapping, "else": alone}


def _argument_schema(argument: Argument) -> dict[str, Any]:
    return {**argument.kind.json, "description": argument.doc}


def _section_schema(cls: type[Section]) -> dict[str, Any]:
    properties = {name: _entry_schema(argument) for name, argument in arguments(cls).items()}
    schema: dict[str, Any] = {
        "type": "object",
        "description": documentation(cls).splitlines()[0],
        "properties": properties,
        "additionalProperties": False,
    }
    required = [name for name, argument in arguments(cls).items() if argument.required]
    if required:
        schema["required"] = required
    return schema


def _entry_schema(argument: Argument) -> dict[str, Any]:
    choice = next((mark for mark in argument.marks if isinstance(mark, OneOf)), None)
    if choice:
        term = {"$ref": f"#/definitions/{choice.noun}"}
        many = "tuple" in str(argument.annotation)
        return {"description": argument.doc, **({"type": "array", "items": term} if many else term)}
    section = _record_of(argument)
    if section is not None and issubclass(section, Section):
        return {**_section_schema(section), "description": argument.doc}
    return _argument_schema(argument)


def _record_of(argument: Argument) -> type[Record] | None:
    """The record that an argument holds, also where it may be left out."""
    import typing

    candidates: tuple[Any, ...] = typing.get_args(argument.annotation) or (argument.annotation,)
    return next((item for item in candidates if isinstance(item, type) and issubclass(item, Record)), None)
