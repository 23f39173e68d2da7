"""E3xx: shapes. What a layer cannot do with the input that reaches it."""

from __future__ import annotations

from archc.diagnostics.fault import Fault, Remedy, fault
from archc.diagnostics.words import as_written, dimensions


def _axes(count: int) -> str:
    return "1 axis" if count == 1 else f"{count} axes"


@fault("E301", "window-too-large")
class WindowTooLarge(Fault):
    """A kernel or pooling window does not fit inside its padded input.

    The window must fit at least once, or the output has no positions at all. A window of `k` positions with
    dilation `d` spans `d * (k - 1) + 1` of them.

    ```yaml bad
    archc: 1
    input: [1, 4, 4]
    layers:
      - Conv2d: {out_channels: 8, kernel_size: 7}  # error: window-too-large
    ```

    ```yaml good
    archc: 1
    input: [1, 4, 4]
    layers:
      - Conv2d: {out_channels: 8, kernel_size: 3}
    ```
    """

    window: int
    extent: int
    largest: int
    axis: int
    fitting: tuple[int, ...]
    padded: bool = True
    padding: int | None = None
    """The smallest padding with which the window fits, where the layer can have it."""
    smallest: tuple[int, ...] | None = None
    """The smallest input of the network for which every window fits, where it is worked out."""
    channels_first: tuple[int, ...] | None = None
    """The network's input with its last axis first, where it looks as if its channels were last."""

    def message(self) -> str:
        return f"a window of {self.window} does not fit {'a padded' if self.padded else 'an'} input of {self.extent}"

    def label(self) -> str:
        return f"spans {self.window}, the {'padded ' if self.padded else ''}input has {self.extent}"

    def help(self) -> str:
        if self.channels_first is not None:
            return f"the channels come first: write `input: {list(self.channels_first)}`"
        ways = [f"lower `{self.field}` to at most {self.largest}" if self.largest > 0 else "lower `dilation`"]
        if self.padding is not None:
            ways.append(f"raise `padding` to at least {self.padding}")
        if self.smallest is not None:
            ways.append(f"begin with an input of at least {dimensions(self.smallest)}")
        return f"{', '.join(ways[:-1])}, or {ways[-1]}" if len(ways) > 1 else ways[0]

    def remedy(self) -> Remedy | None:
        if self.largest < 1:
            return None
        text = str(self.fitting[0]) if len(set(self.fitting)) == 1 else str(list(self.fitting))
        return Remedy(f"lower `{self.field}` to {text}", text, safe=False)


@fault("E302", "wrong-rank")
class WrongRank(Fault):
    """A layer works on inputs with a certain number of axes, the batch axis not counted.

    ```yaml bad
    archc: 1
    input: [512]
    layers:
      - BatchNorm2d  # error: wrong-rank
    ```

    ```yaml good
    archc: 1
    input: [512]
    layers:
      - BatchNorm1d
    ```
    """

    layer: str
    shape: tuple[int, ...]
    expected: dict[int, str]
    instead: str | None = None
    at_input: bool = False
    """Whether it is the network's input that reaches the layer."""

    def message(self) -> str:
        wanted = " or ".join(f"{_axes(rank)} ({names})" for rank, names in sorted(self.expected.items()))
        return f"`{self.layer}` needs an input of {wanted}, found {_axes(len(self.shape))}: {dimensions(self.shape)}"

    def help(self) -> str | None:
        if self.at_input and len(self.shape) == 4 and 3 in self.expected:
            batch = f"if its first axis is the batch, delete it: the input is {dimensions(self.shape[1:])}"
            return f"{batch}; if not, use `{self.instead}`" if self.instead else batch
        if self.instead:
            return f"use `{self.instead}` here"
        rank = min(self.expected)
        if len(self.shape) == rank - 1 and rank > 1:
            return f"if the channel axis is missing, the input is {dimensions((1, *self.shape))}"
        if len(self.shape) < rank:
            return f"place `{self.layer}` before the layer that flattens its input"
        return None


