"""E27x: the levels of lints, in archc.toml and in comments."""

from __future__ import annotations

from archc.diagnostics.fault import Family, Fault, Remedy, Stage

fault = Family("E27", Stage.COMMENTS, "Settings: archc.toml and the levels of lints")


@fault("E270", "unknown-lint")
class UnknownLint(Fault):
    """A level is given to a lint that does not exist. Lints are named by code or slug, and `all` means all of them.

    ```yaml bad [4]
    layers:
      - ReLU
      - Softmax  # archc: allow[W606, W999] axis 1 is right  # error: unknown-lint
    ```

    ```yaml good [4]
    layers:
      - ReLU
      - Softmax  # archc: allow[softmax-without-dim] axis 1 is right
    ```
    """

    name: str
    suggestion: str | None = None

    def message(self) -> str:
        return f"there is no lint `{self.name}`"

    def help(self) -> str:
        return f"did you mean `{self.suggestion}`?" if self.suggestion else "`archc explain` lists the lints, W6xx"

    def remedy(self) -> Remedy | None:
        return Remedy(f"write `{self.suggestion}`", self.suggestion) if self.suggestion else None


@fault("E271", "error-has-no-level")
class ErrorHasNoLevel(Fault):
    """Only lints have levels. An error is no matter of taste: a spec that has one is not a network.

    ```yaml bad [4]
    layers:
      - Linear: 2  # archc: allow[E303] the size is right  # error: error-has-no-level
    ```

    ```yaml good [4]
    layers:
      - Linear: 2
    ```
    """

    name: str

    def message(self) -> str:
        return f"`{self.name}` is an error, and only lints have a level"

    def help(self) -> str:
        return "an error cannot be allowed; mend it"


@fault("E272", "invalid-settings")
class InvalidSettings(Fault):
    """The settings of a project, archc.toml in its root, cannot be read: they are no TOML, or too large."""

    reason: str

    def message(self) -> str:
        return f"the project's settings cannot be read: {self.reason}"


@fault("E273", "lint-of-a-training")
class LintOfATraining(Fault):
    """A level is given, where a spec is checked, to a lint that comes up while its network is trained.

    It would have no effect. Lints of a training have levels in archc.toml and on the command line of `archc train`.
    `all` does not mean them: a training is not to end for what nobody has named.

    ```yaml bad [4]
    layers:
      - Linear: 2  # archc: allow[W650] the disk is old  # error: lint-of-a-training
    ```

    ```yaml good [4]
    layers:
      - Linear: 2
    ```
    """

    name: str

    def message(self) -> str:
        return f"`{self.name}` comes up while a network is trained, and not while its spec is checked"

    def help(self) -> str:
        return "set its level in archc.toml, or with `archc train`"
