"""The transcripts of docs/guide.md are what the commands print. `pytest --bless` renews them."""

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

GUIDE = ROOT / "docs/guide.md"
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
MEASURED = re.compile(r"[-0-9][-0-9.,:e]*")
"""Times and figures of a training, which differ from machine to machine."""

WRONG = """\
archc: 1
input: [1, 28, 28]
layers:
  - Conv2d: {filters: 32, kernel_size: 3}
  - MaxPool2d: 2
  - MaxPool2D: 2
  - Flatten
  - Linear: {in_features: 3136, out_features: 10}
"""


TOWER = """\
archc: 1
input: [3, 32, 32]
vars: {width: 8}

blocks:
  conv:
    params: {channels: int, kernel: 3, pool: true}
    layers:
      - Conv2d: {out_channels: "${channels}", kernel_size: "${kernel}", padding: same, bias: false}
      - BatchNorm2d
      - ReLU
      - MaxPool2d: {kernel_size: 2, when: "${pool}"}

layers:
  - Repeat:
      times: 2
      as: i
      layers:
        - conv: {name: "conv${i}", channels: "${width * 2 ** i}"}
  - conv: {name: head, channels: 10, kernel: 1, pool: false}
  - AdaptiveAvgPool2d: 1
  - Flatten
"""

RESIDUAL = """\
archc: 1
input: [16, 32, 32]
layers:
  - Residual:
      - Conv2d: {out_channels: 32, kernel_size: 3, stride: 2, padding: 1}
      - BatchNorm2d
"""

CLAIMS = """\
archc: 1
input: [1, 28, 28]
layers: [Flatten, Linear: 512, ReLU, Linear: 10]
expect:
  output: [10]
  params: {max: 100_000}
"""

SOFTMAX = """\
archc: 1
input: [4]
layers:
  - Softmax
  - Softmax: 0
"""

MESSY = """\
input: [1, 28, 28]
layers:
\t# two of each
\t- conv2d: {out_channels: "8", kernel_size:3, bias: no}
\t- BatchNorm2d: {num_features: 32}
\t- ReLU
\t- Flatten
\t- Linear:
\t\tin_features: 3136
\t\tout_features: 10   # classes
\t- Sofmax: 1
train:
  data: {name: MNIST}
  loss: cross_entropy_loss
  optimizer: {adam: {lr: "1e-3"}}
  epochs: 1
  batch_size: 1_000
"""

RAGGED = """\
archc: 1
name: 'ragged'
input: [ 1,28,28 ]
layers:
- Conv2d: {"out_channels": 8, kernel_size: [3,3]}   #edges
- ReLU
# the head


- Conv2d: {out_channels: 16, kernel_size: 3, stride: 2, padding: 1, dilation: 1, groups: 1, bias: true}
-   Flatten
- Linear: 10
"""


@pytest.fixture
def sandbox(tmp_path):
    """A folder with the specs, and an environment in which `archc` and `python` are the ones under test."""
    shutil.copytree(ROOT / "specs", tmp_path / "specs")
    shutil.copytree(ROOT / "docs/images", tmp_path / "images")
    texts = {"wrong": WRONG, "tower": TOWER, "residual": RESIDUAL, "claims": CLAIMS, "softmax": SOFTMAX}
    texts |= {"messy": MESSY, "ragged": RAGGED}
    for name, text in texts.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    cache = str(tmp_path / ".cache")
    return tmp_path, {**os.environ, "PATH": path, "XDG_CACHE_HOME": cache, "COLUMNS": "110", "PYTHONHASHSEED": "0"}


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


def test_every_transcript_of_the_guide_is_what_the_commands_print(sandbox, request):
    text = GUIDE.read_text()
    now = {block: transcript(block, sandbox) for block in BLOCK.findall(text)}
    if request.config.getoption("--bless"):
        GUIDE.write_text(BLOCK.sub(lambda match: f"```console\n{now[match[1]]}```", text))
        return
    assert now
    for written, printed in now.items():
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
