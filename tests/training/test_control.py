"""Schedules, early stopping, clipping, averages and precision: what they do, and that a resumed run repeats it."""

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.optim import lr_scheduler

from archc import loads
from archc.backends import torch_modules
from archc.errors import Interrupted, RunError
from archc.machine import randomness
from archc.machine.precision import is_emulated
from archc.recipe.control import EarlyStopping, WeightDecay
from archc.recipe.figures import FIGURES
from archc.recipe.losses import LOSSES
from archc.recipe.optimizers import OPTIMIZERS
from archc.runs.preparation import Needs, prepare
from archc.runs.run import fast_dev_run, resume, start
from archc.training import optimizer
from archc.training.assembly import assemble
from archc.training.average import Average
from archc.training.engine import Engine
from archc.training.objective import Objective, balanced
from archc.training.progress import EpochEnded, Evaluated
from archc.training.tasks.classification import Classification, encode
from archc.training.watch import Watch
from tests.support.trainings import Recorder, faults, interrupt_at, layers, message, small

CPU = torch.device("cpu")
PLAIN = {"train.optimizer": "{SGD: {lr: 0.1}}", "layers": layers(without=("Dropout", "BatchNorm1d"))}


def having(*texts, **changes):
    """Changes that add lines to the train section."""
    lines = [line.strip().split(": ", 1) for text in texts for line in text.split("\n")]
    return {**{f"train.{key}": value for key, value in lines}, **changes}


def metrics(directory):
    lines = [json.loads(line) for line in Path(directory, "metrics.jsonl").read_text().splitlines()]
    return [{key: value for key, value in line.items() if key != "seconds"} for line in lines]


def result(run):
    return {key: value for key, value in run.result.items() if key not in ("seconds", "samples_per_second")}


def engine_of(front):
    job = prepare(front.network, Path.cwd(), Needs(device="cpu"))
    return Engine(assemble(job.network, job.train, job.splits, job.device))


FEATURES = {
    "StepLR": "scheduler: {StepLR: {step_size: 1, gamma: 0.5}}",
    "StepLR by step": "scheduler: {StepLR: {step_size: 3, every: step}}",
    "MultiStepLR": "scheduler: {MultiStepLR: {milestones: [3, 9], every: step}}",
    "ConstantLR": "scheduler: {ConstantLR: {total_iters: 2}}",
    "LinearLR": "scheduler: {LinearLR: {total_iters: 15, every: step}}",
    "ExponentialLR": "scheduler: {ExponentialLR: 0.9}",
    "PolynomialLR": "scheduler: {PolynomialLR: {total_iters: 20, power: 2, every: step}}",
    "CosineAnnealingLR": "scheduler: {CosineAnnealingLR: {every: step}}",
    "CosineAnnealingWarmRestarts": "scheduler: {CosineAnnealingWarmRestarts: {T_0: 2, T_mult: 2, every: step}}",
    "CyclicLR": "scheduler: {CyclicLR: {base_lr: 1e-4, max_lr: 0.01, step_size_up: 5, mode: triangular2}}",
    "OneCycleLR": "scheduler: {OneCycleLR: 0.01}",
    "ReduceLROnPlateau": "scheduler: {ReduceLROnPlateau: {patience: 0, threshold: 10, monitor: val_accuracy}}",
    "SequentialLR": "scheduler: {SequentialLR: {schedulers: [LinearLR, CosineAnnealingLR], milestones: [5],"
    " every: step}}",
    "ChainedScheduler": "scheduler: {ChainedScheduler: {schedulers: [LinearLR, {ExponentialLR: 0.9}], every: step}}",
    "warm-up": "warmup: 13 steps",
    "warm-up and a scheduler": "warmup: 1 epoch\n  scheduler: {ExponentialLR: {gamma: 0.9, every: step}}",
    "early stopping": "early_stopping: {patience: 1, monitor: val_accuracy, min_delta: 0.5}",
    "evaluation by steps": "early_stopping: {patience: 9}\n  evaluate: {every: 2 steps}\n  metrics: [f1]",
    "evaluation of test samples": "evaluate: {every: 3 steps, on: [test, validation]}\n  metrics: [f1]",
    "balanced samples": "sampler: balanced",
    "penalty": "penalty: {l1: 1e-3, l2: 1e-3}\n  gradient_clip: 0.5",
    "log": "log: {every: 4 steps}",
    "clip by norm": "gradient_clip: 0.1",
    "clip by value": "gradient_clip: {value: 0.01}",
    "accumulation": "accumulate: 3",
    "average": "ema: 0.9",
    "bfloat16": "precision: bfloat16",
    "float16": "precision: float16\n  gradient_clip: 1.0",
    "decay": "decay: {exclude: [bias, norm]}",
    "deterministic": "deterministic: true",
    "overfitting": "overfit_batches: 6",
}
EVERYTHING = "\n  ".join(
    [
        "warmup: 3 steps",
        FEATURES["CosineAnnealingLR"],
        "early_stopping: {patience: 9, monitor: val_f1}",
        "metrics: [f1]",
        "gradient_clip: 1",
        "accumulate: 2",
        "ema: 0.95",
        "precision: bfloat16",
        "decay: {exclude: [bias]}",
    ]
)


