"""E3xx: shapes and types. What a layer cannot do with the input that reaches it."""

from __future__ import annotations

from archc.diagnostics.fault import Family, Fault, Remedy, Stage
from archc.diagnostics.ways import Ways, said
from archc.diagnostics.words import any_of, as_written, axes, dimensions

fault = Family("E3", Stage.SHAPES, "Shapes")


@fault("E302", "wrong-rank")
class WrongRank(Fault):
    """A layer works on inputs with a certain number of axes, the batch axis not counted.

    ```yaml bad [512]
    layers:
      - BatchNorm2d  # error: wrong-rank
    ```

    ```yaml good [512]
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
    ways: Ways = ()
    """What makes the axes that the layer asks for."""
    last_of: str | None = None
    """The layer that hands on the last step of a sequence alone, where a sequence is asked for."""

    def message(self) -> str:
        wanted = " or ".join(f"{axes(rank)} ({names})" for rank, names in sorted(self.expected.items()))
        return f"`{self.layer}` needs an input of {wanted}, found {axes(len(self.shape))}: {dimensions(self.shape)}"

    @property
    def may_have_batch(self) -> bool:
        """Whether the first axis of the input may be the batch, and not the channels of an image."""
        is_image = len(self.shape) == 3 and self.shape[0] in (1, 3, 4)
        return self.at_input and 3 <= len(self.shape) <= 4 and len(self.shape) - 1 in self.expected and not is_image

    def help(self) -> str | None:
        if self.last_of:
            return f"delete `output: last` of {self.last_of}, with which it hands on the last step alone"
        other = said(self.ways) or (f"use `{self.instead}`" if self.instead else "")
        if self.may_have_batch:
            batch = f"if its first axis is the batch, delete it: the input is {dimensions(self.shape[1:])}"
            return f"{batch}; if not, {other}" if other else batch
        if other:
            return other if self.ways else f"{other} here"
        return self._missing()

    def _missing(self) -> str | None:
        rank = min(self.expected)
        if len(self.shape) == rank - 1 and rank > 1:
            return f"if the channel axis is missing, the input is {dimensions((1, *self.shape))}"
        if len(self.shape) < rank:
            return f"place `{self.layer}` before the layer that flattens its input"
        return None

    def remedy(self) -> Remedy | None:
        return self.ways[0].remedy() if self.ways and not self.may_have_batch else None


@fault("E303", "size-mismatch")
class SizeMismatch(Fault):
    """A size that follows from the input was written, and it is not the input's.

    These sizes (`in_channels`, `in_features`, `num_features`, ...) may be left out: archc computes them. Where the
    size is that of another axis, that axis is most likely meant: a `Permute` leads the layer there, or a `Flatten`, or
    an `input` with the channels first.

    ```yaml bad
    layers:
      - Flatten
      - Linear: {in_features: 728, out_features: 10}  # error: size-mismatch
    ```

    ```yaml good
    layers:
      - Flatten
      - Linear: 10
    ```
    """

    gives_output = True

    written: int | tuple[int, ...]
    actual: int | tuple[int, ...]
    ways: Ways = ()
    """What leads the layer to the axis that was meant, where it may be another one."""
    axis: int | None = None
    """That axis, as torch counts it, if it has the size that is written."""
    then: int | None = None
    """The size to write then, where it is another one."""
    flat: int | None = None
    """The features that a Flatten before the layer would make, where that may be meant."""
    next_help: str | None = None
    """What is to be done besides, where the layer does not take the right size either."""

    def message(self) -> str:
        return f"`{self.field}` is {as_written(self.written)}, but the input has {as_written(self.actual)}"

    def label(self) -> str:
        if self.axis:
            return f"axis {self.axis} has {as_written(self.written)}"
        return "" if self.ways else f"must be {as_written(self.actual)}"

    def help(self) -> str:
        size = self.then if self.ways else self.actual
        write = "" if size is None else f"write {as_written(size)}, or delete `{self.field}`: it is inferred"
        if self.is_list:
            write = f"write {as_written(self.actual)}"
        text = ", and ".join(filter(None, (said(self.ways), write)))
        if self.next_help:
            text = f"{text}; then {self.next_help}"
        return f"{text}; with a `Flatten` before it, it is {self.flat}" if self.flat else text

    @property
    def is_list(self) -> bool:
        """Whether the sizes of several axes are written: left out, they would be those of one."""
        return isinstance(self.written, tuple) and len(self.written) > 1

    def remedy(self) -> Remedy | None:
        if self.ways:
            return self.ways[0].remedy() if self.then is None or self.ways[0].also else None
        if self.next_help:
            return None
        if self.is_list:
            return Remedy(f"write {as_written(self.actual)}", as_written(self.actual))
        return Remedy(f"delete `{self.field}`: it is inferred", safe=not self.flat, action="delete-entry")


@fault("E304", "not-divisible")
class NotDivisible(Fault):
    """A number of channels is split into groups of equal size, so it must be a multiple of the groups.

    ```yaml bad [6, 8, 8]
    layers:
      - Conv2d: {out_channels: 8, kernel_size: 3, groups: 4}  # error: not-divisible
    ```

    ```yaml good [6, 8, 8]
    layers:
      - Conv2d: {out_channels: 8, kernel_size: 3, groups: 2}
    ```
    """

    gives_output = True

    name: str
    value: int
    divisor_name: str
    divisor: int
    choices: tuple[int, ...]
    chosen: str | None = None
    """The argument of which these are choices, where it is not the divisor itself."""
    ways: Ways = ()
    """What leads the layer to another axis, which is a multiple."""
    axis: int | None = None
    """That axis, as torch counts it."""
    is_other: bool = False
    """Whether it is known to be the one that the layer asks for."""
    is_fixed: bool = False
    """Whether the number follows from the input, and is not to be another."""

    def message(self) -> str:
        return f"`{self.name}` = {self.value} is not a multiple of `{self.divisor_name}` = {self.divisor}"

    def help(self) -> str:
        fitting = any_of([str(choice) for choice in self.choices])
        divide = f"`{self.chosen or self.divisor_name}` can be {fitting}"
        if not self.ways:
            return (
                divide
                if self.is_fixed
                else f"{divide}, or `{self.name}` a multiple of {self.divisor}, as {any_of(self._near())}"
            )
        if self.is_other:
            return f"{said(self.ways)}; then {divide}" if fitting else said(self.ways)
        return f"{divide}; if axis {self.axis} is meant, {said(self.ways)}"

    def _near(self) -> list[str]:
        """The multiples beside the number."""
        below = self.value // self.divisor * self.divisor
        return [str(number) for number in (below, below + self.divisor) if number]

    def remedy(self) -> Remedy | None:
        return self.ways[0].remedy() if self.is_other and not self.choices else None


@fault("E308", "wrong-dtype")
class WrongDtype(Fault):
    """A layer computes with real numbers, and whole numbers reach it; or it looks up whole numbers, and real ones do.

    ```yaml bad {shape: [4], dtype: int64}
    layers:
      - Linear: 2  # error: wrong-dtype
    ```

    ```yaml good {shape: [4], dtype: float32}
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
        text = f"write `dtype: {self.expected[0]}` in `input`"
        is_index = self.found.startswith("int")
        return f"{text}; an `Embedding` before it makes vectors of whole numbers" if is_index else text


@fault("E309", "dimension-too-large")
class DimensionTooLarge(Fault):
    """Every dimension of every shape is below 2**31.

    ```yaml bad [65536, 65536]
    layers:
      - Flatten  # error: dimension-too-large
    ```

    ```yaml good [256, 256]
    layers:
      - Flatten
    ```
    """

    shape: tuple[int, ...]
    limit: int

    def message(self) -> str:
        return f"the output would be {dimensions(self.shape)}; a dimension is below {self.limit:,}"


@fault("E312", "several-outputs")
class SeveralOutputs(Fault):
    """A Sequential hands one tensor from layer to layer; this argument would make the layer return two.

    ```yaml bad [1, 8, 8]
    layers:
      - MaxPool2d: {kernel_size: 2, return_indices: true}  # error: several-outputs
    ```

    ```yaml good [1, 8, 8]
    layers:
      - MaxPool2d: 2
    ```
    """

    gives_output = True

    def message(self) -> str:
        return f"with `{self.field}` the layer returns two tensors, and a Sequential carries one"

    def help(self) -> str:
        return f"delete `{self.field}`"


@fault("E332", "one-of-two")
class OneOfTwo(Fault):
    """A layer takes one of two arguments: the output's size, or its ratio to the input's.

    ```yaml bad [1, 4, 4]
    layers:
      - Upsample: {size: 8, scale_factor: 2}  # error: one-of-two
    ```

    ```yaml good [1, 4, 4]
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


