"""E2xx: names. Keys, layers, arguments and choices that nothing has, and names that cannot be given."""

from __future__ import annotations

from archc.diagnostics.fault import Family, Fault, Remedy, Stage
from archc.diagnostics.suggestion import deletion, did_you_mean, instead, which

fault = Family("E2", Stage.DOCUMENT, "Names, types and values")


@fault("E202", "unknown-key")
class UnknownKey(Fault):
    """A mapping of the language has a key that it does not know. Free metadata goes under keys that begin with `x-`.

    ```yaml bad
    archc: 1
    input: [4]
    layer: [ReLU]  # error: unknown-key
    layers: [ReLU]
    ```

    ```yaml good [4]
    layers: [ReLU]
    x-author: Ada
    ```
    """

    key: str
    where: str
    known: tuple[str, ...]
    suggestion: str | None = None
    free: bool = True
    advice: str | None = None
    spelling: Remedy | None = None
    """What is written instead of the entry, where another name of the key does not mend it."""

    def message(self) -> str:
        return f"{self.where} has no key `{self.key}`"

    def notes(self) -> tuple[str, ...]:
        told = self.suggestion or self.advice
        return () if told else ("it has " + ", ".join(f"`{key}`" for key in self.known),)

    def help(self) -> str | None:
        return self.advice or which(self.suggestion, free=self.free)

    def remedy(self) -> Remedy | None:
        found = self.spelling or deletion(self.key, self.advice)
        return found or (instead(self.key, self.suggestion) if self.free else None)


@fault("E204", "unknown-edition")
class UnknownEdition(Fault):
    """The edition of the language is 1. A file of a newer edition needs a newer archc.

    ```yaml bad
    archc: 2  # error: unknown-edition
    input: [4]
    layers: [ReLU]
    ```

    ```yaml good [4]
    layers: [ReLU]
    ```
    """

    found: str
    newer: bool

    def message(self) -> str:
        if self.newer:
            return (
                f"this file needs a newer archc: it is written in edition {self.found}, and this archc reads edition 1"
            )
        return f"`archc` must be the edition of the language, 1, found {self.found}"

    def help(self) -> str | None:
        return None if self.newer else "write `archc: 1`"

    def remedy(self) -> Remedy | None:
        return None if self.newer else Remedy("write 1", "1", safe=False)


@fault("E205", "unknown-layer")
class UnknownLayer(Fault):
    """No layer has this name. Layers have the names of the classes of torch.nn.

    A class of torch.nn that takes or returns several tensors is none, as a Sequential hands on one.

    ```yaml bad
    layers:
      - Conv2D: {out_channels: 8, kernel_size: 3}  # error: unknown-layer
    ```

    ```yaml good
    layers:
      - Conv2d: {out_channels: 8, kernel_size: 3}
    ```
    """

    name: str
    suggestion: str | None = None
    advice: str | None = None
    certain: bool = True
    """Whether the suggestion says all that is to be done."""
    reason: str | None = None
    """Why a class of torch.nn is no layer."""
    spelling: Remedy | None = None
    """What is written instead of the whole layer, where another name alone does not mend it."""

    def message(self) -> str:
        if self.reason:
            return f"`{self.name}` cannot be a layer: {self.reason}"
        return f"there is no layer `{self.name}`"

    def help(self) -> str | None:
        if self.reason:
            return None
        return self.advice or did_you_mean(self.suggestion) or "`archc explain` lists the layers"

    def remedy(self) -> Remedy | None:
        return self.spelling or (instead(self.name, self.suggestion) if self.certain else None)


@fault("E207", "unknown-argument")
class UnknownArgument(Fault):
    """A layer, loss, optimizer or transform has no argument of this name. The names are torch's.

    ```yaml bad
    layers:
      - Conv2d: {out_channels: 8, kernal_size: 3, kernel_size: 3}  # error: unknown-argument
    ```

    ```yaml good
    layers:
      - Conv2d: {out_channels: 8, kernel_size: 3}
    ```
    """

    argument: str
    owner: str
    known: tuple[str, ...]
    required: tuple[str, ...] = ()
    suggestion: str | None = None
    free: bool = True
    advice: str | None = None
    spelling: Remedy | None = None
    """What is written instead of the whole term, where another name of the argument does not mend it."""

    def message(self) -> str:
        return f"`{self.owner}` has no argument `{self.argument}`"

    def notes(self) -> tuple[str, ...]:
        if self.suggestion or (self.advice and "is an argument of" not in self.advice):
            return ()
        if not self.known:
            return (f"`{self.owner}` takes no arguments",)
        names = (f"`{name}`{' (required)' * (name in self.required)}" for name in self.known)
        return ("its arguments are " + ", ".join(names),)

    def help(self) -> str | None:
        return self.advice or which(self.suggestion, free=self.free)

    def remedy(self) -> Remedy | None:
        found = self.spelling or deletion(self.argument, self.advice)
        return found or (instead(self.argument, self.suggestion) if self.free else None)


