"""What networks learn beside classes and numbers: two classes of one output, labels, positions, distances, and more."""

import json
import re
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn import metrics as sk
from sklearn.neighbors import KNeighborsClassifier
from torch import nn

import archc
from archc.cli import main
from archc.data.splits import Split
from archc.diagnostics.fault import Fault
from archc.distributed import scale
from archc.recipe.figures import FIGURES
from archc.recipe.losses import LOSSES
from archc.runs.predict import predict_array
from archc.training.comparison import anchors
from archc.training.objective import Objective
from archc.training.tasks import task_of
from archc.training.tasks.classification import Classification, encode
from archc.training.tasks.embedding import nearest
from archc.training.tasks.ranking import bin_sums, calibration_error
from tests.support.trainings import faults, message

CPU = torch.device("cpu")
POSITIVE = {"Concat": [[{"Linear": 1}], [{"Linear": 1}, "Softplus"]]}
CONV = {"Conv2d": {"out_channels": 3, "kernel_size": 1}}


def spec(layers, loss, data=None, input_=(4,), **train):
    """A spec as a dict."""
    train = {"data": data or {}, "loss": loss, "optimizer": {"Adam": {"lr": 0.05}}, "epochs": 1, **train}
    return {"archc": 1, "name": "task", "input": list(input_), "layers": list(layers), "train": train}


def memory(**keys):
    """What the spec of a run says of arrays."""
    return {"name": "InMemory", "sample": keys.pop("sample", [4]), **keys}


def task(loss, data, layers, *, figures=(), **train):
    """The task of a spec."""
    network = archc.load(spec(layers, loss, data, data["sample"], metrics=list(figures), **train))
    from archc.analysis.probabilities import reading

    facts = network.train.data.kind.facts(Path())
    return task_of(network.train, facts, network.output, None, reading(network, network.train.loss))


def measured(made, outputs, targets):
    """Its figures of outputs, which come in two batches."""
    counts = made.counts(in_full=True)
    for part in (slice(0, 23), slice(23, None)):
        counts.add(outputs[part], targets[part])
    sums = counts.sums()
    return made.figures(sums, len(targets)), made.report(sums)


@pytest.fixture
def generator():
    return torch.Generator().manual_seed(3)


TWO = memory(classes=["no", "yes"])
LABELS = memory(labels=["a", "b", "c"])
MASKS = memory(sample=[1, 5, 6], classes=["sky", "land", "sea"], target=[5, 6])


# Figures, against scikit-learn


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("layers", [[{"Linear": 1}], [{"Linear": 2}]], ids=["one output", "two outputs"])
def test_figures_of_two_classes_are_scikit_learns(layers, ties, generator):
    names = [name for name, figure in FIGURES.items() if "classes" in figure.of and not figure.top]
    one = layers == [{"Linear": 1}]
    made = task("BCEWithLogitsLoss" if one else "CrossEntropyLoss", TWO, layers, figures=names)
    outputs = torch.randn(80, 1 if one else 2, generator=generator)
    outputs = (2 * outputs).round() if ties else outputs
    labels = (outputs[:, -1] + 2 * torch.randn(80, generator=generator) > 0).long()
    found, report = measured(made, outputs, labels)
    scores = (outputs[:, 0] if one else outputs[:, 1] - outputs[:, 0]).numpy()
    said, true = (scores > 0).astype(int), labels.numpy()
    assert found == pytest.approx(
        {
            "accuracy": sk.accuracy_score(true, said),
            "average_precision": sk.average_precision_score(true, scores),
            "balanced_accuracy": sk.balanced_accuracy_score(true, said),
            "calibration_error": found["calibration_error"],
            "cohen_kappa": sk.cohen_kappa_score(true, said),
            "error_rate": sk.zero_one_loss(true, said),
            "f1": sk.f1_score(true, said, average="macro"),
            "matthews_corrcoef": sk.matthews_corrcoef(true, said),
            "precision": sk.precision_score(true, said, average="macro"),
            "recall": sk.recall_score(true, said, average="macro"),
            "roc_auc": sk.roc_auc_score(true, scores),
        }
    )
    assert report["confusion"] == sk.confusion_matrix(true, said).tolist()
    expected = sk.classification_report(true, said, target_names=["no", "yes"], output_dict=True)
    for name, row in report["per_class"].items():
        wanted = expected[name]
        assert row == pytest.approx(
            {
                "samples": wanted["support"],
                "precision": wanted["precision"],
                "recall": wanted["recall"],
                "f1": wanted["f1-score"],
            }
        )


