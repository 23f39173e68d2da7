"""Plan -> what would go wrong with the data, the outputs and the loss, found before torch is loaded."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Final

from archc.analysis.probabilities import reading
from archc.checks.check import Finding, Plan, Recipe, Sized
from archc.diagnostics import catalog
from archc.network import Network, Node
from archc.recipe.augmentations import Augmentation
from archc.recipe.data import Classes
from archc.recipe.figures import FIGURES, METRICS
from archc.recipe.tasks.regression import SHARES
from archc.recipe.train import Evaluate
from archc.recipe.transforms import Sizing
from archc.recipe.transforms.conversions import Conversion
from archc.recipe.transforms.values import Normalize


def nothing_to_train(plan: Plan) -> Iterator[Finding]:
    """A network without parameters."""
    if plan.network.params == 0:
        yield Finding(catalog.preflight.NothingToTrain(), "train")


def norm_of_one_value(plan: Plan) -> Iterator[Finding]:
    """A GroupNorm with a single value in each group: it makes all of them 0, and torch takes no single sample."""
    for node in plan.network.walk():
        if norms_one_value(node):
            yield Finding(catalog.steps.NormOfOneValue(layer=node.type, values=prod(node.input)), node)


def norms_one_value(node: Node) -> bool:
    """Whether it is a GroupNorm of as many groups as there are values."""
    return node.type == "GroupNorm" and prod(node.input) == getattr(node.layer, "num_groups", 0)


def input_not_the_data(recipe: Recipe) -> Iterator[Finding]:
    """An input of another shape or type than a sample."""
    dataset = recipe.facts
    if (recipe.shape, recipe.dtype) != (recipe.sample, dataset.dtype):
        fault = catalog.preflight.InputNotTheData(
            dataset=dataset.name,
            sample=recipe.sample,
            sample_dtype=dataset.dtype,
            shape=recipe.shape,
            dtype=recipe.dtype,
        )
        yield Finding(fault, "input")


def images_differ(recipe: Recipe) -> Iterator[Finding]:
    """Images of several sizes, where no transform gives them one."""
    if len(recipe.facts.seen) > 1:
        one, other = recipe.facts.seen[:2]
        fault = catalog.images.ImagesDiffer(
            dataset=recipe.facts.name,
            files=(one.file, other.file),
            shapes=(one.shape, other.shape),
            size=(recipe.shape[1], recipe.shape[2]) if len(recipe.shape) == 3 else None,
        )
        yield Finding(fault, "train.data.transform")


def remarks(recipe: Recipe) -> Iterator[Finding]:
    """What is strange in the data, and no mistake."""
    for fault in recipe.facts.remarks:
        yield Finding(fault, "train.data")


def size_after_values(recipe: Recipe) -> Iterator[Finding]:
    """A change of sizes behind one of values."""
    is_behind = False
    for index, transform in enumerate(recipe.train.data.transform):
        if is_behind and isinstance(transform, Sizing):
            fault = catalog.images.SizeAfterValues(transform=type(transform).__name__)
            yield Finding(fault, f"train.data.transform[{index}]")
        is_behind = is_behind or isinstance(transform, Normalize)


def input_beyond_one(recipe: Recipe) -> Iterator[Finding]:
    """A loss of numbers from 0 to 1, where samples are their own targets and are others."""
    data, loss = recipe.train.data, type(recipe.train.loss).__name__
    changed = next((type(term).__name__ for term in data.transform if isinstance(term, Normalize)), None)
    if recipe.facts.own_target and loss in SHARES and (changed or data.kind.holds != "pixels"):
        yield Finding(catalog.images.InputBeyondOne(loss=loss, transform=changed), "train.loss")


def losses(recipe: Recipe) -> Iterator[Finding]:
    """A loss that cannot compare with such targets."""
    for fault in recipe.task.losses(recipe.train.loss, recipe.facts):
        yield Finding(fault, "train.loss")


def batch_in_parts(recipe: Recipe) -> Iterator[Finding]:
    """Parts of a batch whose samples a loss compares with one another."""
    loss = recipe.train.loss
    if type(loss).compares == "samples" and recipe.train.accumulate > 1:
        yield Finding(catalog.distances.BatchInParts(loss=type(loss).__name__), "train.accumulate")


def threshold(plan: Plan) -> Iterator[Finding]:
    """A threshold where no single output says whether a sample is of a class or has a label."""
    loss, task = plan.train.loss, plan.task
    distance = type(loss).gives == "distance"
    if plan.train.threshold is None or any(task.losses(loss, plan.facts)):
        return
    if distance or task.targets not in ("two classes", "labels"):
        fault = catalog.tasks.NoThreshold(loss=type(loss).__name__, targets=task.says, distance=distance)
        yield Finding(fault, "train.threshold")


def probabilities(plan: Plan) -> Iterator[Finding]:
    """A figure of probabilities where outputs are read as none."""
    loss = plan.train.loss
    if not _has_outputs(plan) or reading(plan.network, loss) is not None:
        return
    for name in plan.train.metrics:
        if FIGURES[name].needs == "probabilities" and plan.task.can_measure(name, plan.facts):
            fault = catalog.tasks.NoProbabilities(metric=name, loss=type(loss).__name__, last=plan.last.type)
            yield Finding(fault, "train.metrics")


def outputs(plan: Plan) -> Iterator[Finding]:
    """An output that does not fit the targets."""
    if any(plan.task.losses(plan.train.loss, plan.facts)):
        return
    made = _counts_outputs(plan)
    for fault in plan.task.outputs(plan.network.output, plan.facts, plan.train.loss):
        yield Finding(fault.with_(ends=made is plan.last), made)


_KEEPS_COUNT: Final = ("activation", "softmax", "dropout", "batch norm", "sample norm", "view")
"""Families of layers that give as many outputs as they take."""


def _counts_outputs(plan: Plan) -> Node:
    """The layer that says how many outputs there are: behind it are only such as change the values."""
    node = next((node for node in plan.network.back() if node.family not in _KEEPS_COUNT), plan.last)
    return node if node.type == "Linear" and node.output == plan.network.output else plan.last


def _has_outputs(plan: Plan) -> bool:
    """Whether the loss can compare the output with the targets. Otherwise its size means nothing."""
    if any(plan.task.losses(plan.train.loss, plan.facts)):
        return False
    return plan.task.fits(plan.network.output, plan.facts, plan.train.loss)


def class_weights(plan: Plan) -> Iterator[Finding]:
    """Weights of another number of classes than there are outputs."""
    if not _has_outputs(plan):
        return
    size = plan.network.output[0] if plan.network.output else 1
    for name in ("weight", "pos_weight"):
        weight = getattr(plan.train.loss, name, None)
        if isinstance(weight, tuple) and len(weight) != size:
            differ = catalog.preflight.ClassWeightsDiffer(argument=name, count=len(weight), outputs=size)
            yield Finding(differ, "train.loss")


def metrics(recipe: Recipe) -> Iterator[Finding]:
    """A metric of other targets."""
    known = tuple(name for name in METRICS if recipe.task.can_measure(name, recipe.facts))
    for name in recipe.train.metrics:
        if not recipe.task.can_measure(name, recipe.facts):
            yield Finding(catalog.targets.MetricOfOtherTargets(metric=name, known=known), "train.metrics")


def too_few_outputs(plan: Plan) -> Iterator[Finding]:
    """A metric of more outputs than there are."""
    if not _has_outputs(plan):
        return
    for name in plan.train.metrics:
        size = prod(plan.network.output)
        if FIGURES[name].top > size:
            yield Finding(catalog.control.TooFewOutputsForMetric(metric=name, outputs=size), "train.metrics")


def not_images(recipe: Recipe) -> Iterator[Finding]:
    """What is done to images, where samples are none, or where their values are no pixels."""
    data, facts = recipe.train.data, recipe.facts
    changes = tuple(term for term in data.transform if not isinstance(term, Conversion))
    # A change of sizes asks for the most.
    changes = tuple(sorted(changes, key=lambda term: not isinstance(term, Sizing)))
    first = [(key, terms[0]) for key, terms in (("transform", changes), ("augment", data.augment)) if terms]
    for key, term in first:
        is_whole = facts.dtype == "int64"
        of_pixels = key == "augment" or isinstance(term, Sizing)
        if not recipe.has_images or is_whole or (of_pixels and data.kind.holds != "pixels"):
            fault = catalog.preflight.NotImages(
                transform=type(term).__name__, dataset=facts.name, sample=recipe.sample, are_whole=is_whole
            )
            yield Finding(fault, f"train.data.{key}")


def channels_of_transforms(recipe: Recipe) -> Iterator[Finding]:
    """Figures for another number of channels than the samples have, in what is done to each of them."""
    dataset = recipe.facts
    for transform in recipe.train.data.transform if recipe.has_images else ():
        if isinstance(transform, Normalize) and transform.channels not in (1, recipe.sample[0]):
            fault = catalog.preflight.ChannelsDiffer(
                transform="Normalize",
                count=transform.channels,
                channels=recipe.sample[0],
                dataset=dataset.name,
            )
            yield Finding(fault, "train.data.transform")


def conversions(recipe: Recipe) -> Iterator[Finding]:
    """Transforms that make of images what samples are already."""
    for index, transform in enumerate(recipe.train.data.transform):
        if isinstance(transform, Conversion):
            numbers = recipe.train.data.kind.holds != "pixels"
            fault = catalog.train_lints.NothingToConvert(transform=type(transform).__name__, pixels=not numbers)
            yield Finding(fault, f"train.data.transform[{index}]")


def channels_of_augmentations(recipe: Recipe) -> Iterator[Finding]:
    """Colours of another number of channels than the samples have, in random changes of them."""
    dataset = recipe.facts
    for augmentation in recipe.train.data.augment if recipe.has_images else ():
        for count in _colours(augmentation):
            if count not in (1, recipe.sample[0]):
                name = type(augmentation).__name__
                fault = catalog.preflight.ChannelsDiffer(
                    transform=name, count=count, channels=recipe.sample[0], dataset=dataset.name
                )
                yield Finding(fault, "train.data.augment")


def _colours(augmentation: Augmentation) -> Iterator[int]:
    """The number of channels of each colour that an augmentation fills with."""
    for colour in (getattr(augmentation, "fill", 0), getattr(augmentation, "value", 0)):
        if isinstance(colour, tuple):
            yield len(colour)


def nothing_to_evaluate(recipe: Recipe) -> Iterator[Finding]:
    """A written `evaluate` that does not say of which samples, without validation samples."""
    if not recipe.evaluated and {"train.evaluate", "train.evaluate.on"} & recipe.written == {"train.evaluate"}:
        yield Finding(catalog.train_lints.NothingToEvaluate(), "train.evaluate")


def no_such_split(recipe: Recipe) -> Iterator[Finding]:
    """Samples that `evaluate` names and that there are none of."""
    if "train.evaluate.on" in recipe.written or recipe.train.evaluate.on != Evaluate().on:
        for split in recipe.missing_splits:
            fault = catalog.evaluation.NoSuchSplit(
                split=split, dataset=recipe.facts.name, others=tuple(sorted(recipe.evaluated, reverse=True))
            )
            yield Finding(fault, "train.evaluate.on")


def only_test_evaluated(recipe: Recipe) -> Iterator[Finding]:
    """Test samples alone, whose figures choose nothing, where nothing else does."""
    if recipe.evaluated == {"test"} and recipe.train.early_stopping is None and not recipe.missing_splits:
        fault = catalog.train_lints.OnlyTestEvaluated(kept=recipe.has_validation)
        yield Finding(fault, "train.evaluate.on")


def no_classes_to_balance(recipe: Recipe) -> Iterator[Finding]:
    """A sampler of classes, where there are none."""
    if recipe.train.sampler == "balanced" and not isinstance(recipe.facts.target, Classes):
        fault = catalog.evaluation.NeedsClasses(key="sampler: balanced", dataset=recipe.facts.name)
        yield Finding(fault, "train.sampler")


def balanced_twice(recipe: Recipe) -> Iterator[Finding]:
    """A sampler and a loss that both make up for rare classes."""
    train = recipe.train
    if train.sampler == "balanced" and getattr(train.loss, "weight", None) == "balanced":
        yield Finding(catalog.train_lints.BalancedTwice(loss=type(train.loss).__name__), "train.sampler")


def empty_split(recipe: Recipe) -> Iterator[Finding]:
    """A split that takes all samples, or none."""
    data, left = recipe.train.data, recipe.facts.train
    if left is None:
        return
    for split, part in (("test", data.test), ("validation", data.validation)):
        count = part.count(left) if part else 0
        between = recipe.facts.apart or 0 if part else 0
        if part and not 0 < count < left - between:
            yield Finding(catalog.preflight.EmptySplit(split=split, samples=left, count=count), f"train.data.{split}")
            return
        left -= count + between


def split_twice(recipe: Recipe) -> Iterator[Finding]:
    """A split that is to be cut, though the data have one of their own."""
    data, facts = recipe.train.data, recipe.facts
    for split, part, own in (
        ("validation", data.validation, facts.has_validation),
        ("test", data.test, facts.tests),
    ):
        if part and own:
            yield Finding(catalog.evaluation.SplitTwice(split=split, dataset=facts.name), f"train.data.{split}")


def no_classes_to_stratify(recipe: Recipe) -> Iterator[Finding]:
    """A split that is to be drawn class by class, where there are no classes."""
    data = recipe.train.data
    for split, part in (("validation", data.validation), ("test", data.test)):
        if part and part.stratify and not isinstance(recipe.facts.target, Classes):
            fault = catalog.evaluation.NeedsClasses(key="stratify: true", dataset=recipe.facts.name)
            yield Finding(fault, f"train.data.{split}.stratify")


def smaller_than_its_classes(recipe: Recipe) -> Iterator[Finding]:
    """A split with fewer samples than there are classes."""
    data, samples, classes = recipe.train.data, recipe.facts.train, len(recipe.facts.classes)
    if samples is None or not isinstance(recipe.facts.target, Classes):
        return
    sizes = data.sizes(samples)
    for split, count in (("validation", sizes.validation), ("test", sizes.test)):
        if 0 < count < classes:
            fault = catalog.train_lints.ClassMissing(split=split, samples=count, of=classes)
            yield Finding(fault, f"train.data.{split}")


def training_samples(recipe: Recipe) -> int | None:
    """The samples that are trained on; None where only the data can tell, or the split is empty."""
    data = recipe.train.data
    samples = recipe.facts.train
    if samples is None:
        return None
    sizes = data.sizes(samples, recipe.facts.apart or 0)
    kept = sizes.train
    if any(part and not count for part, count in ((data.validation, sizes.validation), (data.test, sizes.test))):
        return None
    if kept < 1:
        return None
    if recipe.train.overfit_batches:
        return min(kept, recipe.train.overfit_batches * recipe.train.batch_size)
    return kept


def batch_larger_than_data(sized: Sized) -> Iterator[Finding]:
    """A batch of more samples than there are."""
    batch_size = sized.train.batch_size
    if sized.samples is not None and batch_size > sized.samples:
        fault = catalog.train_lints.BatchLargerThanData(batch_size=batch_size, samples=sized.samples)
        yield Finding(fault, "train.batch_size")


def last_batch_of_one(sized: Sized) -> Iterator[Finding]:
    """A batch, or a part of one, that is a single sample, where a layer cannot train on one."""
    samples, train = sized.samples, sized.train
    lonely = needs_two_samples(sized.network) if sized.network else None
    if samples is None or lonely is None or not _leaves_one(samples, train.batch_size, train.accumulate):
        return
    tried = range(train.batch_size + 1, train.batch_size + 100)
    # Parts are to blame where the batches alone would do.
    fewer = range(train.accumulate - 1, 0, -1)
    parts = next((count for count in fewer if not _leaves_one(samples, train.batch_size, count)), None)
    fault = catalog.preflight.LastBatchOfOne(
        layer=f"{lonely.path} ({lonely.type})",
        samples=samples,
        batch_size=train.batch_size,
        better=next((size for size in tried if not _leaves_one(samples, size, train.accumulate)), None),
        accumulate=train.accumulate if parts else 1,
        part=train.part_size,
        # Of all numbers of parts that make parts of this size, the least: as many as there are.
        fewer=parts and -(-train.batch_size // -(-train.batch_size // parts)),
    )
    yield Finding(fault, "train.accumulate" if parts else "train.batch_size")


def _leaves_one(samples: int, batch_size: int, accumulate: int) -> bool:
    """Whether samples in batches, which are cut into parts, leave a part of one sample."""
    part = -(-batch_size // accumulate)
    batches = {min(batch_size, samples), samples % batch_size}
    return any(batch % part == 1 or (part == 1 and batch > 0) for batch in batches)


def needs_two_samples(network: Network) -> Node | None:
    """The first layer that cannot train on one sample: a batch norm without positions to average over."""
    norms = (node for node in network.walk() if node.family == "batch norm")
    return next((node for node in norms if all(size == 1 for size in node.input[1:])), None)
