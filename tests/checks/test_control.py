"""What would go wrong with schedules, early stopping, optimizers and augmentation is found without torch."""

import pytest

from archc.recipe.data.mnist import MNIST
from tests.support.reading import findings, front, train

DATA = "{name: MNIST, validation: {first: 5000}}"

CASES = [
    ({"early_stopping": "{monitor: val_loss}"}, []),
    ({"early_stopping": "{monitor: val_f1}", "metrics": "[f1]"}, []),
    ({"early_stopping": "{monitor: val_f1}"}, ["figure-not-measured"]),
    ({"early_stopping": "{monitor: loss}"}, ["figure-not-measured"]),
    ({"early_stopping": "{patience: 2}", "data": "{name: MNIST}"}, ["figure-not-measured"]),
    ({"early_stopping": "{monitor: train_loss}", "data": "{name: MNIST}"}, []),
    ({"scheduler": "ReduceLROnPlateau", "data": "{name: MNIST}"}, ["figure-not-measured"]),
    ({"scheduler": "ReduceLROnPlateau"}, []),
    ({"scheduler": "CosineAnnealingLR"}, []),
    ({"scheduler": "{CosineAnnealingLR: {T_max: 0}}"}, ["wrong-value"]),
    ({"scheduler": "{LambdaLR: {lr_lambda: 1}}"}, ["unknown-choice"]),
    ({"scheduler": "{StepLR: {step_size: 5}}"}, ["schedule-never-changes"]),
    ({"scheduler": "{StepLR: {step_size: 4}}"}, []),
    ({"scheduler": "{StepLR: {step_size: 5, every: step}}"}, []),
    ({"scheduler": "{OneCycleLR: {max_lr: 0.1, total_steps: 4299}}"}, ["schedule-too-short"]),
    ({"scheduler": "{OneCycleLR: {max_lr: 0.1, total_steps: 4300}}"}, []),
    ({"scheduler": "{OneCycleLR: {max_lr: 0.1, epochs: 5}}"}, ["contradiction"]),
    ({"scheduler": "{OneCycleLR: 0.1}", "optimizer": "Rprop"}, ["no-momentum-to-cycle"]),
    ({"scheduler": "{CyclicLR: {base_lr: 0.1, max_lr: 0.01}}"}, ["contradiction"]),
    ({"scheduler": "{SequentialLR: {schedulers: [LinearLR, CosineAnnealingLR], milestones: [2]}}"}, []),
    ({"scheduler": "{SequentialLR: {schedulers: [LinearLR, CosineAnnealingLR], milestones: []}}"}, ["contradiction"]),
    ({"scheduler": "{ChainedScheduler: [LinearLR, ReduceLROnPlateau]}"}, ["contradiction"]),
    ({"scheduler": "{ChainedScheduler: [LinearLR, StepLr]}"}, ["unknown-choice", "missing-argument"]),
    ({"scheduler": "{ChainedScheduler: LinearLR}"}, ["wrong-structure"]),
    ({"scheduler": "{ChainedScheduler: []}"}, ["contradiction"]),
    ({"warmup": "500 steps"}, []),
    ({"warmup": "4300 steps"}, ["warmup-as-long-as-the-run"]),
    ({"warmup": "5 epochs"}, ["warmup-as-long-as-the-run"]),
    ({"warmup": "500"}, ["wrong-value"]),
    ({"optimizer": "Muon"}, ["not-a-matrix"]),
    ({"optimizer": "LBFGS"}, ["unknown-choice"]),
    ({"optimizer": "Adam", "decay": "{exclude: [bias]}"}, ["nothing-decays"]),
    ({"optimizer": "AdamW", "decay": "{exclude: [bias]}"}, []),
    ({"optimizer": "AdamW", "decay": "{exclude: [weights]}"}, ["wrong-value"]),
    ({"gradient_clip": "1.0"}, []),
    ({"gradient_clip": "{value: 0.5}"}, []),
    ({"gradient_clip": "{norm: 0}"}, ["wrong-value"]),
    ({"gradient_clip": "{norm: 1, value: 1}"}, ["wrong-value"]),
    ({"accumulate": "65"}, ["contradiction"]),
    ({"accumulate": "64"}, []),
    ({"ema": "1"}, ["wrong-value"]),
    ({"precision": "float64"}, ["wrong-value"]),
    ({"metrics": "[acc]"}, ["wrong-value"]),
    ({"log": "[wandb]"}, ["wrong-value"]),
    ({"loss": "{CrossEntropyLoss: {weight: balanced}}"}, []),
    ({"loss": "{BCEWithLogitsLoss: {pos_weight: [1]}}"}, ["class-weights-differ"]),
    ({"loss": "BCELoss"}, ["outputs-not-probabilities"]),
    ({"loss": "CTCLoss"}, ["unknown-choice"]),
    ({"data": "{name: MNIST, augment: [{RandomCrop: 24}]}"}, ["augmentation-changes-size"]),
    ({"data": "{name: MNIST, augment: [{RandomCrop: {size: 28, padding: [1, 2]}}, RandomHorizontalFlip]}"}, []),
    ({"data": "{name: MNIST, augment: [{RandomRotation: {degrees: 9, fill: [1, 2, 3]}}]}"}, ["channels-differ"]),
    ({"data": "{name: MNIST, augment: [{RandomErasing: {value: [1]}}]}"}, []),
    ({"data": "{name: MNIST, augment: [{RandomRotation: [10, -10]}]}"}, ["wrong-value"]),
    ({"data": "{name: MNIST, augment: [{ColorJitter: {brightness: 0.2, contrast: [0.5, 1]}}]}"}, []),
    ({"data": "{name: MNIST, augment: [{ColorJitter: {hue: 0.6}}]}"}, ["wrong-value"]),
    ({"data": "{name: MNIST, augment: [{ColorJitter: {contrast: [1, 0.5]}}]}"}, ["wrong-value"]),
    ({"data": "{name: MNIST, augment: [{ColorJitter: {brightness: -1}}]}"}, ["wrong-value"]),
    ({"data": "{name: MNIST, augment: [RandAugment]}"}, ["unknown-choice"]),
    ({"data": "{name: MNIST, augment: RandomHorizontalFlip}"}, ["wrong-structure"]),
]