@pytest.mark.parametrize("step", [5, 9])
@pytest.mark.parametrize("feature", [*FEATURES, "everything"])
def test_a_resumed_run_ends_as_an_uninterrupted_one(spec, every_step, feature, step):
    changes = {"train.epochs": 2, "train.optimizer": "{AdamW: {lr: 1e-2}}"}
    front = spec(having(FEATURES.get(feature, EVERYTHING), **changes))
    whole = start(front, directory="whole")
    with pytest.raises(Interrupted):
        start(front, directory="stopped", observer=Recorder(interrupt_at(step)))
    assert result(resume("stopped")) == result(whole)
    assert metrics("stopped") == metrics("whole")


@settings(max_examples=6)
@given(step=st.integers(1, 15), features=st.sets(st.sampled_from(sorted(FEATURES)), min_size=2, max_size=4))
def test_any_features_are_resumed_from_any_step(tmp_path_factory, spec, step, features):
    """Features that write the same key take turns: the last one counts."""
    lines = {}
    for feature in sorted(features):
        lines |= dict(line.strip().split(": ", 1) for line in FEATURES[feature].split("\n"))
    written = [f"{key}: {value}" for key, value in lines.items() if key != "overfit_batches"]
    augment = {"train.data.augment": "[RandomHorizontalFlip, RandomErasing]"}
    front = spec(having(*written, **augment, **{"train.epochs": 2}))
    folder = tmp_path_factory.mktemp("runs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("archc.training.engine.PROGRESS_SECONDS", 0.0)
        whole = start(front, directory=str(folder / "whole"))
        stopped = folder / "stopped"
        try:
            start(front, directory=str(stopped), observer=Recorder(interrupt_at(step)))
        except Interrupted:
            resume(stopped)
        again = json.loads((stopped / "result.json").read_text())
    assert again["weights_sha256"] == whole.result["weights_sha256"]


@pytest.mark.parametrize("name", ["ASGD", "Adafactor", "Adamax", "NAdam", "RAdam", "Rprop"])
def test_the_state_of_the_other_optimizers_is_resumed(spec, every_step, name):
    front = spec({"train.optimizer": name, "train.epochs": 2})
    whole = start(front, directory="whole")
    with pytest.raises(Interrupted):
        start(front, directory="stopped", observer=Recorder(interrupt_at(9)))
    assert result(resume("stopped")) == result(whole)


@pytest.mark.parametrize("feature", ["warm-up", "OneCycleLR", "clip by norm", "average", "decay", "overfitting"])
def test_each_changes_the_weights(spec, feature):
    optimizer = {"train.optimizer": "{AdamW: {lr: 1e-2}}", "train.epochs": 1}
    plain = start(spec(optimizer), directory="plain")
    other = start(spec(having(FEATURES[feature], **optimizer)), directory="other")
    assert plain.result["weights_sha256"] != other.result["weights_sha256"]


@pytest.mark.parametrize("feature", ["accumulation", "deterministic", "evaluation by steps"])
def test_these_do_not_change_what_is_learned(spec, feature):
    """Parts of a batch give its gradient, up to rounding."""
    weights = []
    for lines in ([], [FEATURES[feature]]):
        with randomness.separate(CPU):
            engine = engine_of(spec(having(*lines, **PLAIN)))
            list(engine.events())
            weights.append(engine.weights())
    for name, value in weights[0].items():
        torch.testing.assert_close(weights[1][name], value, rtol=1e-4, atol=1e-5)


SCHEDULES = {
    "{StepLR: {step_size: 2}}": (1, lambda o: lr_scheduler.StepLR(o, 2)),
    "CosineAnnealingLR": (1, lambda o: lr_scheduler.CosineAnnealingLR(o, 3)),
    "{CosineAnnealingLR: {every: step}}": (8, lambda o: lr_scheduler.CosineAnnealingLR(o, 24)),
    "{OneCycleLR: 0.5}": (8, lambda o: lr_scheduler.OneCycleLR(o, 0.5, 24)),
    "{SequentialLR: {schedulers: [LinearLR, CosineAnnealingLR], milestones: [4], every: step}}": (
        8,
        lambda o: lr_scheduler.SequentialLR(o, [lr_scheduler.LinearLR(o), lr_scheduler.CosineAnnealingLR(o, 20)], [4]),
    ),
}


@pytest.mark.parametrize("written", SCHEDULES)
def test_the_learning_rate_of_an_epoch_is_torchs(spec, written):
    times, make = SCHEDULES[written]
    run = start(spec(having(f"scheduler: {written}", **PLAIN)), directory="run")
    sgd = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.1)
    scheduler, expected = make(sgd), []
    for _ in range(3):
        for _step in range(times):
            rate = sgd.param_groups[0]["lr"]
            sgd.step()
            scheduler.step()
        expected.append(rate)
    assert [line["lr"] for line in metrics(run.directory)] == expected


