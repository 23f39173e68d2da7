"""E24x: blocks, repeats and includes. How a document is put together from parts."""

from __future__ import annotations

from itertools import zip_longest

from archc.diagnostics.fault import Family, Fault, Remedy, Stage
from archc.diagnostics.fitting import Fit, Padded
from archc.diagnostics.ways import Ways, said
from archc.diagnostics.words import Taken, all_of, dimensions

fault = Family(("E24", "E25"), Stage.DOCUMENT, "Blocks, repeats and includes")


@fault("E240", "defined-twice")
class DefinedTwice(Fault):
    """A variable or a block is defined twice: in the document and in what it includes, or in two included files.

    A second definition in one file is a duplicate key.
    """

    name: str
    where: str

    def message(self) -> str:
        return f"`{self.name}` is defined twice in `{self.where}`"


@fault("E241", "recursive-block")
class RecursiveBlock(Fault):
    """A block uses itself, directly or through others, so that its layers would never end.

    ```yaml bad [8]
    blocks:
      twice:
        layers:
          - ReLU
          - twice  # error: recursive-block
    layers:
      - twice
    ```

    ```yaml good [8]
    blocks:
      twice:
        layers:
          - ReLU
          - Tanh
    layers:
      - twice
    ```
    """

    name: str
    chain: tuple[str, ...]

    def message(self) -> str:
        return f"the block `{self.name}` uses itself"

    def notes(self) -> tuple[str, ...]:
        return ("`" + "` -> `".join(self.chain) + "`",)


@fault("E242", "wrong-parameter")
class WrongParameter(Fault):
    """A block is called with a value that does not have the type of its parameter.

    ```yaml bad [8]
    blocks:
      dense:
        params: {width: int}
        layers:
          - Linear: ${width}
    layers:
      - dense: {width: wide}  # error: wrong-parameter
    ```

    ```yaml good [8]
    blocks:
      dense:
        params: {width: int}
        layers:
          - Linear: ${width}
    layers:
      - dense: {width: 16}
    ```
    """

    block: str
    name: str
    expected: str
    found: str

    def message(self) -> str:
        return f"the parameter `{self.name}` of `{self.block}` must be {self.expected}, found {self.found}"


@fault("E243", "missing-parameter")
class MissingParameter(Fault):
    """A block is called without a parameter that has no default.

    ```yaml bad [8]
    blocks:
      dense:
        params: {width: int}
        layers:
          - Linear: ${width}
    layers:
      - dense  # error: missing-parameter
    ```

    ```yaml good [8]
    blocks:
      dense:
        params: {width: 16}
        layers:
          - Linear: ${width}
    layers:
      - dense
    ```
    """

    block: str
    names: tuple[str, ...]

    def message(self) -> str:
        return f"`{self.block}` needs " + " and ".join(f"`{name}`" for name in self.names)

    def help(self) -> str:
        return f"write `{self.block}: {{{', '.join(f'{name}: ...' for name in self.names)}}}`"


@fault("E244", "include-not-found")
class IncludeNotFound(Fault):
    """An included file cannot be read."""

    file: str
    reason: str

    def message(self) -> str:
        return f"cannot read `{self.file}`: {self.reason}"


@fault("E245", "include-outside")
class IncludeOutside(Fault):
    """A spec includes only files of its own project, by relative paths.

    The project is the nearest folder above the spec that has an `archc.toml`, a `pyproject.toml` or a `.git`; without
    one, the spec's own folder. Symbolic links are followed before this is checked.
    """

    file: str
    reason: str

    def message(self) -> str:
        return f"`{self.file}` cannot be included: {self.reason}"


@fault("E246", "include-circle")
class IncludeCircle(Fault):
    """A file includes itself, directly or through others."""

    chain: tuple[str, ...]

    def message(self) -> str:
        return f"`{self.chain[0]}` includes itself"

    def notes(self) -> tuple[str, ...]:
        return ("`" + "` -> `".join(self.chain) + "`",)