def test_a_ranking_of_one_class_alone_is_no_number():
    made = task("BCEWithLogitsLoss", TWO, [{"Linear": 1}], figures=["roc_auc", "average_precision"])
    found, _ = measured(made, torch.randn(30, 1), torch.zeros(30, dtype=torch.int64))
    assert np.isnan(found["roc_auc"])
    assert np.isnan(found["average_precision"])


def test_the_calibration_error_is_its_definition(generator):
    confidence = torch.rand(500, generator=generator)
    right = torch.rand(500, generator=generator) < confidence**2
    expected = 0.0
    for low in np.arange(15) / 15:
        inside = (confidence > low) & (confidence <= low + 1 / 15)
        if inside.any():
            expected += abs(confidence[inside].mean() - right[inside].float().mean()).item() * inside.sum().item() / 500
    assert calibration_error(bin_sums(confidence, right)) == pytest.approx(expected, rel=1e-5)
    sure = torch.tensor([1.0, 1.0, 0.0])
    assert calibration_error(bin_sums(sure, sure > 0)) == 0


def test_figures_of_labels_are_scikit_learns(generator):
    names = [name for name, figure in FIGURES.items() if "labels" in figure.of]
    made = task("BCEWithLogitsLoss", memory(labels=list("abcd")), [{"Linear": 4}], figures=names)
    outputs = torch.randn(60, 4, generator=generator)
    outputs[:, 3] = -1
    targets = (outputs + torch.randn(60, 4, generator=generator) > 0).float()
    targets[:, 3] = 0
    found, report = measured(made, outputs, targets)
    said, true = (outputs > 0).int().numpy(), targets.int().numpy()
    macro = {"average": "macro", "zero_division": 0}
    assert found == pytest.approx(
        {
            "label_accuracy": 1 - sk.hamming_loss(true, said),
            "f1": sk.f1_score(true, said, **macro),
            "f1_micro": sk.f1_score(true, said, average="micro"),
            "precision": sk.precision_score(true, said, **macro),
            "recall": sk.recall_score(true, said, **macro),
            "subset_accuracy": sk.accuracy_score(true, said),
        }
    )
    assert [row["samples"] for row in report["per_class"].values()] == true.sum(0).tolist()
    sums = made.step_sums(outputs, targets).tolist()
    assert made.running(sums, 60) == pytest.approx({name: found[name] for name in ("f1_micro", "label_accuracy")})


def test_relative_errors_are_scikit_learns(generator):
    outputs = torch.randn(50, 2, generator=generator)
    targets = torch.randn(50, 2, generator=generator)
    targets[0, 0] = 0
    made = task("MSELoss", memory(target=[2]), [{"Linear": 2}], figures=["mape"])
    found, _ = measured(made, outputs, targets)
    expected = sk.mean_absolute_percentage_error(targets.double(), outputs.double())
    assert found["mape"] == pytest.approx(expected)
    assert found["r2"] == pytest.approx(sk.r2_score(targets, outputs))


@pytest.mark.parametrize("left_out", [None, 255, 1])
def test_figures_of_positions_are_scikit_learns(left_out, generator):
    loss = "CrossEntropyLoss" if left_out is None else {"CrossEntropyLoss": {"ignore_index": left_out}}
    made = task(loss, MASKS, [CONV], figures=["f1", "error_rate", "mean_iou"])
    outputs = torch.randn(30, 3, 5, 6, generator=generator)
    labels = torch.randint(0, 2, (30, 5, 6), generator=generator).to(torch.uint8)
    if left_out is not None:
        labels[torch.rand(30, 5, 6, generator=generator) < 0.2] = left_out
    found, report = measured(made, outputs, labels)
    kept = labels.flatten() != (left_out if left_out is not None else 300)
    said, true = outputs.argmax(1).flatten()[kept].numpy(), labels.flatten()[kept].numpy()
    assert found == pytest.approx(
        {
            "accuracy": sk.accuracy_score(true, said),
            "mean_iou": sk.jaccard_score(true, said, average="macro"),
            "f1": sk.f1_score(true, said, average="macro"),
            "error_rate": sk.zero_one_loss(true, said),
        }
    )
    assert report["confusion"] == sk.confusion_matrix(true, said, labels=[0, 1, 2]).tolist()
    steps = made.step_sums(made.kept(outputs), labels).tolist()
    assert made.running(steps, 30)["accuracy"] == pytest.approx(found["accuracy"])