@fault("E303", "size-mismatch")
class SizeMismatch(Fault):
    """A size that follows from the input was written, and it is not the input's.

    These sizes (`in_channels`, `in_features`, `num_features`, ...) may be left out: archc computes them.

    ```yaml bad
    archc: 1
    input: [1, 28, 28]
    layers:
      - Flatten
      - Linear: {in_features: 728, out_features: 10}  # error: size-mismatch
    ```

    ```yaml good
    archc: 1
    input: [1, 28, 28]
    layers:
      - Flatten
      - Linear: 10
    ```
    """

    written: int | tuple[int, ...]
    actual: int | tuple[int, ...]
    flat: int | None = None
    """The features that a Flatten before the layer would make of its input, where it has more than one axis."""

    @property
    def unflattened(self) -> bool:
        """Whether the size is that of the flattened input: the Flatten is missing."""
        return self.written == self.flat

    def message(self) -> str:
        return f"`{self.field}` is {as_written(self.written)}, but the input has {as_written(self.actual)}"

    def label(self) -> str:
        return f"must be {as_written(self.actual)}"

    def help(self) -> str:
        if self.unflattened:
            return f"put `Flatten` before it, which makes {self.flat:,} features"
        text = f"write {as_written(self.actual)}, or delete `{self.field}`: it is inferred"
        return f"{text}; with a `Flatten` before it, it is {self.flat}" if self.flat else text

    def remedy(self) -> Remedy | None:
        if self.unflattened:
            return None
        return Remedy(f"delete `{self.field}`: it is inferred", action="delete-entry")


@fault("E304", "not-divisible")
class NotDivisible(Fault):
    """A number of channels is split into groups of equal size, so it must be a multiple of the groups.

    ```yaml bad
    archc: 1
    input: [6, 8, 8]
    layers:
      - Conv2d: {out_channels: 8, kernel_size: 3, groups: 4}  # error: not-divisible
    ```

    ```yaml good
    archc: 1
    input: [6, 8, 8]
    layers:
      - Conv2d: {out_channels: 8, kernel_size: 3, groups: 2}
    ```
    """

    name: str
    value: int
    divisor_name: str
    divisor: int
    choices: tuple[int, ...]

    def message(self) -> str:
        return f"`{self.name}` = {self.value} is not a multiple of `{self.divisor_name}` = {self.divisor}"

    def help(self) -> str:
        fitting = ", ".join(str(choice) for choice in self.choices)
        return f"`{self.divisor_name}` can be one of {fitting}"


@fault("E305", "padding-too-large")
class PaddingTooLarge(Fault):
    """Padding has a limit: half the window for pools, and the input itself where padding copies from it.

    A pool whose padding is larger than half its window would have positions that see padding alone. Reflecting
    copies at most one position less than the input has, circular padding at most all of them. The `output_padding`
    of a transposed convolution is less than the stride, or than the dilation where that is larger.

    ```yaml bad
    archc: 1
    input: [1, 8, 8]
    layers:
      - MaxPool2d: {kernel_size: 2, padding: 2}  # error: padding-too-large
    ```

    ```yaml good
    archc: 1
    input: [1, 8, 8]
    layers:
      - MaxPool2d: {kernel_size: 4, padding: 2}
    ```
    """

    padding: int
    largest: int
    because: str

    def message(self) -> str:
        return f"a padding of {self.padding} is more than {self.because}, {self.largest}"

    def label(self) -> str:
        return f"at most {self.largest}"

    def help(self) -> str:
        return f"lower `{self.field}` to at most {self.largest}"


@fault("E306", "same-with-stride")
class SameWithStride(Fault):
    """`padding: same` keeps the input's size, which only a stride of 1 can do.

    ```yaml bad
    archc: 1
    input: [1, 8, 8]
    layers:
      - Conv2d: {out_channels: 8, kernel_size: 3, stride: 2, padding: same}  # error: same-with-stride
    ```

    ```yaml good
    archc: 1
    input: [1, 8, 8]
    layers:
      - Conv2d: {out_channels: 8, kernel_size: 3, stride: 2, padding: 1}
    ```
    """

    padding: tuple[int, ...]

    def message(self) -> str:
        return "`padding: same` needs a stride of 1"

    def help(self) -> str:
        text = str(self.padding[0]) if len(set(self.padding)) == 1 else str(list(self.padding))
        return f"write `padding: {text}`, or a stride of 1"


