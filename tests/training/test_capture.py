"""A step that is recorded once: the same bits as plain steps, or plain steps."""

from pathlib import Path

import pytest
import torch

from archc.diagnostics.catalog.training import NoCudaGraph
from archc.distributed.group import Group
from archc.machine import randomness
from archc.machine.launch import Launch
from archc.runs.preparation import Needs, prepare
from archc.training.assembly import assemble
from archc.training.capture import WARM_UP, Rates, why_not
from archc.training.engine import Engine
from tests.support.recording import CPU, Lying, Refusing, Replaying

RECIPES = {
    "Adam": {},
    "AdamW, a rate for each step": {
        "train.optimizer": "{AdamW: {lr: 1e-2}}",
        "train.scheduler": "{CosineAnnealingLR: {every: step}}",
    },
    "SGD with momentum, a warm-up": {
        "train.optimizer": "{SGD: {lr: 0.1, momentum: 0.9}}",
        "train.warmup": "4 steps",
    },
    "clipped, in parts": {"train.gradient_clip": 0.1, "train.accumulate": 2},
    "bfloat16, averaged": {"train.precision": "bfloat16", "train.ema": 0.5},
    "classes with weights, smoothed labels": {
        "train.loss": "{CrossEntropyLoss: {weight: [1, 2, 1, 1, 1, 1, 1, 1, 1, 3], label_smoothing: 0.1}}",
        "train.gradient_clip": "{value: 0.01}",
    },
    "classes that are left out, in parts": {
        "train.loss": "{CrossEntropyLoss: {ignore_index: 3}}",
        "train.accumulate": 4,
        "train.metrics": "[f1, top3_accuracy]",
    },
    "samples that are changed, normalised": {
        "train.data.augment": "[{RandomHorizontalFlip: 0.5}, {RandomErasing: 0.5}]",
        "train.data.transform": "[{Normalize: {mean: [0.5], std: [0.5]}}]",
        "train.optimizer": "{SGD: {lr: 0.1, momentum: 0.9, nesterov: true, weight_decay: 1e-3}}",
    },
    "a penalty, clipped": {"train.penalty": "{l1: 1e-3, l2: 1e-3}", "train.gradient_clip": 0.1},
    "groups without decay": {"train.decay": "{exclude: [bias, norm]}", "train.optimizer": "{AdamW: {lr: 1e-2}}"},
}


def engine_of(front, recorder):
    job = prepare(front.network, Path.cwd(), Needs(device="cpu"))
    parts = assemble(job.network, job.train, job.splits, job.device, recorder=recorder)
    recorder.follow(parts)
    return Engine(parts)


def weights_after(front, recorder):
    with randomness.separate(CPU):
        engine = engine_of(front, recorder)
        for _ in engine.events():
            pass
    return engine, {name: value.clone() for name, value in engine.weights().items()}


def equal(some, others):
    return some.keys() == others.keys() and all(torch.equal(some[name], others[name]) for name in some)


@pytest.mark.parametrize("changes", RECIPES.values(), ids=RECIPES)
def test_recorded_steps_give_the_bits_of_plain_ones(spec, changes):
    plain, recorder = weights_after(spec(changes), Refusing()), Replaying()
    engine, recorded = weights_after(spec(changes), recorder)
    assert equal(recorded, plain[1])
    assert engine.parts.step.refused is None
    # 120 samples in batches of 16: each epoch ends with a smaller batch, a plain step.
    assert (recorder.ran_beside, recorder.replays) == (WARM_UP, 3 * 7 - WARM_UP)


def test_figures_are_those_of_plain_steps(spec):
    figures = []
    for recorder in (Refusing(), Replaying()):
        with randomness.separate(CPU):
            events = [event for event in engine_of(spec(), recorder).events() if hasattr(event, "lr")]
        figures.append([event.figures for event in events])
    assert figures[0] == figures[1]


@pytest.mark.parametrize("step", [2, 5, 11])
def test_a_resumed_training_ends_with_the_same_bits(spec, step):
    front = spec({"train.checkpoint": "{every: 1 step}", "train.scheduler": "{StepLR: {step_size: 1}}"})
    _, whole = weights_after(front, Replaying())
    with randomness.separate(CPU):
        first = engine_of(front, Replaying())
        for _ in first.events():
            if first.state.step == step:
                break
        kept = first.snapshot()
        copies = kept._replace(
            tensors=kept.tensors._make([{name: value.clone() for name, value in part.items()} for part in kept.tensors])
        )
        second = engine_of(front, Replaying())
        second.restore(copies)
        for _ in second.events():
            pass
    assert equal(second.weights(), whole)