@pytest.mark.parametrize("norm", [1.0, 2.0])
def test_figures_of_distances_are_those_of_the_nearest_other_sample(norm, generator, monkeypatch):
    monkeypatch.setattr("archc.training.tasks.embedding.MOST_DISTANCES", 150)  # blocks of two rows
    labels = torch.randint(0, 3, (70,), generator=generator)
    vectors = torch.randn(70, 5, generator=generator) + 100 + labels[:, None]
    made = task({"TripletMarginLoss": {"p": norm}}, memory(classes=list("abc")), [{"Linear": 5}], figures=["f1"])
    found, report = measured(made, vectors, labels)
    knn = KNeighborsClassifier(1, metric="minkowski", p=norm, algorithm="brute").fit(vectors.double(), labels)
    _, places = knn.kneighbors(vectors.double(), 2)
    other = np.where(places[:, 0] == np.arange(70), places[:, 1], places[:, 0])
    said = labels.numpy()[other]
    assert found == pytest.approx(
        {"accuracy": sk.accuracy_score(labels, said), "f1": sk.f1_score(labels, said, average="macro")}
    )
    assert report["confusion"] == sk.confusion_matrix(labels, said).tolist()


def test_a_sample_alone_has_no_neighbour():
    made = task("TripletMarginLoss", memory(classes=list("abc")), [{"Linear": 5}])
    counts = made.counts(in_full=True)
    counts.add(torch.ones(1, 5), torch.tensor([1]))
    assert made.figures(counts.sums(), 1) == {"accuracy": 0.0}
    assert len(nearest(torch.ones(0, 2), 2.0)) == 0


# Losses, against torch


def test_a_gaussian_loss_is_torchs_where_torch_has_one(generator):
    outputs = torch.rand(9, 4, generator=generator) * 2
    outputs[0, 2:] = 0  # counts as eps
    targets = torch.randn(9, 2, generator=generator)
    for arguments in ({}, {"full": True}, {"eps": 0.5}, {"reduction": "sum"}):
        made = task({"GaussianNLLLoss": arguments}, memory(target=[2]), [variances(2)])
        objective = Objective(LOSSES["GaussianNLLLoss"](**arguments), CPU, made.encode, outputs=made.numbers)
        mine, theirs = (outputs.clone().requires_grad_() for _ in range(2))
        loss = objective(mine, targets)
        expected = nn.GaussianNLLLoss(**arguments)(theirs[:, :2], targets, theirs[:, 2:])
        torch.testing.assert_close(loss, expected)
        loss.backward(), expected.backward()
        torch.testing.assert_close(mine.grad, theirs.grad)
        total = sum(objective.total(outputs[rows], targets[rows]) for rows in (slice(0, 4), slice(4, 9)))
        torch.testing.assert_close(total / objective.count(targets), expected.detach())


def variances(numbers):
    return {"Concat": [[{"Linear": numbers}], [{"Linear": numbers}, "Softplus"]]}


@pytest.mark.parametrize("arguments", [{}, {"p": 1.0, "margin": 0.3}, {"swap": True}, {"reduction": "sum"}], ids=str)
def test_triplets_are_each_sample_with_the_farthest_of_its_class_and_the_nearest_other_beyond_it(arguments, generator):
    vectors = torch.randn(12, 3, generator=generator)
    labels = torch.tensor([0, 0, 0, 1, 1, 2, 0, 1, 1, 3, 3, 0])
    chosen, kinds = [], set()
    for i in range(12):
        apart = [(vectors[i] - vectors[j]).norm(p=arguments.get("p", 2.0)).item() for j in range(12)]
        alike = [j for j in range(12) if labels[j] == labels[i] and j != i]
        others = [j for j in range(12) if labels[j] != labels[i]]
        if alike:
            farthest = max(alike, key=apart.__getitem__)
            beyond = [j for j in others if apart[j] > apart[farthest]]
            other = min(beyond, key=apart.__getitem__) if beyond else max(others, key=apart.__getitem__)
            kinds.add(bool(beyond))
            chosen.append((i, farthest, other))
    assert kinds == {True, False}
    anchor, positive, negative = (vectors[list(rows)] for rows in zip(*chosen, strict=True))
    expected = nn.TripletMarginLoss(**arguments)(anchor, positive, negative)
    objective = Objective(LOSSES["TripletMarginLoss"](**arguments), CPU, encode)
    torch.testing.assert_close(objective(vectors, labels), expected)
    assert objective.share(labels) == len(chosen) == anchors(labels).sum() == 11