@fault("E307", "no-such-axis")
class NoSuchAxis(Fault):
    """An argument names an axis that the input does not have. Axis 0 is the batch, and -1 the last.

    ```yaml bad
    archc: 1
    input: [10]
    layers:
      - Softmax: 2  # error: no-such-axis
    ```

    ```yaml good
    archc: 1
    input: [10]
    layers:
      - Softmax: 1
    ```
    """

    axis: int
    rank: int

    def message(self) -> str:
        return f"`{self.field}` is {self.axis}, but the input has the axes 0 (the batch) to {self.rank}"


@fault("E308", "wrong-dtype")
class WrongDtype(Fault):
    """A layer computes with real numbers, and whole numbers reach it; or it looks up whole numbers, and real ones do.

    ```yaml bad
    archc: 1
    input: {shape: [4], dtype: int64}
    layers:
      - Linear: 2  # error: wrong-dtype
    ```

    ```yaml good
    archc: 1
    input: {shape: [4], dtype: float32}
    layers:
      - Linear: 2
    ```
    """

    layer: str
    expected: tuple[str, ...]
    found: str

    def message(self) -> str:
        return f"`{self.layer}` needs {' or '.join(self.expected)}, but {self.found} reaches it"

    def help(self) -> str | None:
        return f"write `dtype: {self.expected[0]}` in `input`"


@fault("E309", "dimension-too-large")
class DimensionTooLarge(Fault):
    """Every dimension of every shape is below 2**31.

    ```yaml bad
    archc: 1
    input: [65536, 65536]
    layers:
      - Flatten  # error: dimension-too-large
    ```

    ```yaml good
    archc: 1
    input: [256, 256]
    layers:
      - Flatten
    ```
    """

    shape: tuple[int, ...]
    limit: int

    def message(self) -> str:
        return f"the output would be {dimensions(self.shape)}; a dimension is below {self.limit:,}"


@fault("E310", "flatten-merges-batch")
class FlattenMergesBatch(Fault):
    """`Flatten` from axis 0 would merge the samples of a batch into one.

    torch permits it; archc does not, as the output would then depend on the batch size.

    ```yaml bad
    archc: 1
    input: [1, 28, 28]
    layers:
      - Flatten: {start_dim: 0}  # error: flatten-merges-batch
    ```

    ```yaml good
    archc: 1
    input: [1, 28, 28]
    layers:
      - Flatten
    ```
    """

    def message(self) -> str:
        return "flattening from axis 0 merges the samples of a batch"

    def help(self) -> str:
        return "axis 0 is the batch; write `start_dim: 1`"

    def remedy(self) -> Remedy:
        return Remedy("write 1", "1", safe=False)


@fault("E311", "axes-out-of-order")
class AxesOutOfOrder(Fault):
    """A range of axes ends before it starts.

    ```yaml bad
    archc: 1
    input: [1, 28, 28]
    layers:
      - Flatten: {start_dim: 3, end_dim: 2}  # error: axes-out-of-order
    ```

    ```yaml good
    archc: 1
    input: [1, 28, 28]
    layers:
      - Flatten: {start_dim: 2, end_dim: 3}
    ```
    """

    start: int
    end: int

    def message(self) -> str:
        return f"`start_dim` is axis {self.start}, which comes after `end_dim`, axis {self.end}"


@fault("E312", "several-outputs")
class SeveralOutputs(Fault):
    """A Sequential hands one tensor from layer to layer; this argument would make the layer return two.

    ```yaml bad
    archc: 1
    input: [1, 8, 8]
    layers:
      - MaxPool2d: {kernel_size: 2, return_indices: true}  # error: several-outputs
    ```

    ```yaml good
    archc: 1
    input: [1, 8, 8]
    layers:
      - MaxPool2d: 2
    ```
    """

    def message(self) -> str:
        return f"with `{self.field}` the layer returns two tensors, and a Sequential carries one"

    def help(self) -> str:
        return f"delete `{self.field}`"


@fault("E330", "batch-axis")
class BatchAxis(Fault):
    """A layer works within each sample, and this argument names axis 0, the batch.

    torch permits it in places; archc does not, as the output would then depend on the batch.

    ```yaml bad
    archc: 1
    input: [4, 6]
    layers:
      - GLU: {dim: 0}  # error: batch-axis
    ```

    ```yaml good
    archc: 1
    input: [4, 6]
    layers:
      - GLU: {dim: 2}
    ```
    """

    dim: int

    def message(self) -> str:
        return f"`{self.field}` is {self.dim}, which is the batch"

    def help(self) -> str:
        return "axis 0 is the batch; the axes of a sample begin at 1"


