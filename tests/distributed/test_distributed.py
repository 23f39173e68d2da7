"""Training in several real processes, as torchrun starts them: the same training, shared."""

import ast
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import pytest
import torch
from safetensors.torch import load_file
from torch.distributed.run import get_args_parser

from archc.cli.arguments import parser
from archc.cli.train import add_arguments
from archc.distributed import scale
from archc.distributed.group import Group
from archc.errors import RunError
from archc.front import read_file
from archc.machine import launch
from archc.machine.launch import Launch
from archc.runs.run import resume, start
from tests.support.places import ROOT
from tests.support.trainings import faults, small, write_data

pytestmark = pytest.mark.slow

SPEC = """\
archc: 1
name: shared
input: [1, 28, 28]
layers:
  - Conv2d: {out_channels: 4, kernel_size: 5, stride: 4}
  - Flatten
  - Linear: 16
  - LayerNorm
  - ReLU
  - Linear: 10
train:
  data: {name: MNIST, source: data, validation: {first: 31}}
  loss: {CrossEntropyLoss: {weight: balanced}}
  optimizer: {Adam: {lr: 1e-2}}
  epochs: 2
  batch_size: 17
  gradient_clip: 1.0
  metrics: [f1, top3_accuracy]
  seed: 5
"""
SECONDS = 120


def command(*arguments, processes=2, launcher=("--standalone",)):
    torchrun = [sys.executable, "-m", "torch.distributed.run", *launcher, f"--nproc-per-node={processes}"]
    return [*torchrun, "-m", "--", "archc", "train", *arguments]


def environment():
    root = str(ROOT)
    return {**os.environ, "PYTHONPATH": root, "OMP_NUM_THREADS": "1", "ARCHC_DEBUG": "1"}


