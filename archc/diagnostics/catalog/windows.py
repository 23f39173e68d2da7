"""E3xx: windows, their padding, and what they leave of an input."""

from __future__ import annotations

from archc.diagnostics.fault import Family, Fault, Remedy, Stage
from archc.diagnostics.ways import Ways, said
from archc.diagnostics.words import dimensions

fault = Family("E3", Stage.SHAPES, "Shapes")


@fault("E301", "window-too-large")
class WindowTooLarge(Fault):
    """A kernel or pooling window does not fit inside its padded input.

    The window must fit at least once, or the output has no positions at all. A window of `k` positions with
    dilation `d` spans `d * (k - 1) + 1` of them.

    ```yaml bad [1, 4, 4]
    layers:
      - Conv2d: {out_channels: 8, kernel_size: 7}  # error: window-too-large
    ```

    ```yaml good [1, 4, 4]
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
    ways: Ways = ()
    """What leads the layer to another axis, along which the window fits."""

    def message(self) -> str:
        return f"a window of {self.window} does not fit {'a padded' if self.padded else 'an'} input of {self.extent}"

    def label(self) -> str:
        return f"spans {self.window}, the {'padded ' if self.padded else ''}input has {self.extent}"

    def help(self) -> str:
        if self.channels_first is not None:
            return f"the channels come first: write `input: {list(self.channels_first)}`"
        if self.ways:
            return said(self.ways)
        ways = [f"lower `{self.field}` to at most {self.largest}" if self.largest > 0 else "lower `dilation`"]
        if self.padding is not None:
            ways.append(f"raise `padding` to at least {self.padding}")
        if self.smallest is not None:
            ways.append(f"begin with an input of at least {dimensions(self.smallest)}")
        return f"{', '.join(ways[:-1])}, or {ways[-1]}" if len(ways) > 1 else ways[0]

    def remedy(self) -> Remedy | None:
        if self.channels_first is not None:
            return Remedy("put the channels first", str(list(self.channels_first)), safe=False, action="set-input")
        if self.ways:
            return self.ways[0].remedy()
        if self.largest < 1:
            return None
        text = str(self.fitting[0]) if len(set(self.fitting)) == 1 else str(list(self.fitting))
        return Remedy(f"lower `{self.field}` to {text}", text, safe=False)


@fault("E305", "padding-too-large")
class PaddingTooLarge(Fault):
    """Padding has a limit: half the window for pools, and the input itself where padding copies from it.

    A pool whose padding is larger than half its window would have positions that see padding alone. Reflecting
    copies at most one position less than the input has, circular padding at most all of them. The `output_padding`
    of a transposed convolution is less than the stride, or than the dilation where that is larger.

    ```yaml bad [1, 8, 8]
    layers:
      - MaxPool2d: {kernel_size: 2, padding: 2}  # error: padding-too-large
    ```

    ```yaml good [1, 8, 8]
    layers:
      - MaxPool2d: {kernel_size: 4, padding: 2}
    ```
    """

    padding: int
    largest: int
    because: str

    def message(self) -> str:
        what = "a padding" if self.field == "padding" else f"an `{self.field}`"
        return f"{what} of {self.padding} is more than {self.because}, {self.largest}"

    def label(self) -> str:
        return f"at most {self.largest}"

    def help(self) -> str:
        if self.field == "output_padding":
            less = f"lower `output_padding` to {self.largest}" if self.largest else "delete `output_padding`"
            return f"{less}, or raise `stride` to {self.padding + 1}"
        return f"lower `{self.field}` to at most {self.largest}"


@fault("E306", "same-with-stride")
class SameWithStride(Fault):
    """`padding: same` keeps the input's size, which only a stride of 1 can do.

    TensorFlow's `same` gives the size over the stride, rounded up; the help says the padding that does so here.

    ```yaml bad [1, 8, 8]
    layers:
      - Conv2d: {out_channels: 8, kernel_size: 3, stride: 2, padding: same}  # error: same-with-stride
    ```

    ```yaml good [1, 8, 8]
    layers:
      - Conv2d: {out_channels: 8, kernel_size: 3, stride: 2, padding: 1}
    ```
    """

    padding: tuple[int, ...]

    def message(self) -> str:
        return "`padding: same` needs a stride of 1"

    @property
    def _written(self) -> str:
        return str(self.padding[0]) if len(set(self.padding)) == 1 else str(list(self.padding))

    def help(self) -> str:
        return f"write `padding: {self._written}`, or a stride of 1"

    def remedy(self) -> Remedy:
        return Remedy(f"write `padding: {self._written}`", self._written, safe=False)


@fault("E331", "nothing-left")
class NothingLeft(Fault):
    """A layer would give an output without a position: it crops, or scales down, all that there is.

    ```yaml bad [1, 4, 4]
    layers:
      - ZeroPad2d: -2  # error: nothing-left
    ```

    ```yaml good [1, 4, 4]
    layers:
      - ZeroPad2d: -1
    ```
    """

    sizes: tuple[int, ...]
    smallest: tuple[int, ...] | None = None
    """The smallest input of the network for which something is left, where it is worked out."""

    def message(self) -> str:
        return f"{dimensions(self.sizes)} would be left; each size is at least 1"

    def help(self) -> str | None:
        return f"begin with an input of at least {dimensions(self.smallest)}" if self.smallest else None


@fault("E337", "blocks-differ")
class BlocksDiffer(Fault):
    """`Fold` puts blocks back at the positions where a window stands, so that there is one for each position.

    ```yaml bad [4, 5]
    layers:
      - Fold: {output_size: 4, kernel_size: 2, stride: 2}  # error: blocks-differ
    ```

    ```yaml good [4, 4]
    layers:
      - Fold: {output_size: 4, kernel_size: 2, stride: 2}
    ```
    """

    blocks: int
    positions: int

    def message(self) -> str:
        return f"the input has {self.blocks} blocks, but a window has {self.positions} positions in the output"


@fault("E339", "positions-overlap-too-much")
class TooManyPositions(Fault):
    """A fractional pool has more positions than its window can take in the input, each at least one further on.

    ```yaml bad [1, 8, 8]
    layers:
      - FractionalMaxPool2d: {kernel_size: 3, output_size: 7}  # error: positions-overlap-too-much
    ```

    ```yaml good [1, 8, 8]
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