def test_a_warm_up_rises_in_a_straight_line_to_what_the_scheduler_says(spec):
    with randomness.separate(CPU):
        engine = engine_of(spec(having("warmup: 10 steps", **PLAIN)))
        rates = []
        parts = engine.parts
        engine.parts = replace(
            parts, step=lambda batch, share=None: (rates.append(parts.schedule.lr), parts.step(batch))[1]
        )
        list(engine.events())
    assert rates[:10] == pytest.approx([0.1 * (step + 1) / 10 for step in range(10)])
    assert set(rates[10:]) == {0.1}


def test_a_plateau_lowers_the_learning_rate(spec):
    line = "scheduler: {ReduceLROnPlateau: {patience: 0, threshold: 100, threshold_mode: abs, factor: 0.5}}"
    run = start(spec(having(line, **PLAIN)), directory="run")
    assert [entry["lr"] for entry in metrics(run.directory)] == [0.1, 0.1, 0.05]


def stopped(spec, rule, **length):
    watcher = Recorder()
    front = spec(having(f"early_stopping: {rule}", **(length or {"train.epochs": 9})))
    run = start(front, directory="run", observer=watcher)
    return run, watcher


def test_early_stopping_stops_and_goes_back_to_the_best_weights(spec):
    run, watcher = stopped(spec, "{patience: 2, min_delta: 100}")
    losses = [event.figures["val_loss"] for event in watcher.events if isinstance(event, Evaluated)]
    assert run.result["stopped_early"]
    assert run.result["epochs"] == 3
    assert run.result["best"]["val_loss"] == min(losses)
    assert Path("run/last.safetensors").read_bytes() == Path("run/best.safetensors").read_bytes()


def test_early_stopping_can_keep_the_newest_weights(spec):
    rule = "{patience: 1, monitor: val_accuracy, mode: min, restore_best: false}"
    run, _ = stopped(spec, rule)
    assert run.result["stopped_early"]
    assert run.result["best"]["epoch"] == 1
    assert Path("run/last.safetensors").read_bytes() != Path("run/best.safetensors").read_bytes()


