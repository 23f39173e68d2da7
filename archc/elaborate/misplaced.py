"""A key that a section does not have -> the entries that are meant, where they belong. Loaded where a key is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from archc.diagnostics.fault import Remedy
from archc.elaborate.suggest import fold, suggest_argument, suggest_key, suggest_value
from archc.elaborate.synonyms import INSTEAD
from archc.recipe.augmentations import AUGMENTATIONS
from archc.recipe.losses import LOSSES
from archc.recipe.optimizers import OPTIMIZERS
from archc.recipe.schedulers import SCHEDULERS
from archc.recipe.transforms import TRANSFORMS
from archc.syntax.tree import Entry, MappingNode, ScalarNode, Tree, clip
from archc.terms.record import declared
from archc.terms.term import Table

_TABLES: Final[Mapping[str, Table[Any]]] = {"optimizer": OPTIMIZERS, "loss": LOSSES, "scheduler": SCHEDULERS}
_KINDS: Final[Mapping[str, tuple[str, Table[Any]]]] = {
    "optimizer": ("optimizer", OPTIMIZERS),
    "loss": ("loss", LOSSES),
    "scheduler": ("scheduler", SCHEDULERS),
    "transform": ("transform", TRANSFORMS),
    "augment": ("augmentation", AUGMENTATIONS),
}
"""The keys whose values are terms: what one is called, and those there are."""
_KEYS: Final = {noun: key for key, (noun, _) in _KINDS.items()}
_ACCUMULATE: Final = frozenset(
    {"accumulategradbatches", "gradientaccumulationsteps", "gradaccum", "accumulationsteps", "gradaccumsteps", "accum"}
)
_BATCH: Final = 64
"""Samples in a batch where nothing says how many."""


_OF_THE_BEST: Final = frozenset({"monitor", "mode", "metric", "savebestonly", "saveweightsonly"})
"""What other tools ask of checkpoints, to know the best one."""


class Meant(NamedTuple):
    """What to do about a key: in words, and as a remedy where that is plain."""

    advice: str
    remedy: Remedy | None = None


def meant(entry: Entry, section: str, tree: MappingNode, place: str | None) -> Meant | None:
    """What a key of another tool, or of another section, asks for, and how a spec says that.

    Args:
        entry: the key with its value.
        section: the path of the mapping that it stands in; empty for the document.
        tree: that mapping.
        place: the path of the section that has such a key, if one has.
    """
    found = _of_another_tool(entry, section, tree) if section.startswith("train") else None
    if section == "train.checkpoint" and fold(entry.name) in _OF_THE_BEST:
        return Meant("delete it: a run keeps its best weights, by what `early_stopping` watches", _deleted(entry))
    if section == "train":
        found = _accumulated(entry, tree) or found or _of_a_term(entry, tree)
    if found:
        return found
    return _moved(entry, section, place, tree) if place else None


def _of_another_tool(entry: Entry, section: str, tree: MappingNode) -> Meant | None:
    instead = INSTEAD.get(fold(entry.name))
    if instead is None or (instead.entry and section != "train"):
        return None
    value = entry.value.value if isinstance(entry.value, ScalarNode) else ...
    if instead.entry is None:
        return Meant(f"delete it: {instead.why}", None if value is ... else _deleted(entry))
    if value in (False, None) or (instead.numbers and value == 0):
        return Meant("delete it: that is so without it", _deleted(entry))
    path, _, text = instead.entry.partition(": ")
    if isinstance(value, str) and path == "precision":
        text = suggest_value(path, value, ("float32", "bfloat16", "float16")).name or text
    if (instead.numbers and not isinstance(value, int)) or "\n" in entry.value.span.text:
        return Meant(f"write `{_nested(path, text.format('N'))}`")
    text = text.format(entry.value.span.text)
    return _written({path: text.removesuffix("s") if instead.numbers and value == 1 else text}, tree)


def _accumulated(entry: Entry, tree: MappingNode) -> Meant | None:
    """Other tools count batches that make a step; here `batch_size` is what a step sees, and `accumulate` its parts."""
    parts = entry.value.value if isinstance(entry.value, ScalarNode) else None
    if fold(entry.name) not in _ACCUMULATE:
        return None
    if not isinstance(parts, int) or parts <= 1:
        return Meant("delete it: a step sees one batch", _deleted(entry))
    size = tree.get("batch_size") or next(
        (e for e in tree.entries if e is not entry and suggest_key(e.name, ["batch_size"])), None
    )
    value = size.value.value if size and isinstance(size.value, ScalarNode) else _BATCH
    if not isinstance(value, int):
        return Meant(f"write `accumulate: {parts}`, and a `batch_size` {parts} times as large: it is what a step sees")
    found = _written({"accumulate": str(parts), "batch_size": str(parts * value)}, tree)
    return found._replace(advice=f"{found.advice}: a batch is what a step of the optimizer sees, in that many parts")


def _of_a_term(entry: Entry, tree: MappingNode) -> Meant | None:
    """An argument of the optimizer, the loss or the scheduler, as it is chosen."""
    for key, table in _TABLES.items():
        chosen = tree.get(key)
        cls = table.get(_name(chosen.value)) if chosen and _name(chosen.value) in table else None
        if cls is None:
            continue
        names = list(declared(cls))
        name = entry.name.removeprefix(f"{key}__").removeprefix("criterion__")
        argument = name if name in names else _synonym(name, names)
        if argument is not None and "\n" not in entry.value.span.text:
            text = f"{key}: {{{cls.__name__}: {{{argument}: {clip(entry.value.span.text)}}}}}"
            remedy = _entries({f"{key}.*.{argument}": entry.value.span.text})
            return Meant(f"it is an argument of the {key}: write `{text}`", remedy)
    return None


def _synonym(name: str, names: list[str]) -> str | None:
    words = {"learningrate": "lr", "wd": "weight_decay", "classweight": "weight", "classweights": "weight"}
    found = words.get(fold(name)) or (suggest_argument(name, names) if fold(name) in map(fold, names) else None)
    return found if found in names else None


def _name(tree: Tree) -> str:
    """The name of a term, in any of its spellings; empty where it has none."""
    if isinstance(tree, MappingNode):
        return tree.entries[0].name if len(tree.entries) == 1 else ""
    return tree.value if isinstance(tree, ScalarNode) and isinstance(tree.value, str) else ""


def term_meant(name: str, noun: str) -> Meant | None:
    """The key under which a term belongs that stands under another one: `RandomCrop` under `augment`."""
    for key, (other, table) in _KINDS.items():
        if other != noun and name in table:
            article = "an" if other[0] in "aeio" else "a"
            in_a_list = {key, _KEYS.get(noun)} == {"transform", "augment"}
            remedy = Remedy(f"move it to `{key}`", key, safe=False, action="move-element") if in_a_list else None
            return Meant(f"`{name}` is {article} {other}: write it under `{key}`", remedy)
    return None


def _moved(entry: Entry, section: str, place: str, tree: MappingNode) -> Meant:
    """A key of a section that is inside this one, the mapping `tree`, or around it."""
    said = f"`{entry.name}` is a key of `{place}`, not of {f'`{section}`' if section else 'a spec'}"
    inside = not section or place.startswith(f"{section}.")
    around = section.rpartition(".")[0] == place
    if "\n" in entry.value.span.text or entry.name == "name" or not (inside or around):
        return Meant(said)
    if not inside:
        return Meant(said, _entries({f"^.{entry.name}": entry.value.span.text}))
    path = f"{place}.{entry.name}".removeprefix(f"{section}." if section else "")
    return Meant(said, _entries({path: entry.value.span.text}) if _is_there(path, tree) else None)


def _is_there(path: str, tree: Tree | None) -> bool:
    """Whether the sections of a path are there that cannot be made for one key, as they need others."""
    for key in path.split(".")[:-1]:
        found = tree.get(key) if isinstance(tree, MappingNode) else None
        tree = found.value if found else None
        if tree is None and key in ("train", "data"):
            return False
    return True


def _written(entries: Mapping[str, str], tree: MappingNode) -> Meant:
    return Meant(f"write {' and '.join(_shown(*entry, tree) for entry in entries.items())}", _entries(entries))


def _shown(path: str, text: str, tree: MappingNode) -> str:
    """An entry as a spec has it; one that goes into a part that is written, with the name of that part."""
    first, dot, rest = path.partition(".")
    return f"`{_nested(rest, text)}` in `{first}`" if dot and tree.get(first) else f"`{_nested(path, text)}`"


def _entries(entries: Mapping[str, str]) -> Remedy:
    lines = [f"{path}: {text}" for path, text in entries.items()]
    return Remedy("write it where it belongs", "\n".join(lines), safe=False, action="write-entries")


def _deleted(entry: Entry) -> Remedy:
    return Remedy(f"delete `{clip(entry.name)}`", safe=False, action="delete-entry")


def _nested(path: str, text: str) -> str:
    """`a.b: value` as a spec has it: `a: {b: value}`."""
    first, *rest = path.split(".")
    for part in reversed(rest):
        text = f"{{{part}: {text}}}"
    return f"{first}: {text}"
