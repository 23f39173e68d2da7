"""E3xx: arguments that name an axis or a position, or divide an axis, and the input has another one."""

from __future__ import annotations

from archc.diagnostics.fault import Family, Fault, Remedy, Stage
from archc.diagnostics.ways import Ways, said
from archc.diagnostics.words import axes, dimensions

fault = Family("E3", Stage.SHAPES, "Shapes")


@fault("E307", "no-such-axis")
class NoSuchAxis(Fault):
    """An argument names an axis that the input does not have. Axis 0 is the batch, and -1 the last.

    ```yaml bad [10]
    layers:
      - Softmax: 2  # error: no-such-axis
    ```

    ```yaml good [10]
    layers:
      - Softmax: 1
    ```
    """

    axis: int
    rank: int

    def message(self) -> str:
        return f"`{self.field}` is {self.axis}, but the input has the axes 0 (the batch) to {self.rank}"


@fault("E310", "flatten-merges-batch")
class FlattenMergesBatch(Fault):
    """`Flatten` from axis 0 would merge the samples of a batch into one.

    torch permits it; archc does not, as the output would then depend on the batch size.

    ```yaml bad
    layers:
      - Flatten: {start_dim: 0}  # error: flatten-merges-batch
    ```

    ```yaml good
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
    layers:
      - Flatten: {start_dim: 3, end_dim: 2}  # error: axes-out-of-order
    ```

    ```yaml good
    layers:
      - Flatten: {start_dim: 2, end_dim: 3}
    ```
    """

    start: int
    end: int

    def message(self) -> str:
        return f"`start_dim` is axis {self.start}, which comes after `end_dim`, axis {self.end}"


@fault("E330", "batch-axis")
class BatchAxis(Fault):
    """A layer works within each sample, and this argument names axis 0, the batch.

    torch permits it in places; archc does not, as the output would then depend on the batch.

    ```yaml bad [4, 6]
    layers:
      - GLU: {dim: 0}  # error: batch-axis
    ```

    ```yaml good [4, 6]
    layers:
      - GLU: {dim: 2}
    ```
    """

    dim: int

    def message(self) -> str:
        return f"`{self.field}` is {self.dim}, which is the batch"

    def help(self) -> str:
        return "axis 0 is the batch; the axes of a sample begin at 1"


@fault("E333", "no-such-index")
class NoSuchIndex(Fault):
    """An index lies outside of what it counts. 0 is the first, and -1 the last.

    ```yaml bad [16, 8]
    layers:
      - Select: {dim: 1, index: 16}  # error: no-such-index
    ```

    ```yaml good [16, 8]
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

    ```yaml bad [3, 8, 8]
    layers:
      - Permute: [0, 2, 3]  # error: not-an-order
    ```

    ```yaml good [3, 8, 8]
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


@fault("E336", "product-differs")
class ProductDiffers(Fault):
    """`Unflatten` splits an axis into several, whose sizes multiply to its own. One of them may be -1: it is computed.

    ```yaml bad [50]
    layers:
      - Unflatten: {dim: 1, unflattened_size: [2, 5]}  # error: product-differs
    ```

    ```yaml good [50]
    layers:
      - Unflatten: {dim: 1, unflattened_size: [2, 5, -1]}
    ```
    """

    sizes: tuple[int, ...]
    actual: int
    ways: Ways = ()
    """What leads the layer to another axis, which they make."""

    def message(self) -> str:
        return f"{dimensions(self.sizes)} does not make {self.actual}, the size of the axis"

    def help(self) -> str | None:
        return said(self.ways) or None

    def remedy(self) -> Remedy | None:
        return self.ways[0].remedy() if self.ways else None


@fault("E340", "odd-axis")
class OddAxis(Fault):
    """`GLU` halves an axis, so its size is even.

    ```yaml bad [5]
    layers:
      - GLU  # error: odd-axis
    ```

    ```yaml good [6]
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

    ```yaml bad [8]
    layers:
      - Mean: 1  # error: no-axis-left
    ```

    ```yaml good [8]
    layers:
      - Mean: {dim: 1, keepdim: true}
    ```
    """

    def message(self) -> str:
        return f"`{self.field}` removes every axis of a sample"


@fault("E342", "axis-twice")
class AxisTwice(Fault):
    """An argument lists the same axis twice.

    ```yaml bad [8, 4, 4]
    layers:
      - Mean: [2, 3, -1]  # error: axis-twice
    ```

    ```yaml good [8, 4, 4]
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

    ```yaml bad [3, 8, 8]
    layers:
      - Upsample: {scale_factor: [2, 2, 2]}  # error: axes-differ
    ```

    ```yaml good [3, 8, 8]
    layers:
      - Upsample: {scale_factor: [2, 2]}
    ```
    """

    written: int
    axes: int

    def message(self) -> str:
        return f"`{self.field}` has {self.written} values, but the input has {axes(self.axes)} behind its channels"
