"""archc explain: what a diagnostic means, or a layer's arguments, shape rule, formula and examples; or a key of specs.

Names may be written as in code (nn.Conv2d), keys by their path or its end (train.data.validation, validation), and
arguments alone or behind what they are of (lr, Adam.lr). Without an argument it lists every topic.
"""

from __future__ import annotations

import argparse
import json
import sys

from archc.cli.arguments import utf8
from archc.cli.codes import OK, USAGE
from archc.diagnostics.visible import visible


def add_arguments(command: argparse.ArgumentParser) -> None:
    """The options of `archc explain`."""
    command.add_argument(
        "topic",
        metavar="CODE|SLUG|LAYER|KEY",
        nargs="?",
        help="as in E301, window-too-large, Conv2d, train.data; none lists all",
    )
    command.add_argument("--format", choices=["text", "json"], default="text", help="how to print (default: text)")


def run(options: argparse.Namespace) -> int:
    """Print the explanation of a topic, or the list of them."""
    import shutil

    from archc.reference.explain import explain, nearest, topics
    from archc.reference.prose import WIDEST

    utf8(sys.stdout)
    in_json = options.format == "json"
    if options.topic is None:
        listed = [*topics()]
        if in_json:
            found = [{"topic": name, "says": text} for name, text in listed]
            print(json.dumps({"version": 1, "topics": found}, indent=1))
        else:
            print("\n".join(f"{name.ljust(34)} {text}" for name, text in listed))
        return OK
    explanation = explain(options.topic, shutil.get_terminal_size((WIDEST, 0)).columns)
    if explanation is None:
        near = nearest(options.topic)
        hint = f"; did you mean `{near}`?" if near else "; `archc explain` lists what there is"
        print(f"archc explain: nothing is called `{visible(options.topic)}`{hint}", file=sys.stderr)
        return USAGE
    if in_json:
        print(json.dumps({"version": 1, "topic": options.topic, "text": explanation}, indent=1))
    else:
        print(explanation, end="")
    return OK
