"""The transcripts of docs/guide.md are what the commands print, with the specs of docs/specs. `--bless` renews them."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.places import ROOT

pytestmark = pytest.mark.slow

GUIDE = ROOT / "docs/guide.md"
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
CHAPTERS = [chapter.partition("\n")[0] for chapter in GUIDE.read_text().split("\n## ") for _ in BLOCK.findall(chapter)]
"""The chapter of each transcript, in their order."""
NAMES = [f"{number:02}-{chapter.replace(' ', '-')}" for number, chapter in enumerate(CHAPTERS)]
TRAINED = re.compile(r"archc (?:train|eval|predict)\b|\bruns/|\.safetensors\b|\btorch\b")
"""What the commands of a transcript say that needs torch."""
MEASURED = re.compile(r"[-0-9][-0-9.,:e]*")
"""Times and figures of a training, which differ from machine to machine."""


class Guide:
    """The transcripts of the guide as they are now: each is run when it is asked for, after those that it builds on."""

    def __init__(self, folder):
        self.blocks = BLOCK.findall(GUIDE.read_text())
        self.printed = {}
        self.sandbox = sandbox(folder)

    def needed(self, number):
        """The transcripts whose files one uses: earlier ones of its chapter, and those that make the runs it names."""
        text = self.blocks[number]
        runs = set(re.findall(r"runs/\w+", "\n".join(commands(text))))
        made = [
            earlier
            for earlier in range(number)
            if runs & {f"runs/{name}" for name in re.findall(r"--run runs/(\w+)", self.blocks[earlier])}
        ]
        return sorted({*made, *(n for n in range(number) if CHAPTERS[n] == CHAPTERS[number])})

    def now(self, number):
        """What the commands of a transcript print now."""
        if number not in self.printed:
            for earlier in self.needed(number):
                self.now(earlier)
            self.printed[number] = transcript(self.blocks[number], self.sandbox)
        return self.printed[number]


def sandbox(folder):
    """A folder with the specs, and an environment in which `archc` and `python` are the ones under test."""
    shutil.copytree(ROOT / "specs", folder / "specs")
    shutil.copytree(ROOT / "docs/images", folder / "images")
    shutil.copytree(ROOT / "docs/specs", folder, dirs_exist_ok=True)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    cache = str(folder / ".cache")
    return folder, {**os.environ, "PATH": path, "XDG_CACHE_HOME": cache, "COLUMNS": "110", "PYTHONHASHSEED": "0"}


@pytest.fixture(scope="module")
def guide(tmp_path_factory):
    return Guide(tmp_path_factory.mktemp("guide"))


def commands(block):
    return [line[2:] for line in block.splitlines() if line.startswith("$ ")]


def transcript(block, sandbox):
    """A block with what its commands print now."""
    lines = []
    for command in commands(block):
        written = block.partition(f"$ {command}\n")[2].partition("\n$ ")[0]
        printed = interrupted(command, sandbox) if "^C" in written.splitlines() else output(command, sandbox)
        text = "\n".join(line.rstrip() for line in printed.rstrip().splitlines())
        lines.append(f"$ {command}\n{text}".rstrip())
    return "\n".join(lines) + "\n"


def process(command, sandbox):
    """A command of the guide, with both of its streams in one pipe."""
    folder, environment = sandbox
    return subprocess.Popen(
        ["bash", "-c", f"exec {command}" if command.startswith("archc ") else command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def output(command, sandbox):
    """What a command prints."""
    with process(command, sandbox) as running:
        return running.communicate()[0]


def interrupted(command, sandbox):
    """What a training prints that gets a Ctrl-C in its third epoch; as a terminal does, with a `^C` in it."""
    lines = []
    with process(command, sandbox) as running:
        for line in running.stdout:
            lines.append(line)
            if line.startswith("epoch 2/"):
                time.sleep(0.15)  # people are not faster, and the middle of an epoch is the interesting place
                running.send_signal(signal.SIGINT)
                lines.append("^C\n")
    return "".join(lines)


def comparable(text):
    """A transcript without what is measured, for commands that train or use a training."""
    if not re.search(r"^\$ (archc (train|eval|predict)|(cat|grep .*) runs)", text, re.MULTILINE):
        return text
    text = re.sub(r'("weights_sha256": )"[0-9a-f]+"', r"\1...", text)
    text = re.sub(r"^step .*\n", "", text, flags=re.MULTILINE)
    text = re.sub(r" {2,}", " ", MEASURED.sub("#", text))
    # How many epochs are over before and after a Ctrl-C, and while it is on its way, depends on the machine.
    text = re.sub(r"^\^C\n(epoch .*\n)+", "^C\n", text, flags=re.MULTILINE)
    return re.sub(r"^(epoch .*\n)\1+", r"\1", text, flags=re.MULTILINE)


def numbered(number, block):
    """The number of a transcript, as a parameter: one that trains, or uses a training, needs torch."""
    marks = [pytest.mark.torch] if TRAINED.search("\n".join(commands(block))) else []
    return pytest.param(number, id=NAMES[number], marks=marks)


@pytest.mark.parametrize("number", [numbered(*each) for each in enumerate(BLOCK.findall(GUIDE.read_text()))])
def test_a_transcript_of_the_guide_is_what_its_commands_print(guide, number, bless):
    written, printed = guide.blocks[number], guide.now(number)
    if bless:
        assert "PYTEST_XDIST_WORKER" not in os.environ, "bless without -n: two processes would write one file"
        GUIDE.write_text(GUIDE.read_text().replace(f"```console\n{written}```", f"```console\n{printed}```"))
        return
    assert comparable(written) == comparable(printed)


def test_every_command_is_in_the_guide():
    from archc.cli.main import COMMANDS

    used = {
        command.split()[1]
        for block in BLOCK.findall(GUIDE.read_text())
        for command in commands(block)
        if "archc" in command
    }
    piped = {"check"}  # `echo ... | archc check -`
    assert set(COMMANDS) - used - piped == set()


def test_a_transcript_that_is_stale_is_found():
    block = "$ archc check x.yaml\nx.yaml: ok\n"
    assert comparable(block) != comparable(block.replace("ok", "error"))
    trained = "$ archc train x.yaml\nepoch 1: loss 0.5 (2.0 s)\n"
    assert comparable(trained) == comparable(trained.replace("0.5", "0.6"))
    assert comparable(trained) != comparable(trained.replace("loss", "lost"))
