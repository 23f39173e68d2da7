"""W64x: an axis is taken for another one, where torch has no names to tell it by, and archc infers the sizes."""

from __future__ import annotations

from archc.diagnostics.fault import Family, Fault, Remedy, Stage
from archc.diagnostics.ways import Ways, said
from archc.diagnostics.words import Taken, dimensions, named

fault = Family("W64", Stage.CHECKS, "Lints: what torch permits, and is most likely a mistake")


@fault("W640", "axis-taken-for-another")
class AxisTakenForAnother(Fault):
    """A layer takes an axis for channels or features, and it holds positions: steps, a length, a height or a width.

    Sizes that are inferred fit every axis. A convolution, its norms and its pools take the first axis of a sample for
    the channels; recurrent layers, attention, `LayerNorm` and `Linear` look for the features in the last one. Between
    the two stands a `Permute`. Where an axis is mixed on purpose, as MLP-Mixer mixes tokens with a `Linear`, a comment
    `# archc: allow[W640] reason` says so.

    What axes hold is known from the layers that make them, from `input.axes`, or else from the first layer that asks.

    ```yaml bad [9, 128]
    layers:
      - Conv1d: {out_channels: 64, kernel_size: 5}
      - ReLU
      - LSTM: 32  # warning: axis-taken-for-another
    ```

    ```yaml good [9, 128]
    layers:
      - Conv1d: {out_channels: 64, kernel_size: 5}
      - ReLU
      - Permute: [0, 2, 1]
      - LSTM: 32
    ```
    """

    layer: str
    maker: str | None
    """The layer that says what the axes hold; None where `input.axes` does."""
    shape: tuple[int, ...]
    holds: tuple[str | None, ...]
    reads: tuple[str | None, ...]
    ways: Ways
    written: str | None = None
    """The argument with the size of the axis that is taken, if it is written."""
    size: int = 0
    """That of the axis which holds what the layer asks for."""
    elsewhere: bool = False
    """Whether the same place of the text is right, or needs another order, where it stands in the network again."""

    def message(self) -> str:
        taken = Taken(f"`{self.layer}`", self.shape, self.holds, self.reads)
        return taken.text(f" of {self.maker or '`input`'}")

    def notes(self) -> tuple[str, ...]:
        return () if all(self.reads) else (f"it receives {named(self.shape, self.holds)}",)

    def help(self) -> str:
        text = said(self.ways)
        if self.written:
            text += f"; then write {self.size}, or delete `{self.written}`: it is inferred"
        return f"{text}; outside of what repeats it, as it is right elsewhere" if self.elsewhere else text

    def remedy(self) -> Remedy | None:
        if self.elsewhere or (self.written and not self.ways[0].also):
            return None
        return self.ways[0].remedy()


@fault("W641", "channels-last-input")
class ChannelsLastInput(Fault):
    """The input looks like height, width, channels, as other tools have images. Here, as in torch, channels come first.

    A convolution of 64 x 64 x 3 takes the rows of the image for its channels. Where that is meant, `input.axes` says
    what the axes hold.

    ```yaml bad [64, 64, 3]  # warning: channels-last-input
    layers:
      - Conv2d: {out_channels: 32, kernel_size: 3, padding: 1}
    ```

    ```yaml good [3, 64, 64]
    layers:
      - Conv2d: {out_channels: 32, kernel_size: 3, padding: 1}
    ```
    """

    layer: str
    shape: tuple[int, ...]

    @property
    def channels_first(self) -> tuple[int, ...]:
        """The shape as it is most likely meant."""
        return (self.shape[-1], *self.shape[:-1])

    def message(self) -> str:
        names = {3: "height, width, channels", 4: "depth, height, width, channels"}[len(self.shape)]
        return (
            f"the input of {dimensions(self.shape)} looks like {names}, and `{self.layer}` takes the first for channels"
        )

    def help(self) -> str:
        permute = [0, len(self.shape), *range(1, len(self.shape))]
        return (
            f"write `input: {list(self.channels_first)}`; if the data have the channels last, "
            f"put `Permute: {permute}` before `{self.layer}`"
        )

    def remedy(self) -> Remedy:
        return Remedy("put the channels first", str(list(self.channels_first)), safe=False)


@fault("W642", "branches-turned")
class BranchesTurned(Fault):
    """Branches of one size are merged, and one has positions where the other has channels or features.

    ```yaml bad [9, 64]
    layers:
      - Conv1d: {out_channels: 64, kernel_size: 3, padding: 1}
      - Residual: {layers: [{Permute: [0, 2, 1]}, {LSTM: 64}]}  # warning: branches-turned
    ```

    ```yaml good [9, 64]
    layers:
      - Conv1d: {out_channels: 64, kernel_size: 3, padding: 1}
      - Residual: {layers: [{Permute: [0, 2, 1]}, {LSTM: 64}, {Permute: [0, 2, 1]}]}
    ```
    """

    layer: str
    names: tuple[str, str]
    shapes: tuple[tuple[int, ...], tuple[int, ...]]
    holds: tuple[tuple[str | None, ...], tuple[str | None, ...]]
    ways: Ways = ()
    """The Permute at the end of one of them."""

    def message(self) -> str:
        both = zip(self.shapes, self.holds, self.names, strict=True)
        return f"`{self.layer}` merges " + " with ".join([f"{named(x, holds)} of {name}" for x, holds, name in both])

    def help(self) -> str:
        return said(self.ways) or "put a `Permute` at the end of one of them, so that each axis holds the same in both"

    def remedy(self) -> Remedy | None:
        return self.ways[0].remedy() if self.ways else None
