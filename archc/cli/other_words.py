"""Words of other command lines -> archc's. Loaded where a command or an option is not known."""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Mapping, Sequence
from typing import Final

_TRAIN: Final = "archc train SPEC"
_CHECK: Final = "archc check SPEC"
_EVAL: Final = "archc eval RUN"
_SHOW: Final = "archc show SPEC"

COMMANDS: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("fit", "run", "start", "launch", "learn", "finetune", "tune"), (_TRAIN,)),
    **dict.fromkeys(("resume", "continue", "restart"), ("archc train --resume RUN",)),
    **dict.fromkeys(("test", "evaluate", "score", "benchmark", "metrics"), (_EVAL,)),
    **dict.fromkeys(("validate", "val", "validation"), (_CHECK, _EVAL)),
    **dict.fromkeys(("lint", "verify", "vet", "analyze", "analyse", "typecheck"), (_CHECK,)),
    **dict.fromkeys(("fix", "repair", "autofix"), ("archc check --fix SPEC",)),
    **dict.fromkeys(("format", "prettify", "tidy"), ("archc fmt SPEC",)),
    **dict.fromkeys(("infer", "inference", "classify", "predictions", "forward"), ("archc predict RUN FILE",)),
    **dict.fromkeys(("summary", "summarize", "print", "describe", "inspect", "info", "params", "shapes"), (_SHOW,)),
    **dict.fromkeys(("visualize", "visualise", "plot", "draw", "graph"), (_SHOW,)),
    **dict.fromkeys(("export", "build", "convert", "generate", "codegen", "save"), ("archc compile SPEC -o FILE",)),
    **dict.fromkeys(("init", "create", "scaffold", "template", "startproject"), ("archc new NAME",)),
    **dict.fromkeys(("compare", "changes"), ("archc diff A B",)),
    **dict.fromkeys(("doc", "docs", "man", "why", "rule"), ("archc explain TOPIC",)),
    "version": ("archc --version",),
    "commands": ("archc --help",),
    "usage": ("archc --help",),
}
"""What other tools call a command, folded: as archc has it, and what else may be meant."""

_SETTINGS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("epochs", "epoch", "maxepochs", "numepochs", "numtrainepochs", "nepochs"), "train.epochs"),
    **dict.fromkeys(("steps", "maxsteps", "iterations"), "train.steps"),
    **dict.fromkeys(("batchsize", "batch", "bs", "perdevicetrainbatchsize"), "train.batch_size"),
    **dict.fromkeys(("seed", "randomseed", "randomstate"), "train.seed"),
    "precision": "train.precision",
    **dict.fromkeys(("accumulate", "accumulategradbatches", "gradientaccumulationsteps"), "train.accumulate"),
    **dict.fromkeys(("gradientclip", "gradientclipval", "gradclip", "clip", "maxgradnorm"), "train.gradient_clip"),
    **dict.fromkeys(("optimizer", "optim", "opt"), "train.optimizer"),
    **dict.fromkeys(("loss", "criterion"), "train.loss"),
    "strategy": "train.strategy",
    "dataset": "train.data.name",
    "lr": "train.optimizer.NAME.lr",
    "learningrate": "train.optimizer.NAME.lr",
    "weightdecay": "train.optimizer.NAME.weight_decay",
    "momentum": "train.optimizer.NAME.momentum",
}
"""What other tools have an option for, folded, and where it stands in a spec."""

_OPTIONS: Final[Mapping[str, tuple[str, str]]] = {
    **dict.fromkeys(("gpus", "gpu", "cuda", "accelerator"), ("--device", "--device cuda")),
    **dict.fromkeys(("nocuda", "cpu"), ("--device", "--device cpu")),
    **dict.fromkeys(("output", "outputdir", "logdir", "savedir", "outdir"), ("--run", "--run DIR")),
    **dict.fromkeys(("ckptpath", "checkpoint", "ckpt", "resumefromcheckpoint"), ("--resume", "--resume RUN")),
    **dict.fromkeys(("dataroot", "root", "datapath", "datasetdir"), ("--data-dir", "--data-dir DIR")),
    "out": ("-o", "-o FILE"),
    "silent": ("--quiet", "--quiet"),
    "nocolor": ("--color", "--color never"),
    "json": ("--format", "--format json"),
}
"""Options of other tools, folded, with the one of archc's, and how that is written."""


def command(name: str) -> str | None:
    """What archc calls a command of another tool; of a spec, what can be done with it."""
    if re.search(r"\.(?:ya?ml|json)$", name):
        return f"`archc check {name}` or `archc train {name}`"
    found = COMMANDS.get(_fold(name))
    return " or ".join(f"`{words}`" for words in found) if found else None


def option(words: Sequence[str], known: Collection[str]) -> str | None:
    """How the first option among words that nothing knows is written here. `known` are the command's own."""
    for index, word in enumerate(words):
        if not word.startswith("-"):
            continue
        name, equals, value = word.lstrip("-").partition("=")
        if not equals and index + 1 < len(words) and not words[index + 1].startswith("-"):
            value = words[index + 1]
        if (path := _SETTINGS.get(_fold(name))) and "--set" in known:
            optimizer = ", where NAME is the optimizer" if "NAME" in path else ""
            return f"write `--set {path}={shlex.quote(value) if value else '...'}`{optimizer}"
        own, written = _OPTIONS.get(_fold(name), ("", ""))
        if own in known:
            return f"write `{written}`"
    return None


def _fold(name: str) -> str:
    return re.sub(r"[-_]", "", name.rpartition(".")[2]).casefold()
