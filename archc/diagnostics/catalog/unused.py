"""W63x: lints of names that nothing uses."""

from __future__ import annotations

from archc.diagnostics.fault import Family, Fault, Remedy, Stage

fault = Family("W63", Stage.CHECKS, "Lints: what torch permits, and is most likely a mistake")


@fault("W630", "unused-variable")
class UnusedVariable(Fault):
    """A variable is defined, and no expression uses it.

    ```yaml bad [4]
    vars:
      width: 8
      depth: 2  # warning: unused-variable
    layers:
      - Linear: ${width}
    ```

    ```yaml good [4]
    vars:
      width: 8
    layers:
      - Linear: ${width}
    ```
    """

    name: str

    def message(self) -> str:
        return f"nothing uses the variable `{self.name}`"

    def help(self) -> str:
        return f'delete it, or use it as `"${{{self.name}}}"`'

    def remedy(self) -> Remedy:
        return Remedy(f"delete `{self.name}`", safe=False, action="delete-entry")


@fault("W631", "unused-block")
class UnusedBlock(Fault):
    """A block is defined, and no layer calls it. Blocks of included files are not reported.

    ```yaml bad [4]
    blocks:
      dense:  # warning: unused-block
        layers: [{Linear: 8}, ReLU]
    layers:
      - Linear: 8
    ```

    ```yaml good [4]
    blocks:
      dense:
        layers: [{Linear: 8}, ReLU]
    layers:
      - dense
    ```
    """

    name: str

    def message(self) -> str:
        return f"nothing calls the block `{self.name}`"

    def help(self) -> str:
        return f"delete it, or write `- {self.name}` in a list of layers"

    def remedy(self) -> Remedy:
        return Remedy(f"delete `{self.name}`", safe=False, action="delete-entry")


@fault("W632", "unused-parameter")
class UnusedParameter(Fault):
    """A block has a parameter that none of its layers uses, so that its value makes no difference.

    ```yaml bad [4]
    blocks:
      dense:
        params: {width: int, bias: true}  # warning: unused-parameter
        layers:
          - Linear: ${width}
    layers:
      - dense: {width: 8}
    ```

    ```yaml good [4]
    blocks:
      dense:
        params: {width: int, bias: true}
        layers:
          - Linear: {out_features: "${width}", bias: "${bias}"}
    layers:
      - dense: {width: 8}
    ```
    """

    block: str
    name: str

    def message(self) -> str:
        return f"the block `{self.block}` does not use its parameter `{self.name}`"

    def help(self) -> str:
        return f'delete it, or use it as `"${{{self.name}}}"`'