@fault("E335", "one-value-per-channel")
class OneValuePerChannel(Fault):
    """A layer normalises each channel over its positions, and there is only one: all that remains of it is zero.

    torch refuses it too, while training.

    ```yaml bad [3, 1, 1]
    layers:
      - InstanceNorm2d  # error: one-value-per-channel
    ```

    ```yaml good [3, 1, 1]
    layers:
      - BatchNorm2d
    ```
    """

    layer: str

    def message(self) -> str:
        return f"`{self.layer}` normalises the positions of each channel, and there is only one"


@fault("E338", "neither-one-nor-all")
class NeitherOneNorAll(Fault):
    """`PReLU` learns one slope for all channels, or one for each.

    ```yaml bad [8, 4, 4]
    layers:
      - PReLU: 3  # error: neither-one-nor-all
    ```

    ```yaml good [8, 4, 4]
    layers:
      - PReLU: 8
    ```
    """

    gives_output = True

    written: int
    channels: int
    ways: Ways = ()
    """What leads the layer to another axis, which has the size that is written."""
    axis: int | None = None
    """That axis, as torch counts it."""

    def message(self) -> str:
        return f"`{self.field}` is {self.written}, but the input has {self.channels} channels"

    def label(self) -> str:
        return f"axis {self.axis} has {self.written}" if self.axis else ""

    def help(self) -> str:
        return said(self.ways) or f"write 1 or {self.channels}"

    def remedy(self) -> Remedy | None:
        return self.ways[0].remedy() if self.ways else None
