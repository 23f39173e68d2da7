"""Network and train section -> what would go wrong while training, found before torch is loaded."""

from __future__ import annotations

from archc.checks.control import check_control
from archc.diagnostics import catalog
from archc.diagnostics.report import Report
from archc.layers.norm import BatchNorm1d, BatchNorm2d, BatchNorm3d
from archc.layers.softmax import LogSoftmax, Softmax
from archc.network import Network, Node
from archc.recipe.losses import CrossEntropyLoss
from archc.recipe.metrics import TOP
from archc.recipe.train import Train
from archc.recipe.transforms import Normalize
from archc.source import Span
from archc.spec import Spec


def preflight(network: Network, spec: Spec, report: Report) -> None:
    """Compare a network with the data and the loss that it is trained with. Without a `train` section: nothing."""
    if network.train is not None:
        _Preflight(network, network.train, spec, report).run()


def last_layer(network: Network) -> Node:
    """The layer whose output is the network's."""
    return [node for node in network.walk() if not node.children][-1]


class _Preflight:
    def __init__(self, network: Network, train: Train, spec: Spec, report: Report) -> None:
        self.network = network
        self.train = train
        self.spec = spec
        self.report = report
        self.dataset = train.data.dataset
        self.last = last_layer(network)

    def run(self) -> None:
        if self.network.params == 0:
            self.report.add(catalog.preflight.NothingToTrain(), self.place("train"), path="train")
        self.check_input()
        if self.check_output():
            self.check_class_weights()
            self.check_metrics()
        self.check_loss()
        self.check_transforms()
        samples = self.check_splits()
        steps = -(-samples // self.train.batch_size) if samples else None
        for key, fault in check_control(self.network, self.train, self.train.length(steps)):
            self.report.add(fault, self.place(f"train.{key}", "train"), path=f"train.{key}")

    def place(self, *paths: str) -> Span | None:
        """The first of these entries of the train section that was written."""
        return next((self.spec.places[path] for path in paths if path in self.spec.places), None)

    def check_input(self) -> None:
        network, dataset = self.network, self.dataset
        if (network.input, network.input_dtype) == (dataset.sample, "float32"):
            return
        fault = catalog.preflight.InputNotTheData(
            dataset=dataset.name,
            sample=dataset.sample,
            sample_dtype="float32",
            shape=network.input,
            dtype=network.input_dtype,
        )
        self.report.add(fault, self.spec.input.span if self.spec.input else None, path="input")

    def check_output(self) -> bool:
        output, classes, loss = self.network.output, len(self.dataset.classes), type(self.train.loss)
        exact = loss.target != "class"
        if len(output) != 1 or output[0] < classes or (exact and output[0] != classes):
            few = catalog.preflight.TooFewOutputs(
                dataset=self.dataset.name, classes=classes, output=output, loss=loss.__name__, wants=loss.wants
            )
            self.report.add(few, self.last.span, path=self.last.document_path)
            return False
        if output[0] > classes:
            many = catalog.train_lints.MoreOutputsThanClasses(
                dataset=self.dataset.name, classes=classes, outputs=output[0]
            )
            self.report.add(many, self.last.span, path=self.last.document_path)
        return True

    def check_class_weights(self) -> None:
        outputs = self.network.output[0]
        for name in ("weight", "pos_weight"):
            weight = getattr(self.train.loss, name, None)
            if isinstance(weight, tuple) and len(weight) != outputs:
                differ = catalog.preflight.ClassWeightsDiffer(argument=name, count=len(weight), outputs=outputs)
                self.report.add(differ, self.place("train.loss", "train"), path="train.loss")

    def check_metrics(self) -> None:
        outputs = self.network.output[0]
        for name in self.train.metrics:
            if TOP.get(name, 0) > outputs:
                few = catalog.control.TooFewOutputsForMetric(metric=name, outputs=outputs)
                self.report.add(few, self.place("train.metrics"), path="train.metrics")

    def check_loss(self) -> None:
        loss, layer = self.train.loss, self.last.layer
        name, gives = type(loss).__name__, type(loss).gives
        loss_place = self.place("train.loss", "train")
        if isinstance(loss, CrossEntropyLoss) and isinstance(layer, Softmax):
            self.report.add(catalog.lints.SoftmaxBeforeCrossEntropy(), self.last.span, path=self.last.document_path)
        elif isinstance(layer, LogSoftmax) and gives != "log_probabilities":
            fault = catalog.lints.LogSoftmaxWithoutNll(loss=name, wants=type(loss).wants)
            self.report.add(fault, self.last.span, path=self.last.document_path)
        elif gives == "log_probabilities" and not isinstance(layer, LogSoftmax):
            self.report.add(
                catalog.lints.NllWithoutLogSoftmax(loss=name, last=self.last.type), loss_place, path="train.loss"
            )
        elif gives == "each_logit" and self.last.type == "Sigmoid":
            sigmoid = catalog.lints.SigmoidBeforeLogitsLoss(loss=name)
            self.report.add(sigmoid, self.last.span, path=self.last.document_path)
        elif gives == "probabilities" and not _gives_probabilities(self.network.nodes):
            others = catalog.control.OutputsNotProbabilities(loss=name, last=self.last.type)
            self.report.add(others, loss_place, path="train.loss")

    def check_transforms(self) -> None:
        channels = self.dataset.sample[0]
        for transform in self.train.data.transform:
            if isinstance(transform, Normalize) and len(transform.mean) not in (1, channels):
                fault = catalog.preflight.ChannelsDiffer(
                    transform="Normalize", count=len(transform.mean), channels=channels, dataset=self.dataset.name
                )
                self.report.add(fault, self.place("train.data.transform", "train"), path="train.data.transform")
        for augmentation in self.train.data.augment:
            for colour in (getattr(augmentation, "fill", 0), getattr(augmentation, "value", 0)):
                if isinstance(colour, tuple) and len(colour) not in (1, channels):
                    name = type(augmentation).__name__
                    fault = catalog.preflight.ChannelsDiffer(
                        transform=name, count=len(colour), channels=channels, dataset=self.dataset.name
                    )
                    self.report.add(fault, self.place("train.data.augment", "train"), path="train.data.augment")

    def check_splits(self) -> int | None:
        """Check the sizes. Returns the training samples, where they are known."""
        data = self.train.data
        if data.validation is None and "train.evaluate" in self.spec.places:
            self.report.add(
                catalog.train_lints.NothingToEvaluate(), self.place("train.evaluate"), path="train.evaluate"
            )
        samples = self.dataset.size("train", data.source)
        if samples is None:
            return None
        if data.validation is not None:
            count = data.validation.count(samples)
            if not 0 < count < samples:
                empty = catalog.preflight.EmptySplit(samples=samples, validation=count)
                self.report.add(empty, self.place("train.data.validation"), path="train.data.validation")
                return None
            samples -= count
        if self.train.overfit_batches:
            samples = min(samples, self.train.overfit_batches * self.train.batch_size)
        self.check_batches(samples)
        return samples

    def check_batches(self, samples: int) -> None:
        batch_size = self.train.batch_size
        place = self.place("train.batch_size", "train")
        if batch_size > samples:
            larger = catalog.train_lints.BatchLargerThanData(batch_size=batch_size, samples=samples)
            self.report.add(larger, place, path="train.batch_size")
        if fault := last_batch_of_one(self.network, batch_size, samples, self.train.part_size):
            self.report.add(fault, place, path="train.batch_size")


def last_batch_of_one(
    network: Network, batch_size: int, samples: int, part_size: int | None = None
) -> catalog.preflight.LastBatchOfOne | None:
    """The fault where a batch, or a part of one, is a single sample, and a layer cannot train on one."""
    lonely = next((node for node in network.walk() if needs_two(node)), None)
    part = part_size or batch_size
    if lonely is None or not _leaves_one(samples, batch_size, part):
        return None
    parts = -(-batch_size // part)
    tried = range(batch_size + 1, batch_size + 100)
    better = next((size for size in tried if not _leaves_one(samples, size, -(-size // parts))), None)
    return catalog.preflight.LastBatchOfOne(
        layer=f"{lonely.path} ({lonely.type})", samples=samples, batch_size=batch_size, better=better
    )


def _leaves_one(samples: int, batch_size: int, part: int) -> bool:
    """Whether samples in batches, which are cut into parts, leave a part of one sample."""
    batches = {min(batch_size, samples), samples % batch_size}
    return any(batch % part == 1 or (part == 1 and batch > 0) for batch in batches)


def _gives_probabilities(nodes: tuple[Node, ...]) -> bool:
    """Whether what comes out lies between 0 and 1, for certain."""
    for node in reversed(nodes):
        if node.type == "Sequential":
            return _gives_probabilities(node.children)
        if node.type not in _VIEWS:
            return node.type in _PROBABILITIES
    return False


_VIEWS = frozenset({"Flatten", "Identity", "Permute", "Select", "Unflatten"})
_PROBABILITIES = frozenset({"Hardsigmoid", "Sigmoid", "Softmax", "Softmax2d", "Softmin"})


def needs_two(node: Node) -> bool:
    """Whether a layer cannot train on one sample: a batch norm without positions to average over."""
    return isinstance(node.layer, BatchNorm1d | BatchNorm2d | BatchNorm3d) and all(size == 1 for size in node.input[1:])