def test_a_run_that_becomes_better_to_the_end_is_not_stopped(spec):
    run, _ = stopped(spec, "{monitor: train_loss, patience: 1}", **{"train.epochs": 3})
    assert not run.result["stopped_early"]
    assert run.result["epochs"] == 3


def test_a_stop_in_the_middle_of_an_epoch_ends_it(spec):
    front = spec(having("early_stopping: {patience: 1, min_delta: 100}", "evaluate: {every: 3 steps}"))
    watcher = Recorder()
    run = start(front, directory="run", observer=watcher)
    assert (run.result["steps"], run.result["stopped_early"]) == (6, True)
    assert [event.step for event in watcher.events if isinstance(event, EpochEnded)] == [6]


@pytest.mark.parametrize(
    ("mode", "values", "stops"),
    [
        ("min", [3, 2, 1.5, 1.4], [False] * 4),
        ("min", [1, 2, 3], [False, False, True]),
        ("max", [1, 2, 1, 1], [False, False, False, True]),
        ("min", [1, 0.95, 0.91], [False, False, True]),
        ("min", [math.nan, math.nan], [False, True]),
    ],
)
def test_patience_counts_what_does_not_become_better(mode, values, stops):
    watch = Watch(EarlyStopping(monitor="val_loss", mode=mode, patience=2, min_delta=0.1))
    seen = []
    for value in values:
        watch.take_note({"val_loss": value})
        seen.append(watch.stop)
    assert seen == stops


def test_gradients_are_clipped_as_torch_clips_them(spec):
    for line, clip in (("0.1", nn.utils.clip_grad_norm_), ("{value: 0.1}", nn.utils.clip_grad_value_)):
        with randomness.separate(CPU):
            engine = engine_of(spec(having(f"gradient_clip: {line}", **PLAIN)))
        for parameter in engine.parts.model.parameters():
            parameter.grad = torch.full_like(parameter, 0.5)
        engine.parts.step.clip()
        ours = [parameter.grad.clone() for parameter in engine.parts.model.parameters()]
        for parameter in engine.parts.model.parameters():
            parameter.grad = torch.full_like(parameter, 0.5)
        clip(engine.parts.model.parameters(), 0.1)
        assert all(torch.equal(a, b.grad) for a, b in zip(ours, engine.parts.model.parameters(), strict=True))


def test_biases_and_norms_are_left_out_of_weight_decay(spec):
    change = {"train.optimizer": "{AdamW: {lr: 1e-2, weight_decay: 0.1}}"}
    with randomness.separate(CPU):
        engine = engine_of(spec(having("decay: {exclude: [bias, norm]}", **change)))
    kept, free = engine.parts.optimizer.param_groups
    assert [tuple(p.shape) for p in kept["params"]] == [(16, 784), (10, 16)]
    assert [tuple(p.shape) for p in free["params"]] == [(16,), (16,), (16,), (10,)]
    assert (kept["weight_decay"], free["weight_decay"]) == (0.1, 0.0)


def test_decay_leaves_out_what_it_names_alone():
    model = nn.Sequential(nn.Embedding(3, 4), nn.LayerNorm(4), nn.LSTM(4, 2))
    whole = optimizer.groups(model, None)
    assert [len(group["params"]) for group in whole] == [7]


EXEMPT = {
    ("bias",): 5,
    ("norm",): 4,
    ("embedding",): 2,
    ("activation",): 1,
    ("bias", "norm", "embedding", "activation"): 10,
}


@pytest.mark.parametrize("kinds", EXEMPT)
def test_each_kind_of_parameters_can_be_left_out_of_weight_decay_inside_of_layers_too(kinds):
    model = nn.ModuleList(
        [
            nn.Linear(2, 2),
            nn.PReLU(),
            nn.Embedding(3, 2),
            torch_modules.ClassToken(2),
            nn.BatchNorm1d(2),
            nn.LayerNorm(2),
        ]
    )
    model.append(nn.ModuleDict({"attention": nn.MultiheadAttention(2, 1)}))
    free = optimizer.groups(model, WeightDecay(exclude=kinds))[1]["params"]
    assert len(free) == EXEMPT[kinds]


