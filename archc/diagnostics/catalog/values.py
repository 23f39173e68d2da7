"""E2xx: what stands where a value, an argument or a layer should stand. Wrong names are in names.py."""

from __future__ import annotations

from typing import Protocol

from archc.diagnostics.fault import Family, Fault, Remedy, Stage
from archc.diagnostics.suggestion import did_you_mean, instead
from archc.diagnostics.words import axes

fault = Family("E2", Stage.DOCUMENT, "Names, types and values")


_WRITTEN = {True: "true", False: "false"}


class Replacement(Protocol):
    """What was meant by a wrong value."""

    @property
    def written(self) -> str:
        """The value as it is written."""

    @property
    def safe(self) -> bool:
        """Whether nothing else can be meant."""


@fault("E201", "wrong-structure")
class WrongStructure(Fault):
    """A mapping, a list or a single value stands where another of them is needed.

    ```yaml bad [4]
    layers: {Linear: 2}  # error: wrong-structure
    ```

    ```yaml good [4]
    layers:
      - Linear: 2
    ```
    """

    where: str
    expected: str
    found: str
    advice: str | None = None
    spelling: Remedy | None = None
    """What is written instead, where that is known."""

    def message(self) -> str:
        return f"{self.where} must be {self.expected}, found {self.found}"

    def help(self) -> str | None:
        return self.advice

    def remedy(self) -> Remedy | None:
        return self.spelling


@fault("E203", "missing-key")
class MissingKey(Fault):
    """A key that has no default is left out.

    ```yaml bad
    archc: 1  # error: missing-key
    layers: [ReLU]
    ```

    ```yaml good [4]
    layers: [ReLU]
    ```
    """

    key: str
    where: str
    example: str

    def message(self) -> str:
        return f"{self.where} needs the key `{self.key}`"

    def help(self) -> str:
        return f"add it, as in `{self.example}`"

    def remedy(self) -> Remedy | None:
        return Remedy("begin with `archc: 1`", self.example, action="insert-first") if self.key == "archc" else None


@fault("E206", "not-a-layer")
class NotALayer(Fault):
    """A layer is a name, or a mapping with exactly one key: the name with its arguments.

    ```yaml bad
    layers:
      - Conv2d:  # error: not-a-layer
        out_channels: 8
        kernel_size: 3
    ```

    ```yaml good
    layers:
      - Conv2d:
          out_channels: 8
          kernel_size: 3
    ```
    """

    noun: str
    found: str
    name: str | None = None
    written: str | None = None
    """How it is written as one."""
    then: str | None = None
    """The layer behind it, which is written as its argument."""
    spelling: Remedy | None = None

    def message(self) -> str:
        article = "an" if self.noun[0] in "aeio" else "a"
        return f"{article} {self.noun} is a name, or a mapping with one key; found {self.found}"

    def remedy(self) -> Remedy | None:
        if self.name:
            return Remedy("indent the arguments further than the name", action="indent")
        return self.spelling

    def help(self) -> str:
        if self.name:
            return f"indent the arguments further than `{self.name}`, or write `{self.written}`"
        if self.written:
            then = f", then `{self.then}`" if self.then else ""
            return f"write `{self.written}`{then}: the name is the key"
        if self.noun == "layer":
            return "as in `ReLU`, `Linear: 10` or `Linear: {out_features: 10}`"
        return "write `name` alone, or `{name: {argument: value}}`; `archc explain` lists what there is"


@fault("E208", "missing-argument")
class MissingArgument(Fault):
    """An argument that has no default and cannot be inferred is left out.

    ```yaml bad
    layers:
      - Conv2d: {out_channels: 8}  # error: missing-argument
    ```

    ```yaml good
    layers:
      - Conv2d: {out_channels: 8, kernel_size: 3}
    ```
    """

    owner: str
    arguments: tuple[str, ...]
    descriptions: tuple[str, ...]

    def message(self) -> str:
        names = " and ".join(f"`{name}`" for name in self.arguments)
        return f"`{self.owner}` needs {names}"

    def help(self) -> str:
        said = (f"`{name}`: {text}" for name, text in zip(self.arguments, self.descriptions, strict=True))
        return "add " + "; ".join(said)


@fault("E209", "wrong-value")
class WrongValue(Fault):
    """A value has the wrong type, or is outside the range of its argument.

    ```yaml bad [4]
    layers:
      - Linear: ten  # error: wrong-value
    ```

    ```yaml good [4]
    layers:
      - Linear: 10
    ```
    """

    name: str
    expected: str
    found: str
    suggestion: str | None = None
    advice: str | None = None
    replacement: Replacement | None = None

    def message(self) -> str:
        return f"`{self.name}` must be {self.expected}, found {self.found}"

    def help(self) -> str | None:
        return self.advice or did_you_mean(self.suggestion)

    def remedy(self) -> Remedy | None:
        if self.replacement is not None:
            written = self.replacement.written
            return Remedy(f"write `{written}`", written, self.replacement.safe)
        return instead("", self.suggestion)


