"""Splits that are cut from the training samples: their sizes, their classes, and that no sample is in two."""

import itertools
import math

import hypothesis
import numpy as np
import pytest
import torch
from hypothesis import strategies as st

import archc
from archc.data.splits import divide, missing_classes
from archc.data.whole import Arrays, Whole
from archc.diagnostics.catalog.evaluation import SplitTwice
from archc.diagnostics.catalog.preflight import EmptySplit
from archc.front import read_file
from archc.recipe.data import Classes, DataFacts, Numbers
from archc.recipe.splits import Validation
from archc.runs.run import start
from tests.support.trainings import Recorder


def whole_of(targets, **splits):
    """Samples that say their own number."""
    targets = np.asarray(targets)
    return Whole(Arrays(np.arange(len(targets), dtype=np.float32)[:, None], targets), None, "0", **splits)


def facts_of(targets):
    targets = np.asarray(targets)
    if targets.dtype.kind == "f":
        return DataFacts("numbers", (1,), "float32", Numbers(()))
    return DataFacts("classes", (1,), "float32", Classes(tuple(map(str, range(int(targets.max()) + 1)))))


def divided(targets, validation=None, seed=1, test=None):
    return divide(whole_of(targets), facts_of(targets), validation, seed, test)


def numbers(split):
    return split.inputs[:, 0].long().tolist()


def test_last_keeps_the_last_samples_in_their_order():
    splits = divided(np.arange(10.0, dtype=np.float32), Validation(last=3))
    assert (numbers(splits.validation), numbers(splits.train)) == ([7, 8, 9], list(range(7)))


LABELS = st.lists(st.integers(0, 5), min_size=4, max_size=200)


@hypothesis.given(labels=LABELS, fraction=st.floats(0.05, 0.95), seed=st.integers(0, 2**40))
def test_a_stratified_share_has_its_size_and_that_of_each_class(labels, fraction, seed):
    count = round(len(labels) * fraction)
    hypothesis.assume(0 < count < len(labels))
    splits = divided(labels, Validation(fraction=fraction), seed)
    kept, rest = numbers(splits.validation), numbers(splits.train)
    assert len(kept) == count
    assert sorted(kept + rest) == list(range(len(labels)))
    assert (kept, rest) == (sorted(kept), sorted(rest))
    assert [labels[index] for index in kept] == splits.validation.targets.tolist()
    sizes = np.bincount(labels)
    shares = np.bincount(splits.validation.targets.numpy(), minlength=len(sizes))
    assert np.all(np.abs(shares - count * sizes / len(labels)) <= 1)
    # No class gives its last sample while another could give one more and keep one.
    if any(sizes[label] and shares[label] == sizes[label] for label in range(len(sizes))):
        quota = count * sizes // len(labels)
        assert all(shares[label] > quota[label] for label in np.flatnonzero(sizes) if quota[label] + 1 < sizes[label])
    again = divided(labels, Validation(fraction=fraction), seed)
    assert numbers(again.validation) == kept


def test_the_largest_remainders_get_what_rounding_leaves():
    # Quotas of 20 of 100: 10.2, 6.6, 3.2.
    labels = [0] * 51 + [1] * 33 + [2] * 16
    splits = divided(labels, Validation(fraction=0.2))
    assert torch.bincount(splits.validation.targets).tolist() == [10, 7, 3]


def test_every_sample_of_a_class_is_as_likely():
    labels = [0] * 30 + [1] * 10
    times = np.zeros(40)
    for seed in range(600):
        times[numbers(divided(labels, Validation(fraction=0.5), seed).validation)] += 1
    assert np.all(np.abs(times / 600 - 0.5) < 0.09)


@pytest.mark.parametrize("targets", [np.arange(40.0, dtype=np.float32), [0] * 20 + [1] * 20])
def test_without_classes_or_where_they_are_not_asked_a_share_is_drawn_of_all(targets):
    validation = Validation(fraction=0.25, stratify=False)
    plain = divided(np.arange(40.0, dtype=np.float32), Validation(fraction=0.25))
    assert numbers(divided(targets, validation).validation) == numbers(plain.validation)


CUTS = st.sampled_from([{"first": 7}, {"last": 5}, {"fraction": 0.3}, {"fraction": 0.2, "stratify": False}])