def test_a_batch_without_triplets_teaches_nothing():
    vectors = torch.randn(4, 3, requires_grad=True)
    objective = Objective(LOSSES["TripletMarginLoss"](), CPU, encode)
    for labels in (torch.zeros(4, dtype=torch.int64), torch.arange(4)):
        loss = objective(vectors, labels)
        loss.backward()
        assert loss == 0
        assert torch.equal(vectors.grad, torch.zeros(4, 3))


@pytest.mark.parametrize("name", ["BCEWithLogitsLoss", "BCELoss", "SoftMarginLoss", "HingeEmbeddingLoss"])
def test_a_loss_of_one_output_is_torchs(name, generator):
    last = {"BCELoss": ["Sigmoid"], "HingeEmbeddingLoss": ["Softplus"]}.get(name, [])
    made = task(name, TWO, [{"Linear": 1}, *last])
    outputs, labels = torch.rand(9, 1, generator=generator), torch.randint(0, 2, (9,), generator=generator)
    signs = name in ("SoftMarginLoss", "HingeEmbeddingLoss")
    targets = labels[:, None] * 2.0 - 1 if signs else labels[:, None].float()
    objective = Objective(LOSSES[name](), CPU, made.encode, outputs=made.numbers)
    expected = getattr(nn, name)()(outputs, targets)
    torch.testing.assert_close(objective(outputs, labels), expected)
    total = sum(objective.total(outputs[rows], labels[rows]) for rows in (slice(0, 4), slice(4, 9)))
    torch.testing.assert_close(total / objective.count(labels), expected)


@pytest.mark.parametrize("name", [name for name in LOSSES if "labels" in LOSSES[name].takes])
def test_a_loss_of_labels_is_torchs(name, generator):
    made = task(name, LABELS, [{"Linear": 3}, *(["Sigmoid"] if name == "BCELoss" else [])])
    outputs, targets = torch.rand(9, 3, generator=generator), torch.rand(9, 3, generator=generator).round()
    objective = Objective(LOSSES[name](), CPU, made.encode, outputs=made.numbers)
    expected = getattr(nn, name)()(outputs, targets * 2 - 1 if name == "SoftMarginLoss" else targets)
    torch.testing.assert_close(objective(outputs, targets), expected)


@pytest.mark.parametrize("weight", [None, [1.0, 2.0, 0.5]])
@pytest.mark.parametrize("left_out", [-100, 255])
def test_a_loss_of_positions_is_torchs(left_out, weight, generator):
    arguments = {"ignore_index": left_out, **({"weight": weight} if weight else {})}
    made = task({"CrossEntropyLoss": arguments}, MASKS, [CONV])
    outputs = torch.randn(9, 3, 5, 6, generator=generator)
    labels = torch.randint(0, 3, (9, 5, 6), generator=generator)
    labels[:, 0] = left_out
    stored = labels.to(torch.uint8) if left_out == 255 else labels
    objective = Objective(LOSSES["CrossEntropyLoss"](**arguments), CPU, made.encode, outputs=made.numbers)
    given = {"weight": torch.tensor(weight)} if weight else {}
    expected = nn.CrossEntropyLoss(ignore_index=left_out, **given)(outputs, labels)
    torch.testing.assert_close(objective(outputs, stored), expected)
    total = sum(objective.total(outputs[rows], stored[rows]) for rows in (slice(0, 4), slice(4, 9)))
    torch.testing.assert_close(total / objective.count(stored), expected)


# The grid: kinds of targets, losses and outputs