@contextmanager
def launched(arguments):
    """A launcher at work, killed at the end of the test where it still is."""
    process = subprocess.Popen(
        arguments, env=environment(), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            process.communicate(timeout=SECONDS)


def train(*arguments, processes=2, code=0):
    """What several processes write to standard error while they train."""
    with launched(command(*arguments, processes=processes)) as process:
        out, err = process.communicate(timeout=SECONDS)
    assert process.returncode == code, err
    return out, err


@pytest.fixture
def spec():
    write_data(Path("data"))

    def make(*overrides, text=SPEC):
        Path("shared.yaml").write_text(text)
        return read_file("shared.yaml", overrides)

    return make


def metrics(directory):
    """The figures of the epochs, without times."""
    lines = [json.loads(line) for line in Path(directory, "metrics.jsonl").read_text().splitlines()]
    return [{key: value for key, value in line.items() if key not in ("seconds", "event")} for line in lines]


def close(figures):
    """The same to float rounding."""
    return [{key: pytest.approx(value, rel=1e-4) for key, value in line.items()} for line in figures]


def result(directory):
    return json.loads(Path(directory, "result.json").read_text())


def printed(out):
    """What archc prints, without the lines of Gloo in the wheels of torch 2.9, which break one another."""
    return [line for line in out.splitlines() if line and "peer ranks" not in line]


def test_two_processes_have_the_losses_of_one_with_the_same_batch(spec):
    start(spec(), directory="one")
    out, err = train("shared.yaml", "--run", "two")
    assert printed(out) == ["two"], "the first process alone prints"
    assert err.count("epoch 1/2") == 1
    assert "on cpu in 2 processes" in err
    assert metrics("two") == close(metrics("one"))
    assert result("two")["steps"] == result("one")["steps"] == 14
    assert result("two")["test"]["loss"] == pytest.approx(result("one")["test"]["loss"], rel=1e-3)
    assert json.loads(Path("two/environment.json").read_text())["processes"] == 2


@contextmanager
def training(*arguments, epochs):
    """A training of two processes that has saved a checkpoint and goes on."""
    with launched(command(*arguments, "--set", f"train.epochs={epochs}")) as process:
        until = monotonic() + SECONDS
        while not list(Path("run/checkpoints").glob("step-*")) and monotonic() < until:
            assert process.poll() is None, process.communicate()
            sleep(0.05)
        yield process


def children(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_an_interrupted_launch_goes_on_without_a_launcher(spec):
    spec()
    with training("shared.yaml", "--run", "run", epochs=2000) as process:
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=SECONDS)
    assert err.count("archc: interrupted; saved. Go on with: archc train --resume run") == 1
    kept = Path("run/spec.yaml")
    step = max(int(path.name[5:]) for path in Path("run/checkpoints").iterdir())
    epochs = step // 7 + 2
    kept.write_text(kept.read_text().replace("epochs: 2000", f"epochs: {epochs}"))
    resume("run")
    assert result("run")["steps"] == epochs * 7
    assert [line["epoch"] for line in metrics("run")] == list(range(1, epochs + 1))


SQUARES = """\
archc: 1
name: squares
input: [1, 28, 28]
layers:
  - Flatten
  - Linear: 16
  - Repeat: {times: 4, layers: [{Linear: 16}, ReLU]}
  - Linear: 10
train:
  data: {name: MNIST, source: data, validation: {first: 31}}
  loss: CrossEntropyLoss
  optimizer: OPTIMIZER
  epochs: 3
  batch_size: 17
  strategy: fsdp
  checkpoint: {every: 1 epochs, keep: 9}
  seed: 5
"""
"""Many tensors of one size: where two are taken for each other, nothing fails."""


def saved(directory):
    """The tensors of a run's newest checkpoint, by file and name, and its best weights."""
    newest = max(Path(directory, "checkpoints").iterdir())
    files = [*sorted(newest.glob("*.safetensors")), Path(directory, "best.safetensors")]
    return {
        (file.name, name): value
        for file in files
        for name, value in load_file(file).items()
        if "gener" not in file.name
    }


@pytest.mark.parametrize("optimizer", ["Adam", "{SGD: {lr: 0.05, momentum: 0.9}}"])
def test_a_sharded_run_is_resumed_under_a_launcher(spec, optimizer):
    start(spec(text=SQUARES.replace("OPTIMIZER", optimizer)), directory="one")
    shutil.copytree("one", "two")
    # It was stopped after the second of three epochs, with a best one behind it.
    Path("two/result.json").unlink()
    shutil.rmtree("two/checkpoints/step-00000021")
    train("--resume", "two")
    whole, resumed = saved("one"), saved("two")
    assert resumed.keys() == whole.keys()
    for key, value in whole.items():
        torch.testing.assert_close(resumed[key], value, rtol=2e-3, atol=1e-5, msg=str(key))
    assert result("two")["test"]["loss"] == pytest.approx(result("one")["test"]["loss"], rel=1e-3)


def free_port():
    with socket.socket() as found:
        found.bind(("localhost", 0))
        return found.getsockname()[1]


def test_two_machines_train_together(spec):
    start(spec(), directory="one")
    meeting = ("--nnodes=2", "--rdzv-id=test", "--rdzv-backend=c10d", f"--rdzv-endpoint=localhost:{free_port()}")
    arguments = command("shared.yaml", "--run", "two", processes=1, launcher=meeting)
    with launched(arguments) as first, launched(arguments) as second:
        ends = [process.communicate(timeout=SECONDS) for process in (first, second)]
    assert (first.returncode, second.returncode) == (0, 0), ends
    assert sorted(printed(out) for out, _ in ends) == [[], ["two"]]
    assert metrics("two") == close(metrics("one"))


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds the processes in /proc")
def test_a_killed_process_ends_the_others_and_leaves_a_checkpoint(spec):
    spec()
    with training("shared.yaml", "--run", "run", epochs=5000) as process:
        first, *_, last = sorted(children(process.pid))
        assert first != last
        os.kill(last, signal.SIGKILL)
        _, err = process.communicate(timeout=SECONDS)
    assert process.returncode == 1
    assert "error[E470]: process" in err
    assert "the last good state is in `run/checkpoints/step-" in err
    assert "archc train --resume run" in err


GUIDE = (ROOT / "docs/guide.md").read_text()
SCRIPTS = [script for script in re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL) if "torchrun" in script]
STAND_INS = {
    "torchrun": f'exec {sys.executable} -c "import sys; print(sys.argv[1:])" "$@"',
    "srun": 'shift; exec "$@"',
    "scontrol": 'if [ "$1" = show ]; then echo node7; echo node8; else echo "$@" >> asked; fi',
}


def scripted(script):
    """What torchrun is called with by a script of the guide, with stand-ins for what a cluster has."""
    Path("bin").mkdir(exist_ok=True)
    for name, body in STAND_INS.items():
        Path("bin", name).write_text(f"#!/bin/sh\n{body}\n")
        Path("bin", name).chmod(0o755)
    cluster = {"SLURM_JOB_NODELIST": "node[7-8]", "SLURM_NNODES": "2", "SLURM_JOB_ID": "4711"}
    settings = {**os.environ, **cluster, "PATH": f"{Path('bin').absolute()}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-eu", "-c", script], env=settings, capture_output=True, text=True, check=True)
    return [get_args_parser().parse_args(ast.literal_eval(line)) for line in done.stdout.splitlines()]


