"""The JSON files of a run, typed: what each holds, and readers that check it. No file of a run is trusted."""

from __future__ import annotations

import json
from typing import Any, Final, Literal, NotRequired, TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict  # pydantic reads that of typing from Python 3.12 on

from archc.training.progress import EpochEnded, Evaluated, Logged
from archc.training.state import finite

Figures = dict[str, float | None]
"""Figures by name; null where one is not known, or not finite."""


@with_config(ConfigDict(strict=True, extra="allow"))
class Result(TypedDict):
    """result.json. `best` has `epoch`, `step` and figures as `val_loss`; `test` has figures, `samples` and what an
    `Evaluation` says of classes.

    `seconds` are those of steps and evaluations, over all interruptions; loading data and writing checkpoints are not
    in them. `samples_per_second` is of the steps alone.
    """

    version: Literal[1]
    epochs: int
    steps: int
    best: Figures
    stopped_early: bool
    test: dict[str, Any] | None
    seconds: float
    samples_per_second: float
    weights_sha256: str


@with_config(ConfigDict(strict=True, extra="allow"))
class DataRecord(TypedDict):
    """What environment.json says of the data: the kind's name and keys, its digest, and the sizes of its splits."""

    name: str
    sha256: str
    train: int
    validation: int
    test: int


@with_config(ConfigDict(strict=True, extra="allow"))
class Begun(TypedDict):
    """What every environment.json has, of whatever version."""

    versions: dict[str, str | None]


@with_config(ConfigDict(strict=True, extra="allow"))
class Environment(TypedDict):
    """environment.json: what a run depended on beside its spec. `resumed` has the same of each time it was resumed."""

    version: Literal[1]
    versions: dict[str, str | None]
    platform: str
    device: str
    device_name: str
    threads: int
    processes: NotRequired[int]
    steps: NotRequired[str]
    command: list[str] | None
    seed: int
    data: DataRecord
    started: str
    resumed: NotRequired[list[dict[str, Any]]]


class Evaluation(TypedDict):
    """What is said of a split. Figures stand beside these keys, `loss` first, null where they are not finite.

    Of classes, or labels, there are their names, and for each `samples`, `precision`, `recall` and `f1`, null where
    there is nothing to divide by; of classes also how many samples of each were taken for each output. `seconds` are
    those of the evaluation alone.
    """

    split: str
    samples: int
    classes: NotRequired[list[str]]
    per_class: NotRequired[dict[str, dict[str, Any]]]
    confusion: NotRequired[list[list[int]]]
    seconds: float


class MetricLine(TypedDict):
    """A line of metrics.jsonl: an epoch, an evaluation that is not of one, or, where `log` asks for it, steps. Figures
    stand beside these keys.

    `train_loss` is that of the epoch's steps, or of the steps since the last evaluation, or since the last such line.
    """

    event: Literal["epoch", "evaluation", "log"]
    epoch: int
    step: int
    seconds: float


R = TypeVar("R")


class NotARecordError(ValueError):
    """Bytes are no such record; the text says what is wrong first."""


_ADAPTERS: Final[dict[Any, TypeAdapter[Any]]] = {}
"""Made when the first record of a kind is read: that takes a millisecond."""


def read(kind: type[R], data: bytes) -> R:
    """The record in the bytes of a JSON file.

    Raises:
        NotARecordError: they are no JSON, or another record.
    """
    adapter: TypeAdapter[R] | None = _ADAPTERS.get(kind)
    if adapter is None:
        adapter = _ADAPTERS[kind] = TypeAdapter(kind)
    try:
        return adapter.validate_python(json.loads(data))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "it"
        raise NotARecordError(f"{where}: {first['msg']}") from None
    except (ValueError, RecursionError):
        raise NotARecordError("it is not JSON") from None


def line_of(event: EpochEnded | Evaluated | Logged) -> str:
    """An event as a line of metrics.jsonl."""
    place = {"epoch": event.epoch, "step": event.step}
    figures = {name: finite(value) for name, value in event.figures.items()}
    if isinstance(event, Evaluated):
        trained = {"train_loss": finite(event.train_loss)}
        return json.dumps({"event": "evaluation", **place, **trained, **figures, "seconds": event.seconds})
    name = "log" if isinstance(event, Logged) else "epoch"
    return json.dumps({"event": name, **place, **figures, "seconds": event.seconds, "lr": event.lr})


@with_config(ConfigDict(strict=True, extra="allow"))
class _Line(MetricLine):
    pass


def read_line(text: str) -> dict[str, Any] | None:
    """A line of metrics.jsonl; None for one that is none, as one that was not written to its end."""
    try:
        return dict(read(_Line, text.encode()))
    except NotARecordError:
        return None
