"""What is known of the values in a network -> values that a loss does not take, that are cut off, or that are one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import NamedTuple

from archc.analysis.ranges import Ranges, ranges
from archc.checks.check import Finding, Plan
from archc.checks.lint.endings import reads
from archc.checks.preflight import norms_one_value
from archc.diagnostics import catalog
from archc.layers.ranges import ANY, POSITIVE, UNIT, Range
from archc.network import Network, Node
from archc.recipe.losses import Loss
from archc.recipe.tasks.regression import gives_variances
from archc.recipe.transforms.values import Normalize


class _End(NamedTuple):
    """Where a network meets its loss. `last` made the outputs; `spans` is what those have to be able to be."""

    network: Network
    loss: Loss
    last: Node
    found: Ranges
    training: Range
    spans: Range | None

    @property
    def name(self) -> str:
        return type(self.loss).__name__


def against_the_loss(plan: Plan) -> Iterator[Finding]:
    """Outputs of which the loss cannot be computed, or does not learn; the worst alone is said."""
    if any(plan.task.losses(plan.train.loss, plan.facts)):
        return
    given, network = _given(plan), plan.network
    end = _End(
        network=network,
        loss=plan.train.loss,
        last=next(_made(network), plan.last),
        found=ranges(network, given),
        training=ranges(network, given, training=True).output,
        spans=plan.train.loss.spans() if plan.task.of != "values" else None,
    )
    if gives_variances(plan.train.loss):
        yield from _variances(plan, end)
        return
    rules = (_not_admitted, _no_logarithms, _logarithms, _softmax_twice, _sigmoid_twice, _cut_off)
    yield from islice(chain.from_iterable(rule(end) for rule in rules), 1)


def _variances(plan: Plan, end: _End) -> Iterator[Finding]:
    """Variances that may be below 0: the second half of the outputs, which a Concat makes of branches of its own."""
    output = plan.network.output
    if end.found.output.within(POSITIVE) or not plan.task.fits(output, plan.facts, plan.train.loss):
        return
    last = plan.last
    places, start = [], 0
    for giver in plan.network.inside(last) if last.type == "Concat" and getattr(last.layer, "dim", 1) == 1 else ():
        positive = giver is not None and end.found.of(giver).gives.within(POSITIVE)
        end_of_it = start + (giver.output if giver is not None else last.input)[0]
        places += [positive] * (end_of_it - start)
        start = end_of_it
    if len(places) != output[0] or not all(places[len(places) // 2 :]):
        fault = catalog.tasks.VariancesBelowZero(loss=end.name, last=last.type, wanted=output)
        yield Finding(fault, "train.loss")


def _given(plan: Plan) -> Range:
    """What goes into the network: pixels are from 0 to 1, as long as nothing is done to them."""
    data = plan.train.data
    moved = bool(data.augment) or any(isinstance(transform, Normalize) for transform in data.transform)
    return UNIT if data.kind.holds == "pixels" and not moved else ANY


def _made(network: Network) -> Iterator[Node]:
    """The layers that make the outputs, the last one first: not those that drop, move or choose values."""
    return (node for node in network.back() if node.family not in ("view", "dropout", "selection"))


def _not_admitted(end: _End) -> Iterator[Finding]:
    """Outputs that the loss cannot be computed of."""
    admits, last = end.loss.admits(), end.last
    if end.training.within(admits):
        return
    if end.loss.gives == "distance":
        yield Finding(catalog.distances.DistanceBelowZero(loss=end.name, last=last.type), "train.loss")
        return
    if admits != UNIT:
        yield Finding(catalog.targets.CountsBelowZero(loss=end.name, last=last.type), "train.loss")
        return
    drops = [node.type for node in end.network.back() if node.family == "dropout"]
    fault = catalog.control.OutputsNotProbabilities(
        loss=end.name,
        last=last.type,
        instead=_is_bounded(last),
        drops=drops[0] if drops and end.found.output.within(admits) else None,
    )
    yield Finding(fault, "train.loss")


def _no_logarithms(end: _End) -> Iterator[Finding]:
    """A loss that takes the logarithms of shares, where none come. Those along another axis are another lint's."""
    is_log = end.found.output.whole == "log_shares" or end.last.type == "LogSoftmax"
    if end.loss.gives == "log_probabilities" and not is_log:
        fault = catalog.output_lints.NllWithoutLogSoftmax(
            loss=end.name, last=end.last.type, instead=_is_bounded(end.last)
        )
        yield Finding(fault, "train.loss")


def _logarithms(end: _End) -> Iterator[Finding]:
    """The logarithms of shares, which the loss does not take."""
    if end.found.output.whole == "log_shares" and end.loss.gives != "log_probabilities":
        fault = catalog.output_lints.LogSoftmaxWithoutNll(loss=end.name, wants=end.loss.wants)
        yield Finding(fault, _softmax(end))


def _softmax_twice(end: _End) -> Iterator[Finding]:
    """Shares, of which the loss makes shares again."""
    if end.found.output.whole == "shares" and end.loss.gives == "logits":
        softmax = _softmax(end)
        yield Finding(catalog.output_lints.SoftmaxBeforeCrossEntropy(layer=softmax.type), softmax)


def _softmax(end: _End) -> Node:
    """The layer that made outputs a whole; of several beside one another, the last."""
    back = end.network.back()
    origin = next((node for node in back if end.found.of(node).takes.whole is None), end.last)
    return [end.last, *(node for node in origin.walk() if node.family == "softmax")][-1]


def _sigmoid_twice(end: _End) -> Iterator[Finding]:
    """Numbers from 0 to 1, of which the loss makes such again."""
    if end.loss.gives == "each_logit" and _bounds(end.last).within(UNIT):
        yield Finding(catalog.output_lints.SigmoidBeforeLogitsLoss(loss=end.name, layer=end.last.type), end.last)


def _cut_off(end: _End) -> Iterator[Finding]:
    """A last activation that keeps outputs from what the loss has to see; one value alone is another lint's."""
    bounds = _bounds(end.last)
    if end.spans and bounds.least < bounds.most and not end.spans.within(bounds):
        yield _cut(end.last, end.name, end.spans)


def cut_off_before_the_end(plan: Plan) -> Iterator[Finding]:
    """An activation right before the softmax or sigmoid that a network ends with, which takes any number."""
    last, before = islice(chain(_made(plan.network), [None, None]), 2)
    if last and before and not last.children and reads(last) and _is_bounded(before) and before.layer != last.layer:
        yield _cut(before, last.type, ANY)


def _cut(node: Node, reader: str, takes: Range) -> Finding:
    gives = _bounds(node)
    fault = catalog.output_lints.OutputsCutOff(
        layer=node.type, gives=(gives.least, gives.most), reader=reader, takes=(takes.least, takes.most)
    )
    return Finding(fault, node)


def _bounds(node: Node) -> Range:
    """Within which bounds a layer keeps what it gives, whatever it takes."""
    return ANY if node.children else node.layer.range_of(ANY, node.input, False).bare


def _is_bounded(node: Node) -> bool:
    return not ANY.within(_bounds(node))


def constant(network: Network) -> Iterator[Finding]:
    """A layer that gives the same for every sample, though it takes others."""
    found = ranges(network, training=True)
    for node in network.walk():
        takes, gives = found.of(node)
        if network.train is not None and norms_one_value(node):
            continue  # which is an error there
        if takes.varies and not gives.varies and not node.children:
            value = gives.least if gives.least == gives.most else None
            fault = catalog.layer_lints.Constant(
                layer=node.type, kind=node.family, value=value, takes=(takes.least, takes.most)
            )
            yield Finding(fault, node)