def said_to_archc(arguments):
    """What `archc train` understands of what torchrun hands on to it."""
    name, *rest = arguments.training_script_args
    assert (arguments.module, arguments.training_script, name) == (True, "archc", "train")
    command = parser("train", "train", "")
    add_arguments(command)
    return command.parse_args(rest)


def test_torchrun_and_archc_understand_the_commands_of_the_guide():
    assert len(SCRIPTS) == 3
    for script in SCRIPTS:
        for arguments in scripted(script):
            assert str(said_to_archc(arguments).spec).endswith(".yaml")


def test_the_script_of_the_guide_for_slurm_resumes_until_the_run_is_finished():
    (first,) = scripted(SCRIPTS[-1])
    assert (first.nnodes, first.rdzv_endpoint, first.rdzv_id) == ("2", "node7:29500", "4711")
    assert said_to_archc(first).run == "runs/big"
    assert Path("asked").read_text() == "requeue 4711\n"
    Path("runs/big").mkdir(parents=True)
    Path("runs/big/spec.yaml").touch()
    (second,) = scripted(SCRIPTS[-1])
    assert said_to_archc(second).resume == "runs/big"
    Path("runs/big/result.json").touch()
    scripted(SCRIPTS[-1])
    assert Path("asked").read_text() == "requeue 4711\n" * 2


def place(rank, size):
    return Group(Launch(rank, size, rank, size))


@pytest.mark.parametrize("size", [1, 2, 3, 7])
@pytest.mark.parametrize("samples", [1, 2, 16, 17])
def test_each_sample_of_a_batch_is_in_one_share(size, samples):
    rows = torch.arange(samples)
    shares = [place(rank, size).share(rows, rows, 4) for rank in range(size)]
    counted = [share.rows for share in shares if share.counts]
    assert torch.cat(counted).tolist() == rows.tolist()
    assert max(map(len, counted)) - min(map(len, counted)) <= 1
    assert all(len(share.rows) >= share.parts for share in shares), "no part is empty"
    assert len({share.parts for share in shares}) == 1, "all processes meet as often"


def test_dropout_differs_between_processes_and_steps_and_can_be_repeated():
    def draw(rank, step):
        place(rank, 2).seed(5, step, torch.device("cpu"))
        return torch.rand(1).item()

    assert len({draw(rank, step) for rank in (0, 1) for step in (0, 1)}) == 4
    assert draw(1, 1) == draw(1, 1)


def test_a_device_for_one_process_is_refused():
    with pytest.raises(Exception, match="`cuda:1` is one device, and this machine runs 2 processes"):
        place(0, 2).device("cuda:1")


def test_batch_norms_on_a_cpu_are_warned_of(spec):
    network = spec(text=small({"layers.3": "BatchNorm1d"}, SPEC)).network
    (warning,) = scale.warnings(network, network.train, torch.device("cpu"), 2)
    assert warning.message().startswith("a batch norm sees each process's share of a batch, 8 samples")
    assert scale.warnings(network, network.train, torch.device("cpu"), 1) == ()
    assert scale.warnings(network, network.train, torch.device("cuda"), 2) == ()


def test_a_batch_norm_that_would_get_one_sample_is_refused(spec):
    network = spec(text=small({"layers.3": "BatchNorm1d"}, SPEC)).network
    scale.check(network, network.train, 170, torch.device("cpu"), 8)
    with pytest.raises(Exception, match="a batch of 17 leaves one sample to some of 16 processes"):
        scale.check(network, network.train, 170, torch.device("cpu"), 16)


@pytest.mark.parametrize("override", ["ema=0.9", "precision=float16", "optimizer=Rprop"])
def test_what_sharded_weights_cannot_do_is_said_before_training(spec, override):
    report = spec("train.strategy=fsdp", f"train.{override}").report
    assert [diagnostic.slug for diagnostic in report.errors] == ["contradiction"]


def test_one_process_is_not_part_of_a_launch(monkeypatch):
    for name in ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"):
        monkeypatch.delenv(name, raising=False)
    assert launch.found() is None
    monkeypatch.setenv("RANK", "0")
    assert launch.found() is None, "half a launch is none"


def test_one_process_loads_none_of_the_distributed_part():
    code = "import sys, archc.runs.run; print(sorted(name for name in sys.modules if 'archc.distributed.' in name))"
    found = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "['archc.distributed.joining', 'archc.distributed.ranks', 'archc.distributed.scale']"


def test_a_sharded_training_in_one_process_is_a_plain_one(spec):
    start(spec(), directory="one")
    start(spec("train.strategy=fsdp"), directory="two")
    assert result("two")["weights_sha256"] == result("one")["weights_sha256"]
    with pytest.raises(RunError) as error:
        start(spec("train.device=cuda:7"), directory="three")
    assert faults(error) == ["no-such-device"]
