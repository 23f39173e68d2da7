"""E26x: the nodes of a Graph. What each takes, and whether anything takes it."""

from __future__ import annotations

from archc.diagnostics.fault import Family, Fault, Remedy, Stage
from archc.diagnostics.suggestion import did_you_mean, instead

fault = Family("E26", Stage.DOCUMENT, "Nodes of graphs")


@fault("E260", "unknown-node")
class UnknownNode(Fault):
    """A Graph has no node of this name. What the graph itself receives is called `input`.

    ```yaml bad [8]
    layers:
      - Graph:
          nodes:
            stem: [{Linear: 8}]
            deep: {from: stem, layers: [ReLU]}
            both: {from: [stem, depp], merge: Add}  # error: unknown-node
    ```

    ```yaml good [8]
    layers:
      - Graph:
          nodes:
            stem: [{Linear: 8}]
            deep: {from: stem, layers: [ReLU]}
            both: {from: [stem, deep], merge: Add}
    ```
    """

    name: str
    known: tuple[str, ...]
    suggestion: str | None = None

    def message(self) -> str:
        return f"the graph has no node `{self.name}`"

    def notes(self) -> tuple[str, ...]:
        return () if self.suggestion else ("it has " + ", ".join(f"`{name}`" for name in self.known),)

    def help(self) -> str | None:
        return did_you_mean(self.suggestion)

    def remedy(self) -> Remedy | None:
        return instead(self.name, self.suggestion)


@fault("E261", "later-node")
class LaterNode(Fault):
    """A node takes the output of one that is written after it, or of itself. Nodes see those before them alone.

    The order of the nodes is the order in which they run, so that a graph has no circle.

    ```yaml bad [8]
    layers:
      - Graph:
          nodes:
            both: {from: [input, deep], merge: Add}  # error: later-node
            deep: [{Linear: 8}]
          output: both
    ```

    ```yaml good [8]
    layers:
      - Graph:
          nodes:
            deep: [{Linear: 8}]
            both: {from: [input, deep], merge: Add}
    ```
    """

    node: str
    takes: str

    def message(self) -> str:
        if self.node == self.takes:
            return f"the node `{self.node}` takes its own output"
        return f"the node `{self.node}` takes `{self.takes}`, which is written after it"

    def help(self) -> str | None:
        return None if self.node == self.takes else f"write `{self.takes}` before `{self.node}`"


@fault("E262", "unused-node")
class UnusedNode(Fault):
    """Nothing takes what a node gives, and it is not the graph's output: its layers would learn nothing.

    ```yaml bad [8]
    layers:
      - Graph:
          nodes:
            stem: [{Linear: 8}]
            deep: [{Linear: 8}, ReLU]  # error: unused-node
            both: {from: [stem, input], merge: Add}
    ```

    ```yaml good [8]
    layers:
      - Graph:
          nodes:
            stem: [{Linear: 8}]
            deep: [{Linear: 8}, ReLU]
            both: {from: [stem, deep], merge: Add}
    ```
    """

    node: str
    output: str

    def message(self) -> str:
        return f"nothing uses the node `{self.node}`"

    def help(self) -> str:
        return f"name it in the `from` of a later node, or delete it; the output is `{self.output}`"


@fault("E263", "merge-missing")
class MergeMissing(Fault):
    """A node takes several tensors and does not say how they become one.

    ```yaml bad [8]
    layers:
      - Graph:
          nodes:
            stem: [{Linear: 8}]
            both: {from: [stem, input], layers: [ReLU]}  # error: merge-missing
    ```

    ```yaml good [8]
    layers:
      - Graph:
          nodes:
            stem: [{Linear: 8}]
            both: {from: [stem, input], merge: Add, layers: [ReLU]}
    ```
    """

    node: str
    count: int

    def message(self) -> str:
        return f"the node `{self.node}` takes {self.count} tensors and does not merge them"

    def help(self) -> str:
        return "add `merge: Add`, `merge: Multiply`, or `merge: {Concat: 1}` for the channels one after the other"


@fault("E264", "nothing-to-merge")
class NothingToMerge(Fault):
    """A node takes one tensor, and there is nothing to merge it with.

    ```yaml bad [8]
    layers:
      - Graph:
          nodes:
            stem: [{Linear: 8}]
            both: {from: stem, merge: Add, layers: [ReLU]}  # error: nothing-to-merge
    ```

    ```yaml good [8]
    layers:
      - Graph:
          nodes:
            stem: [{Linear: 8}]
            both: {from: [stem, input], merge: Add, layers: [ReLU]}
    ```
    """

    node: str

    def message(self) -> str:
        return f"the node `{self.node}` takes one tensor, and merges it with nothing"

    def help(self) -> str:
        return "delete `merge`, or name the others in `from`"


@fault("E265", "empty-node")
class EmptyNode(Fault):
    """A node has neither layers nor a merge, so that it is another name of what it takes.

    ```yaml bad [8]
    layers:
      - Graph:
          nodes:
            stem: [{Linear: 8}]
            same: {from: stem}  # error: empty-node
            both: {from: [stem, same], merge: Add}
    ```

    ```yaml good [8]
    layers:
      - Graph:
          nodes:
            stem: [{Linear: 8}]
            both: {from: [stem, input], merge: Add}
    ```
    """

    node: str

    def message(self) -> str:
        return f"the node `{self.node}` has no layers and merges nothing"

    def help(self) -> str:
        return "give it `layers`, or use the node that it takes"