@pytest.mark.parametrize(("changes", "expected"), CASES, ids=str)
def test_what_cannot_work_is_said_once(changes, expected):
    text = train(**{"epochs": "5", "data": DATA, **changes})
    assert [found.partition(":")[0] for found in findings(text)] == expected


def test_a_figure_that_could_be_measured_is_offered():
    helps = front(train(data=DATA, early_stopping="{monitor: val_f1}")).report.diagnostics[0].helps
    assert helps == ("add `metrics: [f1]`",)
    helps = front(train(data=DATA, early_stopping="{monitor: val_los}")).report.diagnostics[0].helps
    assert helps == ("did you mean `val_loss`?",)


def test_why_a_class_of_torch_is_no_choice_is_said():
    message = front(train(scheduler="{LambdaLR: {lr_lambda: 1}}")).report.diagnostics[0].message
    assert "a spec holds no code" in message


def test_a_metric_that_looks_at_more_outputs_than_there_are_is_an_error(monkeypatch):
    known = MNIST().known()._replace(classes=("a", "b", "c"))
    monkeypatch.setattr(MNIST, "known", lambda kind: known)
    text = train(metrics="[top3_accuracy, top5_accuracy]").replace("Linear: 10", "Linear: 3")
    assert findings(text) == ["too-few-outputs-for-metric: metrics: [top3_accuracy, top5_accuracy]"]


def test_parts_of_a_batch_are_batches_for_a_batch_norm():
    text = train(batch_size="100", accumulate="33").replace("Flatten,", "Flatten, BatchNorm1d,")
    assert [found.partition(":")[0] for found in findings(text)] == []
    text = train(batch_size="61", accumulate="4").replace("Flatten,", "Flatten, BatchNorm1d,")
    assert [found.partition(":")[0] for found in findings(text)] == []
    text = train(batch_size="100", accumulate="100").replace("Flatten,", "Flatten, BatchNorm1d,")
    assert [found.partition(":")[0] for found in findings(text)] == ["last-batch-of-one"]