@pytest.mark.parametrize(
    ("recorder", "reason"),
    [(Refusing(), "operation not permitted when stream is capturing"), (Lying(), "other bits than a step")],
    ids=["refused", "another step"],
)
def test_where_nothing_can_be_recorded_all_steps_are_plain(spec, recorder, reason):
    engine, weights = weights_after(spec(), recorder)
    assert reason in engine.parts.step.refused
    assert "\n" not in engine.parts.step.refused
    assert recorder.replays <= 1
    assert all(value.isfinite().all() for value in weights.values())


def test_a_device_without_memory_for_copies_trains_without_a_recording(spec, monkeypatch):
    def full(made):
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr("archc.training.optimizer.tensors", full)
    engine, _ = weights_after(spec(), Replaying())
    assert "no memory" in engine.parts.step.refused


def test_groups_say_that_they_can_be_recorded_while_they_are(spec):
    recorder = Replaying()
    engine, _ = weights_after(spec(), recorder)
    assert recorder.capturable == [True]
    (group,) = engine.parts.optimizer.param_groups
    assert group["capturable"] is False
    assert type(group["lr"]) is float


def test_rates_follow_the_groups():
    weight = torch.nn.Parameter(torch.ones(1))
    made = torch.optim.SGD([weight], lr=0.5)
    rates = Rates(made, CPU)
    made.param_groups[0]["lr"] = 0.25
    with rates.on_device():
        assert made.param_groups[0]["lr"].item() == 0.25
    assert made.param_groups[0]["lr"] == 0.25


REFUSED = {
    "the device is `cpu`": ({}, "cpu", False),
    "processes that train together": ({}, "cuda", True),
    "float16 decides": ({"train.precision": "float16"}, "cuda", False),
    "`RMSprop` would keep": ({"train.optimizer": "RMSprop"}, "cuda", False),
    "`Adam` without its fused kernels would keep": ({"train.optimizer": "{Adam: {fused: false}}"}, "cuda", False),
    "`Adam` without its fused": ({"train.optimizer": "{Adam: {foreach: true}}"}, "cuda", False),
    "`OneCycleLR` changes momentum": ({"train.scheduler": "{OneCycleLR: {max_lr: 0.1}}"}, "cuda", False),
    "`SequentialLR` changes momentum": (
        {
            "train.scheduler": "{SequentialLR: {schedulers: [{OneCycleLR: {max_lr: 0.1, every: epoch}}, "
            "ConstantLR], milestones: [2]}}"
        },
        "cuda",
        False,
    ),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_what_would_be_recorded_wrongly_is_known_before(spec, reason):
    changes, device, launched = REFUSED[reason]
    network = spec(changes).network
    assert reason in why_not(network, network.train, torch.device(device), launched=launched)


@pytest.mark.parametrize("changes", RECIPES.values(), ids=RECIPES)
def test_what_the_tests_above_record_may_be_recorded(spec, changes):
    network = spec(changes).network
    assert why_not(network, network.train, torch.device("cuda")) is None


def test_a_group_of_one_process_records_nothing_and_says_so(spec, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    with pytest.raises(NoCudaGraph, match="or one alone under torchrun, talk in each step"):
        prepare(spec().network, Path.cwd(), Needs(device="cuda", cuda_graph=True), Group(Launch()))


def test_a_cuda_graph_on_another_device_is_an_error_before_anything_is_written(spec, tmp_path):
    from archc.errors import RunError
    from archc.runs.run import start

    with pytest.raises(RunError, match="only CUDA records steps"):
        start(spec(), directory=str(tmp_path / "run"), device="cpu", cuda_graph=True)
    assert not (tmp_path / "run").exists()


def test_a_run_says_once_that_its_steps_are_not_recorded(spec, monkeypatch):
    from archc.runs import attempt, preparation
    from archc.runs.run import start
    from tests.support.trainings import Recorder

    recorders = []

    def assembled(*given, recorder, **options):
        made = assemble(*given, recorder=recorder, **options)
        recorder.follow(made)
        return made

    monkeypatch.setattr(preparation, "why_not", lambda *_, launched: None)
    monkeypatch.setattr(attempt, "CudaRecorder", lambda device: recorders.append(Refusing()) or recorders[-1])
    monkeypatch.setattr(attempt, "assemble", assembled)
    seen = Recorder()
    run = start(spec(), directory="run", device="cpu", observer=seen, cuda_graph=True)
    assert [fault.code for fault in seen.warnings] == ["W655"]
    assert '"steps": "recorded"' in (run.directory / "environment.json").read_text()
