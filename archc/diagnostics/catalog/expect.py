"""E36x: claims. What a spec expects of its network, and what does not hold."""

from __future__ import annotations

from archc.diagnostics.fault import Family, Fault, Stage
from archc.diagnostics.words import dimensions

fault = Family("E36", Stage.CHECKS, "Claims of `expect`")


@fault("E360", "figure-not-as-expected")
class FigureNotAsExpected(Fault):
    """A figure of the network is not within the limits that `expect` claims.

    ```yaml bad [784]
    layers: [{Linear: 100}]
    expect:
      params: {max: 50_000}  # error: figure-not-as-expected
    ```

    ```yaml good [784]
    layers: [{Linear: 100}]
    expect:
      params: {max: 100_000}
    ```
    """

    what: str
    unit: str
    actual: int | None
    least: int | None
    most: int | None
    largest: tuple[tuple[str, int], ...]

    def message(self) -> str:
        if self.actual is None:
            return f"`{self.what}` cannot be known for this network"
        if self.least is not None and self.least == self.most:
            claim = f"not {self.least:,}"
        elif self.least is not None and self.actual < self.least:
            claim = f"less than {self.least:,}"
        else:
            claim = f"more than {self.most:,}"
        return f"`{self.what}` is {self.actual:,} {self.unit}, {claim}"

    def notes(self) -> tuple[str, ...]:
        if not self.largest or not self.actual:
            return ()
        shown = ", ".join(f"`{name}` {value:,}" for name, value in self.largest)
        return (f"most of it: {shown}",)

    def help(self) -> str | None:
        if self.actual is None and self.what == "memory":
            return "add a `train` section: its batch size and optimizer decide"
        return None


@fault("E361", "shape-not-as-expected")
class ShapeNotAsExpected(Fault):
    """The output of the network or of a layer does not have the shape that `expect` claims.

    ```yaml bad [784]
    layers: [{Linear: 100}]
    expect:
      output: [10]  # error: shape-not-as-expected
    ```

    ```yaml good [784]
    layers: [{Linear: 10}]
    expect:
      output: [10]
    ```
    """

    what: str
    actual: tuple[int, ...]
    claimed: tuple[int, ...]

    def message(self) -> str:
        return f"`{self.what}` is {dimensions(self.actual)}, not {dimensions(self.claimed)}"


@fault("E362", "no-such-layer")
class NoSuchLayer(Fault):
    """`expect: {shapes: ...}` names a layer by its path, and the network has none there.

    ```yaml bad [784]
    layers: [{Linear: {out_features: 10, name: fc}}]
    expect:
      shapes: {fc1: [10]}  # error: no-such-layer
    ```

    ```yaml good [784]
    layers: [{Linear: {out_features: 10, name: fc}}]
    expect:
      shapes: {fc: [10]}
    ```
    """

    path: str
    known: tuple[str, ...]

    def message(self) -> str:
        return f"the network has no layer `{self.path}`"

    def notes(self) -> tuple[str, ...]:
        shown = ", ".join(f"`{path}`" for path in self.known[:12])
        return (f"it has {shown}" + (", ..." if len(self.known) > 12 else ""),)