NUMBERS = np.random.default_rng(0).normal(size=(24, 4)).astype(np.float32)
IMAGES = np.random.default_rng(1).normal(size=(24, 1, 5, 6)).astype(np.float32)
CLASS = (np.arange(24) % 3).astype(str)
TARGETS = {
    "two classes": (memory(classes=["0", "1"]), NUMBERS, (np.arange(24) % 2).astype(str)),
    "three classes": (memory(classes=["0", "1", "2"]), NUMBERS, CLASS),
    "labels": (memory(labels=["0", "1", "2"]), NUMBERS, np.random.default_rng(2).integers(0, 2, (24, 3))),
    "a number": (memory(), NUMBERS, (np.arange(24) % 5).astype(np.float32)),
    "numbers": (memory(target=[2]), NUMBERS, np.arange(48).reshape(24, 2).astype(np.float32)),
    "positions": (
        memory(sample=[1, 5, 6], classes=["0", "1", "2"], target=[5, 6]),
        IMAGES,
        np.random.default_rng(3).integers(0, 3, (24, 5, 6)),
    ),
}
FLAT = {"positions": [CONV, "Flatten"]}
OUTPUTS = {
    "1": [{"Linear": 1}],
    "1, positive": [{"Linear": 1}, "Softplus"],
    "1, from 0 to 1": [{"Linear": 1}, "Sigmoid"],
    "2": [{"Linear": 2}],
    "2, the second positive": [variances(1)],
    "3": [{"Linear": 3}],
    "3, from 0 to 1": [{"Linear": 3}, "Sigmoid"],
    "3, logarithms": [{"Linear": 3}, {"LogSoftmax": 1}],
    "4, two of them positive": [variances(2)],
    "3 at each position": None,
    "3 at each position, logarithms": None,
}
MAPS = {"3 at each position": [CONV], "3 at each position, logarithms": [CONV, {"LogSoftmax": 1}]}
ABOUT_THE_PAIR = {
    "distance-below-zero",
    "loss-needs-classes",
    "loss-of-other-targets",
    "more-than-two-classes",
    "output-not-a-vector",
    "output-not-one",
    "output-not-the-target",
    "outputs-not-mean-and-variance",
    "outputs-not-probabilities",
    "outputs-not-the-labels",
    "outputs-not-the-positions",
    "too-few-outputs",
    "variances-below-zero",
}
"""Faults of a loss, a kind of target and outputs that do not fit one another."""

GRID = [
    (targets, loss, output)
    for targets, loss, output in product(TARGETS, LOSSES, OUTPUTS)
    if targets == "positions" or output not in MAPS
]


def layers_of(targets, output):
    return MAPS.get(output) or [*FLAT.get(targets, ()), *OUTPUTS[output]]


def accepted(targets, loss, output):
    data = TARGETS[targets][0]
    report = archc.check(spec(layers_of(targets, output), loss, data, data["sample"]))
    errors = [diagnostic for diagnostic in report if diagnostic.severity == "error"]
    assert {error.slug for error in errors} <= ABOUT_THE_PAIR
    assert len({error.slug for error in errors} - {"outputs-not-probabilities", "distance-below-zero"}) <= 1
    assert all(error.helps for error in errors)
    return not errors


OF_NUMBERS = ["MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss", "PoissonNLLLoss"]
WORKS = {
    "two classes": {
        "BCELoss": {"1, from 0 to 1"},
        "BCEWithLogitsLoss": {"1", "1, positive", "1, from 0 to 1", "2", "2, the second positive"},
        "HingeEmbeddingLoss": {"1, positive", "1, from 0 to 1"},
        "SoftMarginLoss": {"1", "1, positive", "1, from 0 to 1", "2", "2, the second positive"},
    },
    "labels": {
        "BCELoss": {"3, from 0 to 1"},
        "BCEWithLogitsLoss": {"3", "3, from 0 to 1", "3, logarithms"},
        "MultiLabelSoftMarginLoss": {"3", "3, from 0 to 1", "3, logarithms"},
        "SoftMarginLoss": {"3", "3, from 0 to 1", "3, logarithms"},
    },
    "a number": {
        "GaussianNLLLoss": {"2, the second positive"},
        **{loss: {"1", "1, positive", "1, from 0 to 1"} for loss in OF_NUMBERS},
    },
    "numbers": {
        "GaussianNLLLoss": {"4, two of them positive"},
        **{loss: {"2", "2, the second positive"} for loss in OF_NUMBERS},
    },
    "positions": {"CrossEntropyLoss": {*MAPS}, "NLLLoss": {*MAPS}},
}
"""What there is beside an output for each class: the losses of each kind of target, and the outputs that they take."""


