"""W69x: lints of the comments that allow lints."""

from __future__ import annotations

from archc.diagnostics.fault import Family, Fault, Remedy, Stage

fault = Family("W69", Stage.COMMENTS, "Lints: what torch permits, and is most likely a mistake")


@fault("W690", "unused-allow")
class UnusedAllow(Fault):
    """A comment allows a lint that does not come up where the comment holds. It would hide the next one.

    At the end of a line a comment holds for what begins on that line. Alone on its line it holds for the layer or the
    key below, with all that is inside; before the first key of the file, for the whole file.

    ```yaml bad [4]
    layers:
      - Softmax: 1  # archc: allow[W606] torch takes axis 1  # warning: unused-allow
    ```

    ```yaml good [4]
    layers:
      - Softmax  # archc: allow[W606] torch takes axis 1
    ```
    """

    name: str
    only: bool = True
    """Whether it is the only lint of its comment."""

    def message(self) -> str:
        return f"`{self.name}` does not come up here"

    def help(self) -> str:
        return "delete it"

    def remedy(self) -> Remedy | None:
        return Remedy("delete the comment", action="delete-comment") if self.only else None


@fault("W691", "allow-without-reason")
class AllowWithoutReason(Fault):
    """A comment allows a lint and does not say why. The next reader cannot tell whether it still holds.

    ```yaml bad [4]
    layers:
      - Softmax  # archc: allow[W606]  # warning: allow-without-reason
    ```

    ```yaml good [4]
    layers:
      - Softmax  # archc: allow[W606] torch takes axis 1
    ```
    """

    def message(self) -> str:
        return "the comment does not say why"

    def help(self) -> str:
        return "write the reason after the bracket"


@fault("W692", "malformed-allow")
class MalformedAllow(Fault):
    """A comment looks as if it were to allow a lint, and does not. Lints are denied in archc.toml or by `--deny`.

    ```yaml bad [4]
    layers:
      - ReLU  # archc: ignore W606  # warning: malformed-allow
    ```

    ```yaml good [4]
    layers:
      - Softmax  # archc: allow[W606] torch takes axis 1
    ```
    """

    def message(self) -> str:
        return "the comment allows nothing"

    def help(self) -> str:
        return "write `# archc: allow[CODE] reason`"