def test_the_average_is_torchs():
    model = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    average = Average(model, 0.9)
    torchs = torch.optim.swa_utils.AveragedModel(
        model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.9), use_buffers=False
    )
    for step in range(1, 4):
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.add_(step)
        model[1].running_mean.add_(1)
        average.add(step)
        torchs.update_parameters(model)
    ours, theirs = average.model().state_dict(), torchs.module.state_dict()
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_lower_precisions_learn(spec, precision):
    run = start(spec(having(f"precision: {precision}", **{"train.epochs": 6})), directory="run")
    assert run.result["test"]["accuracy"] > 0.8
    assert all(value.dtype != torch.float16 for value in run.model().state_dict().values())


@pytest.mark.parametrize("supported", [True, False])
def test_a_precision_that_the_processor_lacks_is_said_and_trained_in(spec, monkeypatch, supported):
    monkeypatch.setattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", lambda: supported)
    recorder = Recorder()
    start(spec(having("precision: bfloat16", **{"train.epochs": 1})), directory="run", observer=recorder)
    assert [fault.slug for fault in recorder.warnings] == ["precision-emulated"] * (not supported)
    assert not is_emulated("float32", CPU)


def test_a_torch_without_onednn_cannot_tell(monkeypatch):
    monkeypatch.setattr(torch.ops, "mkldnn", object())
    assert not is_emulated("bfloat16", CPU)


def test_an_operation_without_a_deterministic_form_is_a_fault(spec, monkeypatch):
    def fail(self, batch):
        raise RuntimeError("upsample_backward does not have a deterministic implementation, but you set ...")

    monkeypatch.setattr(Engine, "train_on", fail)
    with pytest.raises(RunError) as error:
        start(spec(having("deterministic: true")), directory="run")
    assert faults(error) == ["not-deterministic"]
    assert "upsample_backward" in message(error)


def test_deterministic_is_for_the_run_alone(spec):
    start(spec(having("deterministic: true", **{"train.epochs": 1})), directory="run")
    assert not torch.are_deterministic_algorithms_enabled()


def test_overfitting_sees_the_first_batches_alone(spec):
    front = spec(having("overfit_batches: 2"))
    job = prepare(front.network, Path.cwd(), Needs(device="cpu"))
    assert len(job.splits.train) == 32
    assert len(job.splits.validation) == 30


def test_balanced_weights_give_every_class_the_same_say():
    labels = torch.tensor([0, 0, 0, 1, 2, 2])
    weights = balanced(labels, 4)
    torch.testing.assert_close(weights, torch.tensor([6 / 9, 6 / 3, 6 / 6, 1.0]))
    shares = [weights[label] * (labels == label).sum() for label in range(3)]
    torch.testing.assert_close(torch.stack(shares), torch.full((3,), 2.0))


@pytest.mark.parametrize("name", ["CrossEntropyLoss", "MultiMarginLoss"])
def test_balanced_weights_are_those_of_torchs_loss_with_them(spec, name):
    front = spec({"train.loss": f"{{{name}: {{weight: balanced}}}}"})
    job = prepare(front.network, Path.cwd(), Needs(device="cpu"))
    labels = job.splits.train.targets
    measure = assemble(job.network, job.train, job.splits, CPU).measure
    outputs = torch.randn(len(labels), 10)
    weight = len(labels) / (10 * torch.bincount(labels, minlength=10))
    by_hand = getattr(nn, name)(weight=weight)(outputs, labels)
    torch.testing.assert_close(measure.objective(outputs, labels), by_hand)
    parts = [measure.objective.total(outputs[rows], labels[rows]) for rows in torch.arange(120).split(50)]
    torch.testing.assert_close(sum(parts) / measure.objective.count(labels), by_hand)


def test_balanced_weights_are_those_of_the_training_samples(spec):
    front = spec({"train.loss": "{CrossEntropyLoss: {weight: balanced}}"})
    with randomness.separate(CPU):
        engine = engine_of(front)
    expected = balanced(engine.parts.splits.train.targets, 10)
    assert torch.equal(engine.parts.measure.objective.weight, expected)