@pytest.mark.parametrize("targets", WORKS)
def test_what_does_not_fit_is_said_once_and_with_what_to_write(targets):
    found = {}
    for loss in LOSSES:
        fitting = {
            output for kind, name, output in GRID if (kind, name) == (targets, loss) and accepted(*(kind, name, output))
        }
        if fitting:
            found[loss] = fitting
    if targets == "two classes":
        found = {loss: outputs for loss, outputs in found.items() if loss in WORKS[targets]}
    assert found == WORKS[targets]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("targets", TARGETS)
def test_everything_that_is_accepted_trains_is_evaluated_and_predicts(targets, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    data, inputs, wanted = TARGETS[targets]
    for number, (loss, output) in enumerate((loss, output) for kind, loss, output in GRID if kind == targets):
        if not accepted(targets, loss, output):
            continue
        given = spec(layers_of(targets, output), loss, {"validation": {"first": 8}}, data["sample"], batch_size=6)
        pairs = {"train": (inputs, wanted), "test": (inputs, wanted)}
        run = archc.train(given, data=pairs, run=f"run-{number}")
        assert all(np.isfinite(run.result["test"][name]) for name in ("loss", *_headlines(run)))
        assert archc.evaluate(run, data=pairs)["loss"] == run.result["test"]["loss"]
        (said,) = predict_array(run, inputs[0])
        for share in (said.probabilities or {}).values():
            assert 0 <= share <= 1


def _headlines(run):
    return [name for name in run.result["test"] if name in FIGURES and FIGURES[name].headline]


# Whole trainings


def blobs(classes, samples=240, features=4, seed=0):
    generator = np.random.default_rng(seed)
    labels = np.arange(samples) % classes
    centres = np.random.default_rng(9).normal(size=(classes, features)) * 2
    return (centres[labels] + generator.normal(size=(samples, features))).astype(np.float32), labels


@pytest.mark.parametrize(
    "targets", [lambda y: y, lambda y: y.astype(np.float32)[:, None], lambda y: np.array(["no", "yes"])[y]]
)
def test_two_classes_are_learned_by_one_output(targets, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    inputs, labels = blobs(2)
    given = spec([{"Linear": 1}], "BCEWithLogitsLoss", epochs=10, metrics=["roc_auc", "average_precision"])
    run = archc.train(given, data={"train": (inputs, targets(labels)), "test": (inputs, targets(labels))})
    test = run.result["test"]
    assert test["accuracy"] > 0.9
    assert test["roc_auc"] > 0.95
    said = predict_array(run, inputs)
    chances = np.array([[*item.probabilities.values()] for item in said])
    logits = np.array([item.outputs[0] for item in said])
    np.testing.assert_allclose(chances.sum(1), 1, rtol=1e-6)
    np.testing.assert_allclose(chances[:, 1], 1 / (1 + np.exp(-logits)), rtol=1e-5)
    assert np.mean([item.label for item in said] == labels) == pytest.approx(test["accuracy"])
    assert all(item.probability == max(item.probabilities.values()) for item in said)


def test_a_threshold_moves_where_the_second_class_begins(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    inputs, labels = blobs(2)
    counts = {}
    for threshold in (None, 0.9):
        given = spec([{"Linear": 1}], "BCEWithLogitsLoss", epochs=2, threshold=threshold)
        if threshold is None:
            del given["train"]["threshold"]
        run = archc.train(given, data={"train": (inputs, labels), "test": (inputs, labels)}, run=f"run-{threshold}")
        confusion = np.array(run.result["test"]["confusion"])
        said = predict_array(run, inputs)
        assert [item.probabilities["1"] > (threshold or 0.5) for item in said] == [item.label == 1 for item in said]
        counts[threshold] = confusion[:, 1].sum()
        assert sum(item.label for item in said) == counts[threshold]
    assert counts[0.9] < counts[None]


def test_a_small_distance_says_the_second_class(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    inputs, labels = blobs(2)
    given = spec(
        [{"Linear": 8}, "ReLU", {"Linear": 1}, "Softplus"], "HingeEmbeddingLoss", epochs=20, metrics=["roc_auc"]
    )
    run = archc.train(given, data={"train": (inputs, labels), "test": (inputs, labels)})
    assert run.result["test"]["accuracy"] > 0.9
    assert run.result["test"]["roc_auc"] > 0.95
    said = predict_array(run, inputs)
    assert [item.outputs[0] < 0.5 for item in said] == [item.label == 1 for item in said]
    assert said[0].probabilities is None


def test_labels_are_learned_and_predicted(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    inputs = np.random.default_rng(0).normal(size=(240, 4)).astype(np.float32)
    labels = inputs[:, :3] > 0
    given = spec([{"Linear": 3}], "BCEWithLogitsLoss", epochs=15, metrics=["subset_accuracy"])
    run = archc.train(given, data={"train": (inputs, labels), "test": (inputs, labels)})
    assert run.result["test"]["label_accuracy"] > 0.95
    assert list(run.result["test"]["per_class"]) == ["0", "1", "2"]
    said = predict_array(run, np.array([[5, -5, 5, 0], [-5, -5, -5, 0]], dtype=np.float32))
    assert [item.labels for item in said] == [("0", "2"), ()]
    np.save("x.npy", np.array([[9, -9, 9, 0], [-9, -9, -9, 0]], dtype=np.float32))
    capsys.readouterr()
    assert main(["predict", str(run.directory), "x.npy"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"x\.npy\[0\]: 0 [0-9.]+%, 2 [0-9.]+%", first)
    assert second == "x.npy[1]: none"
    assert main(["predict", str(run.directory), "x.npy", "--format", "json"]) == 0
    data = json.loads(capsys.readouterr().out)["predictions"]
    assert [item["labels"] for item in data] == [["0", "2"], []]


def test_positions_are_learned_and_those_without_a_class_left_out(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    images = np.random.default_rng(0).normal(size=(40, 1, 5, 6)).astype(np.float32)
    masks = (images[:, 0] > 0).astype(np.int64)
    masks[:, 0, 0] = 255
    given = spec(
        [{"Conv2d": {"out_channels": 2, "kernel_size": 1}}],
        {"CrossEntropyLoss": {"ignore_index": 255, "weight": "balanced"}},
        input_=[1, 5, 6],
        epochs=20,
        batch_size=8,
    )
    run = archc.train(given, data={"train": (images, masks), "test": (images, masks)})
    test = run.result["test"]
    assert (test["accuracy"] > 0.95, test["mean_iou"] > 0.9) == (True, True)
    assert sum(row["samples"] for row in test["per_class"].values()) == 40 * 29
    (said,) = predict_array(run, images[0])
    assert np.mean(np.array(said.outputs) == (images[0, 0] > 0).flatten()) > 0.9
    assert said.positions == tuple(str(int(number)) for number in said.outputs)
    np.save("x.npy", np.full((1, 1, 5, 6), 5, np.float32))
    capsys.readouterr()
    assert main(["predict", str(run.directory), "x.npy"]) == 0
    assert capsys.readouterr().out == "x.npy: 1 at 100.00%\n"


def test_vectors_of_one_class_come_near_one_another(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    inputs, labels = blobs(3, features=6)
    given = spec([{"Linear": 16}, "ReLU", {"Linear": 2}], "TripletMarginLoss", input_=[6], epochs=10, batch_size=32)
    given["train"]["data"] = {"validation": {"first": 60}}
    run = archc.train(given, data={"train": (inputs, labels), "test": (inputs, labels)})
    assert run.result["test"]["accuracy"] > 0.8
    lines = [json.loads(line) for line in (run.directory / "metrics.jsonl").read_text().splitlines()]
    assert "train_accuracy" not in lines[0]
    assert lines[-1]["val_accuracy"] > 0.8
    (said,) = predict_array(run, inputs[0])
    assert (said.label, len(said.outputs)) == (None, 2)


def test_a_network_says_how_sure_it_is(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    generator = np.random.default_rng(0)
    inputs = generator.uniform(-1, 1, size=(800, 1)).astype(np.float32)
    spread = np.where(inputs[:, 0] > 0, 1.0, 0.1)
    targets = 2 * inputs[:, 0] + spread * generator.normal(size=800)
    given = spec([{"Linear": 16}, "Tanh", variances(1)], "GaussianNLLLoss", input_=[1], epochs=40, batch_size=50)
    given["train"]["optimizer"] = {"Adam": {"lr": 0.01}}
    run = archc.train(given, data={"train": (inputs, targets), "test": (inputs, targets)})
    rows = np.array([item.outputs for item in predict_array(run, np.array([[-0.5], [0.5]], dtype=np.float32))])
    np.testing.assert_allclose(rows[:, 0], [-1, 1], atol=0.4)
    assert rows[0, 1] < 0.1 < 0.5 < rows[1, 1] < 2
    assert run.result["test"]["mae"] < 0.6


# What is refused where it would mislead


def refused(given, data):
    with pytest.raises(archc.ArchcError) as error:
        archc.train(given, data=data)
    return faults(error), message(error)


def test_counts_are_counts():
    for wrong, said in ((-1.0, "one of them is -1"), (0.5, "one of them is 0.5")):
        counts = np.arange(24, dtype=np.float32)
        counts[3] = wrong
        slugs, text = refused(spec([{"Linear": 1}], "PoissonNLLLoss"), (NUMBERS, counts))
        assert slugs == ["targets-unusable"]
        assert said in text
    whole = np.arange(24) % 5
    run = archc.train(spec([{"Linear": 1}], "PoissonNLLLoss"), data=(NUMBERS, whole), run="counts")
    assert "val_mae" in run.result["best"]


def test_a_position_is_of_a_class_or_left_out():
    masks = TARGETS["positions"][2].copy()
    masks[2, 3, 3] = 255
    data = memory(sample=[1, 5, 6], classes=["0", "1", "2"], target=[5, 6])
    from archc.data.splits import Splits
    from archc.training import targets

    network = archc.load(spec([CONV], "CrossEntropyLoss", data, [1, 5, 6]))
    split = Split(torch.from_numpy(IMAGES), torch.from_numpy(masks.astype(np.uint8)))
    splits = Splits(split, None, None, "", network.train.data.kind.facts(Path()))
    with pytest.raises(Fault, match="of class 255") as fault:
        targets.check(network.train, splits)
    assert "ignore_index: 255" in fault.value.help()
    labelled = archc.load(spec([{"Linear": 3}], "BCEWithLogitsLoss", LABELS))
    half = Splits(
        Split(torch.from_numpy(NUMBERS), torch.full((24, 3), 0.5)),
        None,
        None,
        "",
        labelled.train.data.kind.facts(Path()),
    )
    with pytest.raises(Fault, match=r"one of them is 0\.5"):
        targets.check(labelled.train, half)


@pytest.mark.parametrize(
    ("loss", "layers", "figures", "what"),
    [
        ("TripletMarginLoss", [{"Linear": 2}], [], "TripletMarginLoss"),
        ("BCEWithLogitsLoss", [{"Linear": 1}], ["roc_auc"], "roc_auc"),
    ],
)
def test_what_compares_samples_with_one_another_needs_one_process(loss, layers, figures, what):
    network = archc.load(spec(layers, loss, TWO, metrics=figures))
    scale.check(network, network.train, 24, CPU, 1)
    with pytest.raises(Fault, match=what) as fault:
        scale.check(network, network.train, 24, CPU, 2)
    assert "without torchrun" in fault.value.help()


@pytest.mark.parametrize("name", ["roc_auc", "average_precision"])
def test_a_ranking_is_of_two_classes(name):
    report = archc.check(spec([{"Linear": 3}], "CrossEntropyLoss", memory(classes=list("abc")), metrics=[name]))
    assert [diagnostic.slug for diagnostic in report] == ["metric-of-other-targets"]


def test_a_threshold_is_of_one_output():
    for loss, layers, data in (
        ("HingeEmbeddingLoss", [{"Linear": 1}, "Softplus"], TWO),
        ("CrossEntropyLoss", [{"Linear": 2}], TWO),
        ("MSELoss", [{"Linear": 1}], memory()),
    ):
        assert [d.slug for d in archc.check(spec(layers, loss, data, threshold=0.3))] == ["no-threshold"]
    for data, outputs in ((TWO, 1), (LABELS, 3)):
        assert [*archc.check(spec([{"Linear": outputs}], "BCEWithLogitsLoss", data, threshold=0.3))] == []


def test_very_many_classes_have_no_table(generator):
    many = memory(classes=[str(number) for number in range(1001)])
    made = task("CrossEntropyLoss", many, [{"Linear": 1001}], figures=["f1"])
    assert isinstance(made, Classification)
    labels = torch.randint(0, 1001, (50,), generator=generator)
    found, report = measured(made, torch.eye(1001)[labels], labels)
    assert found == {"accuracy": 1.0, "f1": 1.0}
    assert "confusion" not in report
    assert report["per_class"][str(int(labels[0]))]["recall"] == 1
