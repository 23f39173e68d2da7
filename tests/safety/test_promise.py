"""SECURITY.md's promise, over the hostile and the golden corpus: what the commands without torch never do."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support import hostile
from tests.support.places import ROOT

pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).with_name("run_guarded.py")
MEMORY = 1 << 30
SECONDS_EACH = 20.0
"""Processor seconds that one command may take on any file, on a slow machine that does other things."""

COMMANDS = {
    "check": ["check", "FILE"],
    "check as json": ["check", "--format", "json", "FILE"],
    "show": ["show", "--format", "json", "FILE"],
    "show as markdown": ["show", "--format", "markdown", "--depth", "1", "FILE"],
}


class Done(NamedTuple):
    """What a command did."""

    name: str
    code: int
    out: str
    err: str
    seconds: float
    forbidden: list[str]


def guarded(project: Path, runs: dict[str, list[str]], *, memory: int = MEMORY) -> list[Done]:
    """Each command's doings, one after the other in one fresh interpreter under the guard."""
    seconds = int(SECONDS_EACH * len(runs))
    job = {"project": str(project), "runs": list(runs.values()), "memory": memory, "seconds": seconds}
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(SCRIPT)]
    done = subprocess.run(command, check=False, input=json.dumps(job), capture_output=True, text=True, env=environment)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(rows) == len(runs), f"{list(runs)[len(rows)]}: {done.stderr[-2000:]}"
    return [Done(name, *row) for name, row in zip(runs, rows, strict=True)]


def broken_promises(done: Done) -> list[str]:
    """What a command did that SECURITY.md says it does not."""
    broken = list(done.forbidden)
    if done.code not in (0, 1, 2):
        broken.append(f"exit code {done.code}: {done.err[-500:]}")
    if "Traceback" in done.err:
        broken.append(done.err[-500:])
    if raw := {c for c in done.out + done.err if c != "\n" and not c.isprintable()}:
        broken.append(f"control characters {raw}")
    if done.seconds > SECONDS_EACH:
        broken.append(f"{done.seconds:.1f} s")
    return broken


def runs_of(files: dict[str, Path]) -> dict[str, list[str]]:
    return {
        f"{command}: {name}": [str(file) if part == "FILE" else part for part in parts]
        for name, file in files.items()
        for command, parts in COMMANDS.items()
    }


def assert_kept(found: list[Done]) -> None:
    broken = {done.name: why for done in found if (why := broken_promises(done))}
    assert broken == {}


def test_hostile_texts(tmp_path):
    files = {}
    for number, (name, data) in enumerate(hostile.texts().items()):
        files[name] = tmp_path / f"{number}.{'json' if 'json' in name or data[:1] == b'{' else 'yaml'}"
        files[name].write_bytes(data)
    assert_kept(guarded(tmp_path, runs_of(files)))
    assert not (tmp_path / "pwned").exists()


def test_files_that_reach_out_of_the_project(tmp_path):
    specs = hostile.project(tmp_path)
    found = guarded(tmp_path / "project", runs_of({spec.stem: spec for spec in specs}))
    assert_kept(found)
    assert not any("12345" in done.out + done.err for done in found)


def test_the_golden_corpus():
    folder = ROOT / "tests/golden"
    files = {str(path.relative_to(folder)): path for path in sorted(folder.rglob("*.yaml"))}
    assert len(files) > 50
    assert_kept(guarded(folder, runs_of(files)))


def test_the_commands_that_read_no_spec(tmp_path):
    assert_kept(
        guarded(
            tmp_path, {name: name.split() for name in ("schema", "explain E301", "explain Conv2d", "explain x\x1b")}
        )
    )


@pytest.mark.parametrize(
    ("code", "seen"),
    [
        ("import socket; socket.socket()", "socket."),
        ("import subprocess; subprocess.run(['true'])", "subprocess.Popen"),
        ("os.system('true')", "os.system"),
        ("open('/etc/hostname').read()", "read /etc/hostname"),
        ("open('made', 'w')", "write "),
        ("eval('1 + 1')", "compile"),
        pytest.param("import torch", "import torch", marks=pytest.mark.torch),
    ],
)
def test_the_guard_sees_what_is_forbidden(tmp_path, code, seen):
    spy = tmp_path / "spy.py"
    text = SCRIPT.read_text().replace("code = archc.cli.main(arguments)", f"code = 0; {code}")
    spy.write_text(text)
    job = {"project": str(tmp_path), "runs": [["check"]], "memory": 8 << 30, "seconds": 60}
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, str(spy)], input=json.dumps(job), capture_output=True, text=True, env=environment, check=True
    )
    forbidden = json.loads(done.stdout.splitlines()[-1])[-1]
    assert any(what.startswith(seen) for what in forbidden), forbidden