OF_CLASSES = [name for name, loss in LOSSES.items() if "classes" in loss.takes and loss.compares == "targets"]


@pytest.mark.filterwarnings("ignore:reduction. .mean. divides")  # of KLDivLoss
@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("name", OF_CLASSES)
def test_the_mean_of_every_loss_over_parts_is_torchs(name, reduction):
    generator = torch.Generator().manual_seed(0)
    outputs = torch.rand(11, 3, generator=generator).log_softmax(1)
    outputs = outputs.exp() if name == "BCELoss" else outputs
    labels = torch.randint(0, 3, (11,), generator=generator)
    objective = Objective(LOSSES[name](reduction=reduction), CPU, encode, outputs=3)
    cuts = (slice(0, 4), slice(4, 11))
    total = sum(objective.total(outputs[rows], labels[rows]) for rows in cuts)
    torch.testing.assert_close(total / objective.count(labels), objective(outputs, labels))


@pytest.mark.parametrize("name", [*OF_CLASSES, "TripletMarginLoss"])
def test_every_loss_learns(spec, name):
    last = {"BCELoss": ["Sigmoid"], "KLDivLoss": [{"LogSoftmax": 1}], "NLLLoss": [{"LogSoftmax": 1}]}
    loss = "{KLDivLoss: {reduction: batchmean}}" if name == "KLDivLoss" else name
    front = spec({"train.loss": loss, "layers": layers(last=last.get(name, ())), "train.epochs": 6})
    assert start(front, directory="run").result["test"]["accuracy"] > 0.7


def test_metrics_are_their_definitions():
    labels = torch.tensor([0, 0, 0, 1, 1, 2])
    outputs = torch.nn.functional.one_hot(torch.tensor([0, 0, 1, 1, 2, 2]), 6) + torch.eye(6)[labels] / 2
    names = ", ".join(name for name, figure in FIGURES.items() if "classes" in figure.of and not figure.needs)
    train = loads(small({"train.metrics": f"[{names}]"})).train
    task = Classification(train, train.data.kind.facts(Path()), (6,))
    counts = task.counts(in_full=False)
    for part in (slice(0, 4), slice(4, 6)):
        counts.add(outputs[part], labels[part])
    found = task.figures(counts.sums(), 6)
    precision, recall = (2 / 2 + 1 / 2 + 1 / 2) / 3, (2 / 3 + 1 / 2 + 1 / 1) / 3
    f1 = (2 * 2 / 5 + 2 * 1 / 4 + 2 * 1 / 3) / 3
    chance = (3 * 2 + 2 * 2 + 1 * 2) / 36
    matthews = (4 * 6 - 12) / math.sqrt((36 - 12) * (36 - 14))
    assert found == pytest.approx(
        {
            "accuracy": 4 / 6,
            "balanced_accuracy": recall,
            "cohen_kappa": (4 / 6 - chance) / (1 - chance),
            "error_rate": 2 / 6,
            "f1": f1,
            "matthews_corrcoef": matthews,
            "precision": precision,
            "recall": recall,
            "top3_accuracy": 1.0,
            "top5_accuracy": 1.0,
        }
    )


def test_samples_that_the_loss_ignores_are_in_no_figure():
    """The figures are those of the other samples alone."""
    generator = torch.Generator().manual_seed(0)
    outputs, labels = torch.randn(40, 6, generator=generator), torch.randint(0, 6, (40,), generator=generator)
    names = ", ".join(name for name, figure in FIGURES.items() if "classes" in figure.of and not figure.needs)

    def figures(loss, rows):
        train = loads(small({"train.metrics": f"[{names}]", "train.loss": loss})).train
        task = Classification(train, train.data.kind.facts(Path()), (6,))
        counts = task.counts(in_full=True)
        counts.add(outputs[rows], labels[rows])
        sums = counts.sums()
        steps = task.step_sums(outputs[rows], labels[rows]).tolist()
        return (
            task.figures(sums, len(rows)),
            task.running(steps, len(rows)),
            task.report(sums)["per_class"]["2"]["recall"],
        )

    others = [row for row in range(40) if labels[row] != 2]
    found = figures("{CrossEntropyLoss: {ignore_index: 2}}", [*range(40)])
    assert found == figures("CrossEntropyLoss", others)
    assert found != figures("CrossEntropyLoss", [*range(40)])


