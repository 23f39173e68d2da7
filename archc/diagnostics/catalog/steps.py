"""E479, E480: networks of which torch makes no step, though every layer fits."""

from __future__ import annotations

from archc.diagnostics.fault import Family, Fault, Remedy, Stage

fault = Family("E4", Stage.CHECKS, "Training and data")


@fault("E479", "overwritten")
class Overwritten(Fault):
    """A layer with `inplace: true` writes its output over its input. Nothing else may need that.

    A branch that begins so changes what the other branches see. And torch computes some gradients from a layer's
    output, as those of ReLU, Sigmoid, Tanh and Softmax: it stops where that is no longer there.

    ```yaml bad
    layers:
      - Flatten
      - Linear: 32
      - Tanh
      - Dropout: {p: 0.2, inplace: true}  # error: overwritten
      - Linear: 10
    train:
      epochs: 1
    ```

    ```yaml good
    layers:
      - Flatten
      - Linear: 32
      - Tanh
      - Dropout: 0.2
      - Linear: 10
    train:
      epochs: 1
    ```
    """

    layer: str
    needs: str

    def message(self) -> str:
        return f"`{self.layer}` overwrites its input, and {self.needs}"

    def help(self) -> str:
        return "delete `inplace: true`, which saves memory and nothing else"

    def remedy(self) -> Remedy:
        return Remedy("delete `inplace`", safe=False, action="delete-entry")


@fault("E480", "norm-of-one-value")
class NormOfOneValue(Fault):
    """A norm subtracts the mean of each group. Of a group of one value that leaves 0, whatever the value was.

    torch also refuses a batch of one sample then, in evaluation too, so that nothing could be predicted.

    ```yaml bad
    layers:
      - Flatten
      - Linear: 32
      - GroupNorm: 32  # error: norm-of-one-value
      - Linear: 10
    train:
      epochs: 1
    ```

    ```yaml good
    layers:
      - Flatten
      - Linear: 32
      - GroupNorm: 8
      - Linear: 10
    train:
      epochs: 1
    ```
    """

    layer: str
    values: int

    def message(self) -> str:
        return f"`{self.layer}` has {self.values} groups for {self.values} values, and makes each of them 0"

    def help(self) -> str:
        return "write fewer groups, or `LayerNorm`"
