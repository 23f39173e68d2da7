"""E3xx: shapes. What a layer cannot do with the input that reaches it."""

from __future__ import annotations

from archc.diagnostics.fault import Fault, Remedy, fault


def dimensions(shape: tuple[int, ...]) -> str:
    """A shape as people write it: 64 x 7 x 7."""
    return " x ".join(str(size) for size in shape)


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

    def message(self) -> str:
        return f"a window of {self.window} does not fit a padded input of {self.extent}"

    def label(self) -> str:
        return f"spans {self.window}, the padded input has {self.extent}"

    def help(self) -> str:
        if self.largest < 1:
            return "raise `padding`, or lower `dilation`"
        return f"lower `{self.field}` to at most {self.largest}, or raise `padding`"

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

    def message(self) -> str:
        wanted = " or ".join(f"{_axes(rank)} ({names})" for rank, names in sorted(self.expected.items()))
        return f"`{self.layer}` needs an input of {wanted}, found {_axes(len(self.shape))}: {dimensions(self.shape)}"

    def help(self) -> str | None:
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

    written: int
    actual: int

    def message(self) -> str:
        return f"`{self.field}` is {self.written}, but the input has {self.actual}"

    def label(self) -> str:
        return f"must be {self.actual}"

    def help(self) -> str:
        return f"write {self.actual}, or delete `{self.field}`: it is inferred"

    def remedy(self) -> Remedy:
        return Remedy(f"write {self.actual}", str(self.actual), safe=False)


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

    A pool whose padding is larger than half its window would have positions that see padding alone. `reflect`
    copies at most one position less than the input has, `circular` at most all of them.

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
        return f"lower `padding` to at most {self.largest}"


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
    """A layer computes with real numbers, and whole numbers reach it.

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
        return "write `dtype: float32` in `input`" if "float32" in self.expected else None


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
