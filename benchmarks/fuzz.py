"""Coverage-guided fuzzing of the front end: any bytes give a report, in bounded time, and never an exception.

Usage: python benchmarks/fuzz.py [--runs 1000000] [--seconds-each 10] [CORPUS_FOLDER]
Needs atheris (pip install atheris). The corpus begins with the specs, the wrong specs of tests/golden and the hostile
files of tests/safety; what reaches new code is kept in the folder. The first byte of an input chooses YAML or JSON.
Of each input: it is read, elaborated, inferred and linted; its report is printed as text and as JSON; every place in it
lies in the text; nothing printed has a control character; a spec without errors has a network. Exit status: that of
libFuzzer, 0 where nothing was found.
"""

import argparse
import pkgutil
import sys
import tempfile
from importlib import import_module
from pathlib import Path

import atheris

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

WITH_TORCH = ("archc.__main__", "archc.backends", "archc.cli", "archc.training")

with atheris.instrument_imports(include=["archc"]):
    import archc

    for found in pkgutil.walk_packages(archc.__path__, "archc."):
        if not found.name.startswith(WITH_TORCH):
            import_module(found.name)  # also what is loaded only where it is needed, so that it is instrumented
    from archc.diagnostics import json as as_json
    from archc.diagnostics import text as as_text
    from archc.diagnostics.report import Report
    from archc.front import read
    from archc.syntax.read import decode
    from tests.support import hostile

MOST = 4096
"""Bytes of an input: a longer one is slower, and reaches no other code."""


def one(data: bytes) -> None:
    """Read one input, and hold what SECURITY.md promises of it."""
    if not data:
        return
    format_ = "json" if data[0] % 2 else "yaml"
    report = Report("x")
    source = decode(f"x.{format_}", data[1:], report)
    front = read(source, report, format=format_) if source else None
    for diagnostic in report:
        for span in filter(None, [diagnostic.span, *(label.span for label in diagnostic.labels)]):
            assert 0 <= span.start <= span.end <= len(span.source.text)
    shown = as_text.render(report) + as_json.render([report])
    assert shown.replace("\n", "").isprintable()
    assert front is None or not report.ok or front.network is not None


def seeds(folder: Path) -> None:
    """Write the inputs to begin with."""
    folder.mkdir(parents=True, exist_ok=True)
    specs = [path.read_bytes() for path in [*ROOT.glob("specs/*.yaml"), *ROOT.glob("tests/golden/**/*.yaml")]]
    quick = [data for name, data in hostile.texts().items() if "Repeat" not in name and "bomb" not in name]
    known = specs + [data for data in quick if len(data) < MOST]  # the slow ones reach a limit, and no other code
    for number, data in enumerate(known):
        mark = b"\x01" if data[:1] == b"{" else b"\x00"
        (folder / f"seed-{number}").write_bytes(mark + data[: MOST - 1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", nargs="?", type=Path, help="where inputs are kept (default: a temporary folder)")
    parser.add_argument("--runs", type=int, default=1_000_000)
    parser.add_argument("--seconds-each", type=int, default=10, help="an input that takes longer is a finding")
    options = parser.parse_args()
    corpus = options.corpus or Path(tempfile.mkdtemp(prefix="archc-fuzz-"))
    seeds(corpus)
    limits = [f"-runs={options.runs}", f"-max_len={MOST}", f"-timeout={options.seconds_each}", "-rss_limit_mb=2048"]
    atheris.Setup([sys.argv[0], *limits, "-print_final_stats=1", str(corpus)], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