@fault("E213", "contradiction")
class Contradiction(Fault):
    """Two arguments or keys cannot both have the values that they have.

    ```yaml bad
    train:
      steps: 100  # error: contradiction
    ```

    ```yaml good
    train:
    ```
    """

    first: str
    second: str
    reason: str

    def message(self) -> str:
        return f"`{self.first}` and `{self.second}` do not go together: {self.reason}"


@fault("E215", "no-principal-argument")
class NoPrincipalArgument(Fault):
    """A value alone stands for the principal argument, and this layer has none: none is clearly *the* one.

    ```yaml bad
    layers:
      - Conv2d: 32  # error: no-principal-argument
    ```

    ```yaml good
    layers:
      - Conv2d: {out_channels: 32, kernel_size: 3}
    ```
    """

    owner: str
    required: tuple[str, ...]
    spelling: Remedy | None = None
    """What is written instead, where the order of the values says their names."""
    value: str | None = None
    """The value that stands alone, where it is one."""

    def message(self) -> str:
        return f"the arguments of `{self.owner}` are written with their names"

    def remedy(self) -> Remedy | None:
        return self.spelling

    def help(self) -> str:
        if self.spelling:
            return self.spelling.title
        values = (self.value or "...", *("..." for _ in self.required))
        names = ", ".join(f"{name}: {value}" for name, value in zip(self.required, values, strict=False))
        return f"write `{self.owner}: {{{names}}}`" if names else f"write `{self.owner}` alone"


@fault("E216", "too-many-layers")
class TooManyLayers(Fault):
    """A network has at most 100,000 layers."""

    whole = True

    limit: int

    def message(self) -> str:
        return f"the network has more than {self.limit:,} layers"


@fault("E218", "rank-too-large")
class RankTooLarge(Fault):
    """A shape has at most 16 axes."""

    limit: int

    def message(self) -> str:
        return f"a shape has at most {self.limit} axes"


@fault("E219", "no-layer-left")
class NoLayerLeft(Fault):
    """A network has at least one layer, once `when` and `Repeat` have had their say.

    ```yaml bad [4]
    vars: {hidden: 0}
    layers:
      - Linear: {out_features: 8, when: "${hidden > 0}"}  # error: no-layer-left
    ```

    ```yaml good [4]
    vars: {hidden: 0}
    layers:
      - Linear: {out_features: 8, when: "${hidden > 0}"}
      - Linear: 2
    ```
    """

    def message(self) -> str:
        return "no layer is left: `when` leaves out each of them, or a `Repeat` repeats them 0 times"


@fault("E220", "axes-miscounted")
class AxesMiscounted(Fault):
    """`axes` names what each axis of a sample holds. The batch axis is not written.

    ```yaml bad {shape: [100, 16], axes: [steps]}  # error: axes-miscounted
    layers:
      - LSTM: 32
    ```

    ```yaml good {shape: [100, 16], axes: [steps, features]}
    layers:
      - LSTM: 32
    ```
    """

    names: int
    rank: int

    def message(self) -> str:
        return f"`axes` has {self.names} name{'' if self.names == 1 else 's'}, but `shape` has {axes(self.rank)}"

    def help(self) -> str:
        return "write a name for each size of `shape`, in its order"


@fault("E221", "axis-named-twice")
class AxisNamedTwice(Fault):
    """No two axes of a sample hold the same.

    ```yaml bad {shape: [100, 16], axes: [steps, steps]}  # error: axis-named-twice
    layers:
      - LSTM: 32
    ```

    ```yaml good {shape: [100, 16], axes: [steps, features]}
    layers:
      - LSTM: 32
    ```
    """

    axis: str

    def message(self) -> str:
        return f"`axes` has `{self.axis}` twice"


@fault("E225", "one-value-alone")
class OneValueAlone(Fault):
    """An argument of torch has one value here. Samples are written without the batch, which is always the first axis.

    ```yaml bad [100, 64]
    layers:
      - LSTM: {hidden_size: 32, batch_first: false}  # error: one-value-alone
    ```

    ```yaml good [100, 64]
    layers:
      - LSTM: {hidden_size: 32, batch_first: true}
    ```
    """

    argument: str
    value: bool
    found: str

    def message(self) -> str:
        return f"`{self.argument}` is always {_WRITTEN[self.value]} here, found {self.found}"

    def notes(self) -> tuple[str, ...]:
        return ("a sample is steps x features, and the batch, which is not written, comes before them",)

    def help(self) -> str:
        return (
            f"delete it, or write `{self.argument}: {_WRITTEN[self.value]}`; "
            "where samples are features x steps, put `Permute: [0, 2, 1]` before the layer"
        )

    def remedy(self) -> Remedy:
        return Remedy(f"write `{_WRITTEN[self.value]}`", _WRITTEN[self.value], safe=False)