def test_a_batch_of_ignored_samples_alone_has_an_accuracy_of_0():
    train = loads(small({"train.loss": "{CrossEntropyLoss: {ignore_index: 2}}"})).train
    task = Classification(train, train.data.kind.facts(Path()), (6,))
    counts = task.counts(in_full=False)
    counts.add(torch.randn(3, 6), torch.tensor([2, 2, 2]))
    assert task.figures(counts.sums(), 3)["accuracy"] == 0
    assert task.running(task.step_sums(torch.randn(3, 6), torch.tensor([2, 2, 2])).tolist(), 3)["accuracy"] == 0


def test_metrics_stand_in_metrics_jsonl_and_in_the_result(spec):
    run = start(spec(having("metrics: [accuracy, f1, top3_accuracy]", "evaluate: {every: 4 steps}")), directory="run")
    assert {"val_f1", "val_top3_accuracy"} <= set(run.result["best"])
    assert run.result["test"]["top3_accuracy"] >= run.result["test"]["accuracy"]
    lines = metrics(run.directory)
    assert all({"val_f1", "val_top3_accuracy"} <= set(line) for line in lines)
    assert {line["event"] for line in lines} == {"epoch", "evaluation"}


def test_every_optimizer_of_the_table_has_its_kernels():
    made = [optimizer.make(OPTIMIZERS[name](), [nn.Parameter(torch.ones(2, 2))], CPU) for name in OPTIMIZERS]
    assert [type(item).__name__ for item in made] == list(OPTIMIZERS)


def scalars(directory):
    """What TensorBoard shows of a run, read by its own reader: name to (step, value)."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    reader = EventAccumulator(str(Path(directory, "tensorboard")))
    reader.Reload()
    return {name: [(event.step, event.value) for event in reader.Scalars(name)] for name in reader.Tags()["scalars"]}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_tensorboard_shows_the_figures_of_metrics_jsonl(spec):
    run = start(spec(having("log: [tensorboard]", "metrics: [f1]")), directory="run")
    found = scalars("run")
    for name in ("train_loss", "train_accuracy", "val_loss", "val_accuracy", "val_f1", "lr"):
        expected = [(line["step"], pytest.approx(line[name])) for line in metrics("run")]
        assert found[name] == expected
    assert found["test_loss"] == [(24, pytest.approx(run.result["test"]["loss"]))]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_tensorboard_shows_a_resumed_run_once(spec, every_step):
    front = spec(having("log: [tensorboard]", "evaluate: {every: 2 steps}"))
    with pytest.raises(Interrupted):
        start(front, directory="run", observer=Recorder(interrupt_at(11)))
    resume("run")
    assert [step for step, _ in scalars("run")["val_loss"]] == list(range(2, 25, 2))


def test_tensorboard_that_is_not_installed_is_a_fault(spec, monkeypatch):
    monkeypatch.setattr("archc.runs.tensorboard.find_spec", lambda name: None)
    with pytest.raises(RunError) as error:
        start(spec(having("log: [tensorboard]")), directory="run")
    assert faults(error) == ["missing-extra"]
    assert "archc-nn[tensorboard]" in message(error)
    assert not Path("run").exists()


@pytest.mark.parametrize("batches", [1, 2])
def test_a_fast_dev_run_goes_through_everything_and_leaves_nothing(spec, batches):
    watcher = Recorder()
    front = spec(having("early_stopping: {patience: 1}", "scheduler: {OneCycleLR: 0.1}", "log: [tensorboard]"))
    found = fast_dev_run(front, batches, observer=watcher)
    assert (found["steps"], found["epochs"], found["test"]["samples"]) == (batches, 1, min(16 * batches, 40))
    assert [type(event) for event in watcher.events[1:-1]] == [Evaluated, EpochEnded]
    assert {path.name for path in Path.cwd().iterdir()} == {"data", "small.yaml"}