@fault("E247", "includes-too-large")
class IncludesTooLarge(Fault):
    """A spec and all files that it includes have at most 16 MiB."""

    limit: int

    def message(self) -> str:
        return f"the spec and its includes have more than {self.limit:,} bytes"


@fault("E248", "branches-differ")
class BranchesDiffer(Fault):
    """The branches of a container give shapes that cannot be merged.

    Residual, Add and Multiply need equal shapes, or sizes of 1 that are stretched; Concat needs shapes that are equal
    in all axes but the one that is concatenated. The same holds for what a node of a Graph merges.

    ```yaml bad [8, 16, 16]
    layers:
      - Residual:  # error: branches-differ
          - Conv2d: {out_channels: 16, kernel_size: 3, stride: 2, padding: 1}
    ```

    ```yaml good [8, 16, 16]
    layers:
      - Residual:
          layers:
            - Conv2d: {out_channels: 16, kernel_size: 3, stride: 2, padding: 1}
          shortcut:
            - Conv2d: {out_channels: 16, kernel_size: 1, stride: 2}
    ```
    """

    stage = Stage.SHAPES

    layer: str
    shapes: tuple[tuple[int, ...], ...]
    names: tuple[str, ...] = ()
    holds: tuple[tuple[str | None, ...], ...] = ()
    """What is known of the axes that each of them gives."""
    taken: Taken | None = None
    """The layer in a branch that takes an axis for another, if one does."""
    ways: Ways = ()
    """The Permute after which they can be merged."""
    remedy_text: str | None = None
    padded: tuple[Padded, ...] = ()
    """The layers inside with a padding with which they can be merged."""
    fits: Fit | None = None
    """An input with which they can be merged."""
    node: str | None = None
    """The node of a Graph that merges them."""
    possible: tuple[tuple[int, ...], ...] = ()
    """What they may be meant to give together: the sizes in which these agree are certain."""

    def message(self) -> str:
        shown = ", ".join(" x ".join(map(str, shape)) for shape in self.shapes)
        if self.node is not None:
            return f"`{self.layer}` cannot merge what `{self.node}` takes: {shown}"
        return f"the branches of `{self.layer}` cannot be merged: {shown}"

    def notes(self) -> tuple[str, ...]:
        noun = "branch " if self.node is None else ""
        given = zip_longest(self.names, self.shapes, self.holds, fillvalue=())
        notes = [f"{noun}`{name}` gives {dimensions(shape, holds)}" for name, shape, holds in given if name]
        return (*notes, self.taken.text()) if self.taken else tuple(notes)

    def help(self) -> str | None:
        if self.ways:
            return said(self.ways)
        if self.padded:
            inside = [layer.text(alone=len(self.padded) == 1) for layer in self.padded]
            return all_of([f"write {' and '.join(inside)}", *filter(None, [self.remedy_text])])
        return self.remedy_text or (self.fits.text() if self.fits else None)

    def remedy(self) -> Remedy | None:
        if self.padded and not self.remedy_text and len({layer.padding for layer in self.padded}) == 1:
            argument = f"padding: {self.padded[0].padding}"
            places = tuple(layer.at for layer in self.padded)
            return Remedy(f"write `{argument}`", argument, safe=False, action="set-argument", at=places)
        return self.ways[0].remedy() if self.ways else None


@fault("E249", "concat-of-batch")
class ConcatOfBatch(Fault):
    """Concatenating along axis 0 would make several samples out of one.

    ```yaml bad [8]
    layers:
      - Concat: {branches: [[ReLU], [Tanh]], dim: 0}  # error: concat-of-batch
    ```

    ```yaml good [8]
    layers:
      - Concat: {branches: [[ReLU], [Tanh]], dim: 1}
    ```
    """

    stage = Stage.SHAPES

    def message(self) -> str:
        return "concatenating along axis 0 mixes the samples of a batch"

    def help(self) -> str:
        return "axis 0 is the batch; the channels are `dim: 1`"


@fault("E250", "includes-too-deep")
class IncludesTooDeep(Fault):
    """Files include one another at most 100 deep."""

    limit: int

    def message(self) -> str:
        return f"files include one another more than {self.limit} deep"