@hypothesis.given(test=CUTS, validation=CUTS, labels=st.lists(st.integers(0, 2), min_size=30, max_size=60))
def test_no_sample_is_in_two_splits_and_the_test_does_not_depend_on_validation(test, validation, labels):
    both = divided(labels, Validation(**validation), 3, Validation(**test))
    parts = [numbers(split) for split in (both.train, both.validation, both.test)]
    assert sorted(itertools.chain(*parts)) == list(range(len(labels)))
    assert numbers(divided(labels, None, 3, Validation(**test)).test) == parts[2]
    rest = len(labels) - Validation(**test).count(len(labels))
    assert len(parts[1]) == Validation(**validation).count(rest)


def test_validation_and_test_are_drawn_by_different_numbers():
    labels = [0] * 100
    share = Validation(fraction=0.5)
    alone, test = divided(labels, share, 3), divided(labels, None, 3, share)
    assert numbers(alone.validation) != numbers(test.test)


@pytest.mark.parametrize(("validation", "test"), [(None, {"first": 40}), ({"fraction": 0.5}, {"last": 39})])
def test_nothing_left_for_training_is_a_fault(validation, test):
    with pytest.raises(EmptySplit) as error:
        divided([0] * 40, Validation(**validation) if validation else None, 1, Validation(**test))
    assert ("test" if validation is None else "validation") in error.value.message()


def test_a_split_that_turns_out_to_be_there_is_not_cut_again():
    own = Arrays(np.zeros((2, 1), np.float32), np.zeros(2, np.int64))
    given = whole_of([0] * 9)._replace(test=own)
    with pytest.raises(SplitTwice):
        divide(given, facts_of([0] * 9), None, 1, Validation(first=2))


def test_the_classes_that_a_split_lacks_are_named():
    labels = [0, 1, 0, 1, 0, 1, 3, 3]
    found = {
        fault.split: fault for fault in missing_classes(divided(labels, Validation(first=4), 1, Validation(last=2)))
    }
    assert found["train"].message() == "no training sample is of the classes `2`, `3`"
    assert found["validation"].classes == ("2", "3")
    assert found["test"].message() == "no test sample is of the classes `0`, `1`, `2`"


def test_a_training_says_which_class_its_validation_lacks(spec):
    watcher = Recorder()
    start(spec({"train.data.validation": "{last: 12}"}), directory="run", observer=watcher)
    (fault,) = [fault for fault in watcher.warnings if fault.slug == "class-missing"]
    assert fault.split == "validation"


def test_a_table_without_a_test_split_gets_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = np.random.default_rng(0).normal(size=(100, 2))
    lines = [f"{a:.6f},{b:.6f},{2 * a - b:.6f}" for a, b in rows]
    (tmp_path / "rows.csv").write_text("a,b,y\n" + "\n".join(lines) + "\n")
    (tmp_path / "spec.yaml").write_text(
        "archc: 1\nname: rows\ninput: [2]\nlayers: [Linear: 1]\ntrain:\n"
        "  data: {name: Table, file: rows.csv, target: y, validation: {fraction: 0.25}, test: {last: 20}}\n"
        "  loss: MSELoss\n  optimizer: {SGD: {lr: 0.1}}\n  epochs: 5\n  batch_size: 10\n"
        "  evaluate: {on: [validation, test]}\n"
    )
    assert list(read_file("spec.yaml").report) == []
    run = archc.train("spec.yaml")
    assert (run.result["test"]["samples"], run.history[0]["step"]) == (20, 6)
    assert math.isfinite(run.history[-1]["test_loss"])
    assert archc.evaluate(run, "test")["samples"] == 20
    assert archc.evaluate(run, "validation")["samples"] == 20


@pytest.mark.parametrize("data", ["validation: {fraction: 0.2}", "test: {fraction: 0.2}"])
def test_arrays_with_a_split_of_their_own_are_not_cut_again(data):
    name = data.partition(":")[0]
    spec = {
        "archc": 1,
        "input": [1],
        "layers": [{"Linear": 1}],
        "train": {
            "data": {"name": "InMemory", "sample": [1], "splits": ["train", name], name: {"fraction": 0.2}},
            "loss": "MSELoss",
            "optimizer": "SGD",
            "epochs": 1,
        },
    }
    assert [finding.slug for finding in archc.check(spec).diagnostics] == ["split-twice"]
