"""Every check there is, in literal tables by what it needs. A check reads and yields findings; it changes nothing.

    tree ── DOCUMENT     network ── NETWORK, CHAIN     network and claims ── CLAIMS
    recipe and input ── RECIPE     and network ── PLAN     and the number of samples ── SIZED

A table is run as soon as what it needs is known: SIZED with the spec, as far as that tells the size of the data, and
again where the data has been found.

`capacity` is in no table: what it asks depends on this machine and an option, so that `archc check` of a spec says the
same everywhere. What allocates a network calls it first.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from archc.checks import control, expect, overwriting, preflight, timing, unused, values
from archc.checks.check import Check, Finding, Plan, Recipe, Sized, found
from archc.checks.expect import Claims
from archc.checks.lint import axes, endings, pairs, sizes
from archc.checks.lint.chain import Chain, chains
from archc.diagnostics.fault import Fault
from archc.layers import Shape
from archc.layers.base import Dtype
from archc.network import Network
from archc.spec import Spec
from archc.syntax.tree import MappingNode, Tree

CHAIN: Final[tuple[Check[Chain], ...]] = (
    pairs.nothing_between,
    pairs.bias_before_norm,
    pairs.dropout_twice,
    pairs.activation_twice,
    pairs.heavy_flatten,
    endings.dropout_last,
    endings.norm_last,
    sizes.softmax_axis,
    sizes.dropout_of_another_rank,
    sizes.rows_dropped,
    sizes.redundant_size,
    sizes.dropout_between_no_layers,
)
"""What is looked for in each chain of layers that follow one another."""

NETWORK: Final[tuple[Check[Network], ...]] = (axes.axes_taken_for_others, values.constant)
"""What is looked for in a network as a whole."""

DOCUMENT: Final[tuple[Check[MappingNode], ...]] = (unused.variables, unused.blocks, unused.parameters)
"""What is looked for in the document as it is written."""

RECIPE: Final[tuple[Check[Recipe], ...]] = (
    preflight.input_not_the_data,
    preflight.images_differ,
    preflight.remarks,
    preflight.losses,
    preflight.metrics,
    preflight.batch_in_parts,
    preflight.not_images,
    preflight.conversions,
    preflight.size_after_values,
    preflight.input_beyond_one,
    preflight.channels_of_transforms,
    preflight.channels_of_augmentations,
    preflight.nothing_to_evaluate,
    preflight.no_such_split,
    preflight.only_test_evaluated,
    preflight.no_classes_to_balance,
    preflight.balanced_twice,
    preflight.empty_split,
    preflight.split_twice,
    preflight.no_classes_to_stratify,
    preflight.smaller_than_its_classes,
    control.figures_not_measured,
    control.nothing_decays,
    control.no_momentum_to_cycle,
    control.augmentation_changes_size,
)
"""What is looked for in a recipe, whether its network is known or not."""

PLAN: Final[tuple[Check[Plan], ...]] = (
    preflight.nothing_to_train,
    preflight.norm_of_one_value,
    overwriting.overwritten,
    preflight.outputs,
    preflight.class_weights,
    preflight.threshold,
    preflight.probabilities,
    preflight.too_few_outputs,
    values.against_the_loss,
    values.cut_off_before_the_end,
    control.not_a_matrix,
)
"""What is looked for in a network together with its recipe."""

SIZED: Final[tuple[Check[Sized], ...]] = (
    preflight.batch_larger_than_data,
    preflight.last_batch_of_one,
    control.schedule_too_short,
    control.schedule_never_changes,
    control.warmup_as_long_as_the_run,
    control.average_too_slow,
    control.no_checkpoint_before_the_end,
    timing.cosine_of_another_length,
    timing.cycle_longer_than_the_run,
    timing.lowest_rate_above_the_rate,
    timing.never_evaluated,
    timing.never_logged,
    timing.patience_longer_than_the_run,
)
"""What is looked for in a recipe where the length of the training is known, or a part of it."""

CLAIMS: Final[tuple[Check[Claims], ...]] = (expect.output, expect.figures, expect.shapes)
"""What the `expect` section says that does not hold."""


def of_spec(tree: Tree | None, spec: Spec, network: Network, folder: Path) -> Iterator[Finding]:
    """What every check finds in a spec whose network is known. Paths of the spec are relative to `folder`."""
    for chain in chains(network):
        yield from found(CHAIN, chain)
    yield from found(NETWORK, network)
    if isinstance(tree, MappingNode):
        yield from found(DOCUMENT, tree)
    yield from _of_recipe(spec, (network.input, network.input_dtype), network, folder)
    if spec.expect is not None:
        yield from found(CLAIMS, Claims(network, spec.expect))


def without_network(spec: Spec, folder: Path) -> Iterator[Finding]:
    """What is found in the recipe of a spec whose network has faults."""
    if spec.input is not None:
        yield from _of_recipe(spec, (spec.input.shape, spec.input.dtype), None, folder)


def _of_recipe(spec: Spec, given: tuple[Shape, Dtype], network: Network | None, folder: Path) -> Iterator[Finding]:
    if spec.train is None:
        return
    try:
        facts = spec.train.facts(folder)
    except Fault as fault:
        yield Finding(fault, f"train.data.{fault.field}" if fault.field else "train.data")
        return
    written = frozenset(path for path, place in spec.places.items() if place.source.origin != "override")
    recipe = Recipe(*given, spec.train.settled(facts), facts, written)
    yield from found(RECIPE, recipe)
    if network is not None:
        yield from found(PLAN, Plan(network, recipe))
    yield from found(SIZED, Sized(recipe, preflight.training_samples(recipe), network))