@fault("E331", "nothing-left")
class NothingLeft(Fault):
    """A layer would give an output without a position: it crops, or scales down, all that there is.

    ```yaml bad
    archc: 1
    input: [1, 4, 4]
    layers:
      - ZeroPad2d: -2  # error: nothing-left
    ```

    ```yaml good
    archc: 1
    input: [1, 4, 4]
    layers:
      - ZeroPad2d: -1
    ```
    """

    sizes: tuple[int, ...]

    def message(self) -> str:
        return f"{dimensions(self.sizes)} would be left; each size is at least 1"


@fault("E332", "one-of-two")
class OneOfTwo(Fault):
    """A layer takes one of two arguments: the output's size, or its ratio to the input's.

    ```yaml bad
    archc: 1
    input: [1, 4, 4]
    layers:
      - Upsample: {size: 8, scale_factor: 2}  # error: one-of-two
    ```

    ```yaml good
    archc: 1
    input: [1, 4, 4]
    layers:
      - Upsample: {scale_factor: 2}
    ```
    """

    names: tuple[str, str]
    both: bool

    def message(self) -> str:
        first, second = self.names
        return (
            f"`{first}` and `{second}` are both written"
            if self.both
            else f"neither `{first}` nor `{second}` is written"
        )

    def help(self) -> str:
        first, second = self.names
        return f"delete `{self.field}`" if self.both else f"write `{first}` or `{second}`"


@fault("E333", "no-such-index")
class NoSuchIndex(Fault):
    """An index lies outside of what it counts. 0 is the first, and -1 the last.

    ```yaml bad
    archc: 1
    input: [16, 8]
    layers:
      - Select: {dim: 1, index: 16}  # error: no-such-index
    ```

    ```yaml good
    archc: 1
    input: [16, 8]
    layers:
      - Select: {dim: 1, index: 15}
    ```
    """

    index: int
    size: int

    def message(self) -> str:
        return f"`{self.field}` is {self.index}, but there are {self.size}: 0 to {self.size - 1}"


@fault("E334", "not-an-order")
class NotAnOrder(Fault):
    """`Permute` lists every axis of its input once, the batch first.

    ```yaml bad
    archc: 1
    input: [3, 8, 8]
    layers:
      - Permute: [0, 2, 3]  # error: not-an-order
    ```

    ```yaml good
    archc: 1
    input: [3, 8, 8]
    layers:
      - Permute: [0, 2, 3, 1]
    ```
    """

    dims: tuple[int, ...]
    rank: int

    def message(self) -> str:
        return f"{list(self.dims)} is not an order of the axes 0 (the batch) to {self.rank}"

    def help(self) -> str:
        return f"name each axis from 0 to {self.rank} once, 0 first"


@fault("E335", "one-value-per-channel")
class OneValuePerChannel(Fault):
    """A layer normalises each channel over its positions, and there is only one: all that remains of it is zero.

    torch refuses it too, while training.

    ```yaml bad
    archc: 1
    input: [3, 1, 1]
    layers:
      - InstanceNorm2d  # error: one-value-per-channel
    ```

    ```yaml good
    archc: 1
    input: [3, 1, 1]
    layers:
      - BatchNorm2d
    ```
    """

    layer: str

    def message(self) -> str:
        return f"`{self.layer}` normalises the positions of each channel, and there is only one"


@fault("E336", "product-differs")
class ProductDiffers(Fault):
    """`Unflatten` splits an axis into several, whose sizes multiply to its own. One of them may be -1: it is computed.

    ```yaml bad
    archc: 1
    input: [50]
    layers:
      - Unflatten: {dim: 1, unflattened_size: [2, 5]}  # error: product-differs
    ```

    ```yaml good
    archc: 1
    input: [50]
    layers:
      - Unflatten: {dim: 1, unflattened_size: [2, 5, -1]}
    ```
    """

    sizes: tuple[int, ...]
    actual: int

    def message(self) -> str:
        return f"{dimensions(self.sizes)} does not make {self.actual}, the size of the axis"


