"""The order of an epoch: every sample once, or as many draws, each class as likely as the others."""

import hypothesis
import pytest
import torch
from hypothesis import strategies as st
from torch.utils.data import WeightedRandomSampler

from archc.data.order import Balanced, Order
from archc.machine.randomness import epoch_order, generator
from archc.runs.run import resume, start
from tests.support.trainings import interrupted
from tests.training.test_control import metrics, result


@hypothesis.given(labels=st.lists(st.integers(0, 6), min_size=1, max_size=300), seed=st.integers(0, 2**31))
def test_draws_are_samples_of_the_classes_that_there_are(labels, seed):
    labels = torch.tensor(labels)
    draw = Balanced(labels)
    drawn = draw(generator(seed, "test"))
    assert drawn.shape == labels.shape
    assert drawn.dtype == torch.int64
    assert 0 <= int(drawn.min()) <= int(drawn.max()) < len(labels)
    assert torch.equal(drawn, draw(generator(seed, "test")))


def shares(drawn, labels, classes):
    return torch.bincount(labels[drawn], minlength=classes) / len(drawn)


def test_each_class_and_each_sample_of_it_is_as_likely_as_with_torchs_sampler():
    labels = torch.tensor([0] * 60_000 + [1] * 6_000 + [3] * 600)[torch.randperm(66_600, generator=generator(0, "mix"))]
    drawn = Balanced(labels)(generator(1, "test"))
    counts = torch.bincount(labels).clamp(min=1)
    sampler = WeightedRandomSampler(
        (1 / counts[labels].double()).tolist(), len(labels), generator=generator(2, "torch")
    )
    theirs = torch.tensor(list(sampler))
    for found in (drawn, theirs):
        torch.testing.assert_close(shares(found, labels, 4), torch.tensor([1, 1, 0, 1]) / 3, atol=0.01, rtol=0)
    times = torch.bincount(drawn, minlength=len(labels))[labels == 3].double()
    # 22,200 draws of 600 samples: 37 each, as in a Poisson distribution.
    assert times.mean().item() == pytest.approx(37, rel=0.03)
    assert times.var().item() == pytest.approx(37, rel=0.25)


def test_another_epoch_or_seed_is_another_draw(spec):
    labels = torch.tensor([0, 1, 1, 1, 2] * 20)
    orders = {}
    for seed in (1, 2):
        train = spec({"train.sampler": "balanced", "train.seed": seed}).network.train
        orders |= {(seed, epoch): Order(train, labels)(epoch).tolist() for epoch in (1, 2)}
    assert len({tuple(order) for order in orders.values()}) == 4


def test_without_a_sampler_it_is_every_sample_once(spec):
    train = spec({}).network.train
    assert torch.equal(Order(train, torch.zeros(50))(3), epoch_order(50, 5, 3, shuffle=True))


@pytest.mark.parametrize("step", [3, 11])
def test_a_balanced_training_is_resumed(spec, every_step, step):
    front = spec({"train.sampler": "balanced", "train.data.augment": "[{RandomHorizontalFlip: 0.5}]"})
    whole = start(front, directory="whole")
    assert result(resume(interrupted(front, step))) == result(whole)
    assert metrics("stopped") == metrics("whole")
