"""E1xx: texts that do not follow the grammar of YAML or JSON, or that mean something else than they look like."""

from __future__ import annotations

from archc.diagnostics.fault import Family, Fault, Remedy, Stage

fault = Family("E1", Stage.SYNTAX, "Syntax: the text itself")


@fault("E104", "invalid-yaml")
class InvalidYaml(Fault):
    """The text does not follow the grammar of YAML.

    ```yaml bad [4]
    layers:
      - Linear: 2
     - ReLU  # error: invalid-yaml
    ```

    ```yaml good [4]
    layers:
      - Linear: 2
      - ReLU
    ```
    """

    problem: str
    advice: str | None = None
    indent: int | None = None
    """By how many spaces the line is probably meant to be indented."""

    def message(self) -> str:
        return self.problem

    def help(self) -> str | None:
        return self.advice

    def remedy(self) -> Remedy | None:
        return None if self.indent is None else Remedy(f"indent it by {self.indent}", " " * self.indent, safe=False)


@fault("E105", "unclosed-bracket")
class UnclosedBracket(Fault):
    """A `[` or `{` has no matching `]` or `}`.

    ```yaml bad [1, 28, 28
    layers:  # error: unclosed-bracket
      - Flatten
    ```

    ```yaml good
    layers:
      - Flatten
    ```
    """

    opening: str
    found: str = ""
    """What stands where it should be closed; empty at the end of the file."""

    @property
    def closing(self) -> str:
        return "]" if self.opening == "[" else "}"

    def message(self) -> str:
        if not self.found:
            return f"this `{self.opening}` is never closed"
        if self.found in "]}":
            return f"the `{self.opening}` before is closed by `{self.found}`"
        return f"expected `,` or `{self.closing}`: the `{self.opening}` before is not closed"

    def help(self) -> str:
        if self.found and self.found in "]}":
            return f"write `{self.closing}` here"
        return f"close it with `{self.closing}`, or put a `,` between the elements"


@fault("E106", "unclosed-quote")
class UnclosedQuote(Fault):
    """A quoted text has no closing quote.

    ```yaml bad
    archc: 1
    input: [4]
    description: "two layers  # error: unclosed-quote
    layers: [ReLU]
    ```

    ```yaml good
    archc: 1
    input: [4]
    description: "two layers"
    layers: [ReLU]
    ```
    """

    quote: str

    def message(self) -> str:
        return f"the quoted text that begins here has no closing `{self.quote}`"

    def help(self) -> str:
        twice = "; inside single quotes, `''` is an apostrophe" if self.quote == "'" else ""
        return f"put a `{self.quote}` at its end{twice}"


@fault("E107", "tab-indentation")
class TabIndentation(Fault):
    """YAML is indented with spaces; a tab cannot begin a line."""

    def message(self) -> str:
        return "a tab cannot indent YAML"

    def help(self) -> str:
        return "indent with spaces"

    def remedy(self) -> Remedy:
        return Remedy("replace each tab by two spaces", action="untab")


@fault("E108", "no-space-after-colon")
class NoSpaceAfterColon(Fault):
    """YAML reads `key:value` as one word; a mapping needs a space after the colon.

    ```yaml bad [4]
    layers:
      - Linear:10  # error: no-space-after-colon
    ```

    ```yaml good [4]
    layers:
      - Linear: 10
    ```
    """

    key: str
    value: str

    def message(self) -> str:
        return f"`{self.key}:{self.value}` is one word, because there is no space after the colon"

    def help(self) -> str:
        return f"write `{self.key}: {self.value}`"

    def remedy(self) -> Remedy:
        return Remedy("put a space after the colon", action="space-after-colon")


@fault("E116", "invalid-json")
class InvalidJson(Fault):
    """The text of a `.json` spec does not follow the grammar of JSON (RFC 8259)."""

    expected: str
    found: str

    def message(self) -> str:
        return f"expected {self.expected}, found {self.found}"


@fault("E117", "joined-line")
class JoinedLine(Fault):
    """A line that begins with `- ` but is indented further than the list continues the text of the line before.

    ```yaml bad [4]
    layers:
      - ReLU
       - Tanh  # error: joined-line
    ```

    ```yaml good [4]
    layers:
      - ReLU
      - Tanh
    ```
    """

    line: str

    def message(self) -> str:
        return f"the line `{self.line}` is indented further than its list, so it continues this text"

    def help(self) -> str:
        return (
            "indent it like the other elements of the list, or end the line above with a colon, if it is a part of that"
        )


@fault("E118", "missing-colon")
class MissingColon(Fault):
    """A key and its value have a colon and a space between them.

    ```yaml bad [4]
    layers:
      - Linear: {out_features 10}  # error: missing-colon
    ```

    ```yaml good [4]
    layers:
      - Linear: {out_features: 10}
    ```
    """

    written: str
    key: str = ""
    value: str = ""
    """Both sides of the missing colon, where one can tell; no value where it is the block below."""

    def message(self) -> str:
        return f"`{self.written}` has no colon"

    def help(self) -> str:
        if self.key:
            return f"write `{self._entry()}`"
        return "write `key: value`; the elements of a list begin with `- `"

    def remedy(self) -> Remedy | None:
        return Remedy("put a colon after the key", self._entry(), safe=False) if self.key else None

    def _entry(self) -> str:
        return f"{self.key}: {self.value}".rstrip()


@fault("E119", "no-space-after-dash")
class NoSpaceAfterDash(Fault):
    """An element of a list begins with a dash and a space. Without the space the dash is a part of the text.

    ```yaml bad [4]
    layers:
      - Tanh
      -ReLU  # error: no-space-after-dash
    ```

    ```yaml good [4]
    layers:
      - Tanh
      - ReLU
    ```
    """

    written: str

    def message(self) -> str:
        return f"there is no space after the dash of `{self.written}`"

    def help(self) -> str:
        return f"write `- {self.written[1:]}`"

    def remedy(self) -> Remedy:
        return Remedy("put a space after the dash", action="space-after-dash")


@fault("E125", "unquoted-expression")
class UnquotedExpression(Fault):
    """Inside `{...}` and `[...]` an expression needs quotes, as its own braces have a meaning in YAML there.

    ```yaml bad [4]
    vars: {width: 10}
    layers:
      - Linear: {out_features: ${width}}  # error: unquoted-expression
    ```

    ```yaml good [4]
    vars: {width: 10}
    layers:
      - Linear: {out_features: "${width}"}
    ```
    """

    expression: str

    def message(self) -> str:
        return f"the expression `{self.expression}` needs quotes inside brackets"

    def help(self) -> str:
        return f'write `"{self.expression}"`'

    def remedy(self) -> Remedy:
        return Remedy("put the expression in quotes", f'"{self.expression}"')


@fault("E126", "round-brackets")
class RoundBrackets(Fault):
    """Python's tuples are no values in YAML: between `[` and `]`, or `{` and `}`, their comma separates two texts.

    ```yaml bad
    layers:
      - Conv2d: {out_channels: 8, kernel_size: (3, 5)}  # error: round-brackets
    ```

    ```yaml good
    layers:
      - Conv2d: {out_channels: 8, kernel_size: [3, 5]}
    ```
    """

    written: str

    def message(self) -> str:
        return f"`{self.written}` is no list: YAML has no round brackets"

    def help(self) -> str:
        return f"write `[{self.written[1:-1].strip().rstrip(',')}]`"

    def remedy(self) -> Remedy:
        return Remedy("write square brackets", f"[{self.written[1:-1].strip().rstrip(',')}]")