@fault("E211", "bad-name")
class BadName(Fault):
    """A name has characters that it cannot have.

    A network's name is that of a folder of its runs, under any system: 64 characters at most, no slash, colon and the
    like, no dot or space at its ends.
    A layer's name becomes an attribute of its module in torch, so it has no dots and does not hide one of
    Sequential's own attributes; two layers of one Sequential cannot share a name.

    ```yaml bad [4]
    layers:
      - Linear: {out_features: 2, name: fc.1}  # error: bad-name
    ```

    ```yaml good [4]
    layers:
      - Linear: {out_features: 2, name: fc1}
    ```
    """

    name: str
    reason: str
    suggestion: str | None = None

    def message(self) -> str:
        return f"`{self.name}` cannot be a name: {self.reason}"

    def help(self) -> str | None:
        return f"for example `{self.suggestion}`" if self.suggestion else None


@fault("E212", "duplicate-name")
class DuplicateName(Fault):
    """Two layers of one Sequential have the same name. An unnamed layer has its position as name.

    ```yaml bad [4]
    layers:
      - Linear: {out_features: 4, name: fc}
      - ReLU
      - Linear: {out_features: 2, name: fc}  # error: duplicate-name
    ```

    ```yaml good [4]
    layers:
      - Linear: {out_features: 4, name: fc1}
      - ReLU
      - Linear: {out_features: 2, name: fc2}
    ```
    """

    name: str
    repeated: bool = False
    """Whether both are the same layer of a Repeat."""

    def message(self) -> str:
        if self.repeated:
            return f"each repetition makes a layer named `{self.name}`"
        return f"two layers are named `{self.name}`"

    def help(self) -> str:
        if self.repeated:
            return (
                f"use the Repeat's counter in the name, as in `as: i` and `name: {self.name}${{i}}`, or delete `name`"
            )
        return "names are unique among the layers of one Sequential"


@fault("E214", "unknown-choice")
class UnknownChoice(Fault):
    """No loss, optimizer or transform has this name. The names are those of torch and torchvision.

    ```yaml bad
    train:
      loss: CrossEntropy  # error: unknown-choice
      epochs: 1
    ```

    ```yaml good
    train:
      epochs: 1
    ```
    """

    noun: str
    name: str
    known: tuple[str, ...]
    suggestion: str | None = None
    advice: str | None = None
    reason: str | None = None
    """Why a class of torch is none."""
    spelling: Remedy | None = None
    """What is written instead of the whole term, where another name alone does not mend it."""

    def message(self) -> str:
        text = f"there is no {self.noun} `{self.name}`"
        return f"{text}: {self.reason}" if self.reason else text

    def notes(self) -> tuple[str, ...]:
        return (
            () if self.suggestion or self.spelling else ("there is " + ", ".join(f"`{name}`" for name in self.known),)
        )

    def help(self) -> str | None:
        return self.advice or did_you_mean(self.suggestion)

    def remedy(self) -> Remedy | None:
        return self.spelling or (None if self.advice else instead(self.name, self.suggestion))


@fault("E217", "override-path")
class OverridePath(Fault):
    """`--set PATH=VALUE` names a place in the spec: keys with dots between them, and `[N]` for an element of a list.

    For example `--set train.epochs=1`, `--set train.optimizer.Adam.lr=0.01` or `--set input[0]=3`.
    """

    path: str
    reason: str

    def message(self) -> str:
        return f"cannot set `{self.path}`: {self.reason}"

    def help(self) -> str:
        return "write it as in `--set train.epochs=1` or `--set layers[0].Linear.out_features=20`"