@fault("E337", "blocks-differ")
class BlocksDiffer(Fault):
    """`Fold` puts blocks back at the positions where a window stands, so that there is one for each position.

    ```yaml bad
    archc: 1
    input: [4, 5]
    layers:
      - Fold: {output_size: 4, kernel_size: 2, stride: 2}  # error: blocks-differ
    ```

    ```yaml good
    archc: 1
    input: [4, 4]
    layers:
      - Fold: {output_size: 4, kernel_size: 2, stride: 2}
    ```
    """

    blocks: int
    positions: int

    def message(self) -> str:
        return f"the input has {self.blocks} blocks, but a window has {self.positions} positions in the output"


@fault("E338", "neither-one-nor-all")
class NeitherOneNorAll(Fault):
    """`PReLU` learns one slope for all channels, or one for each.

    ```yaml bad
    archc: 1
    input: [8, 4, 4]
    layers:
      - PReLU: 3  # error: neither-one-nor-all
    ```

    ```yaml good
    archc: 1
    input: [8, 4, 4]
    layers:
      - PReLU: 8
    ```
    """

    written: int
    channels: int

    def message(self) -> str:
        return f"`{self.field}` is {self.written}, but the input has {self.channels} channels"

    def help(self) -> str:
        return f"write 1 or {self.channels}"


@fault("E339", "positions-overlap-too-much")
class TooManyPositions(Fault):
    """A fractional pool has more positions than its window can take in the input, each at least one further on.

    ```yaml bad
    archc: 1
    input: [1, 8, 8]
    layers:
      - FractionalMaxPool2d: {kernel_size: 3, output_size: 7}  # error: positions-overlap-too-much
    ```

    ```yaml good
    archc: 1
    input: [1, 8, 8]
    layers:
      - FractionalMaxPool2d: {kernel_size: 3, output_size: 6}
    ```
    """

    window: int
    positions: int
    extent: int

    largest: int

    def message(self) -> str:
        return f"{self.positions} positions of a window of {self.window} do not fit an input of {self.extent}"

    def help(self) -> str:
        return f"the window has at most {max(0, self.largest)} positions"


@fault("E340", "odd-axis")
class OddAxis(Fault):
    """`GLU` halves an axis, so its size is even.

    ```yaml bad
    archc: 1
    input: [5]
    layers:
      - GLU  # error: odd-axis
    ```

    ```yaml good
    archc: 1
    input: [6]
    layers:
      - GLU
    ```
    """

    size: int

    def message(self) -> str:
        return f"an axis of {self.size} cannot be halved"


@fault("E341", "no-axis-left")
class NoAxisLeft(Fault):
    """A layer that removes axes leaves at least one of a sample's.

    ```yaml bad
    archc: 1
    input: [8]
    layers:
      - Mean: 1  # error: no-axis-left
    ```

    ```yaml good
    archc: 1
    input: [8]
    layers:
      - Mean: {dim: 1, keepdim: true}
    ```
    """

    def message(self) -> str:
        return f"`{self.field}` removes every axis of a sample"


@fault("E342", "axis-twice")
class AxisTwice(Fault):
    """An argument lists the same axis twice.

    ```yaml bad
    archc: 1
    input: [8, 4, 4]
    layers:
      - Mean: [2, 3, -1]  # error: axis-twice
    ```

    ```yaml good
    archc: 1
    input: [8, 4, 4]
    layers:
      - Mean: [2, 3]
    ```
    """

    dims: tuple[int, ...]

    def message(self) -> str:
        return f"{list(self.dims)} names an axis twice"


@fault("E343", "axes-differ")
class AxesDiffer(Fault):
    """An argument is a list with one value for each axis behind the channels, and has too few or too many.

    ```yaml bad
    archc: 1
    input: [3, 8, 8]
    layers:
      - Upsample: {scale_factor: [2, 2, 2]}  # error: axes-differ
    ```

    ```yaml good
    archc: 1
    input: [3, 8, 8]
    layers:
      - Upsample: {scale_factor: [2, 2]}
    ```
    """

    written: int
    axes: int

    def message(self) -> str:
        return f"`{self.field}` has {self.written} values, but the input has {_axes(self.axes)} behind its channels"
