"""E23x: expressions. What stands in `${...}` and has no value."""

from __future__ import annotations

from archc.diagnostics.fault import Family, Fault, Remedy, Stage
from archc.diagnostics.suggestion import instead

fault = Family("E23", Stage.DOCUMENT, "Expressions")


@fault("E230", "wrong-expression")
class WrongExpression(Fault):
    """The text in `${...}` does not follow the grammar of expressions.

    There are numbers, text in quotes, true, false, null, names, `+ - * / // % **`, comparisons, `and or not`,
    `a if c else b`, and `min max round floor ceil abs`.

    ```yaml bad [8]
    vars: {width: 8}
    layers:
      - Linear: ${width *}  # error: wrong-expression
    ```

    ```yaml good [8]
    vars: {width: 8}
    layers:
      - Linear: ${width * 2}
    ```
    """

    expected: str
    found: str
    dotted: str | None = None
    """The part of the expression from its first name that looks like a part of something, as `vars.width` does."""
    meant: str | None = None
    """The same with names alone, where there are such names."""
    certain: bool = False
    """Whether nothing else can be meant."""

    def message(self) -> str:
        return f"expected {self.expected} in the expression, found {self.found}"

    def help(self) -> str | None:
        if self.meant:
            return f"write `{self.meant}`, as in `${{{self.meant}}}`: names stand alone"
        if not self.dotted:
            return None
        return "names stand alone: those of `vars`, of a block's `params`, and a Repeat's counter"

    def remedy(self) -> Remedy | None:
        return Remedy(f"write `{self.meant}`", self.meant, safe=self.certain) if self.meant else None


@fault("E231", "unknown-name")
class UnknownName(Fault):
    """An expression uses a name that is no variable here.

    A document's layers see its `vars`; a block sees its parameters and the document's `vars`, nothing of its caller.
    The layers of a Repeat see its counter as well.

    ```yaml bad [8]
    vars: {width: 8}
    layers:
      - Linear: ${widht}  # error: unknown-name
    ```

    ```yaml good [8]
    vars: {width: 8}
    layers:
      - Linear: ${width}
    ```
    """

    name: str
    known: tuple[str, ...]
    suggestion: str | None = None

    def message(self) -> str:
        return f"there is no name `{self.name}` here"

    def notes(self) -> tuple[str, ...]:
        if self.suggestion:
            return ()
        if not self.known:
            return ("there are no names here; `vars` defines them",)
        return ("there is " + ", ".join(f"`{name}`" for name in self.known),)

    def help(self) -> str | None:
        return f"did you mean `{self.suggestion}`?" if self.suggestion else None

    def remedy(self) -> Remedy | None:
        return instead(self.name, self.suggestion)


@fault("E232", "unknown-function")
class UnknownFunction(Fault):
    """An expression calls a function that is not one of the six.

    ```yaml bad [8]
    layers:
      - Linear: ${int(8.5)}  # error: unknown-function
    ```

    ```yaml good [8]
    layers:
      - Linear: ${floor(8.5)}
    ```
    """

    name: str
    known: tuple[str, ...]

    def message(self) -> str:
        return f"there is no function `{self.name}`"

    def notes(self) -> tuple[str, ...]:
        return ("there is " + ", ".join(f"`{name}`" for name in self.known),)


@fault("E233", "wrong-operand")
class WrongOperand(Fault):
    """An operator or a function gets a value of a type that it does not take.

    ```yaml bad [8]
    vars: {size: small}
    layers:
      - Linear: ${size * 2}  # error: wrong-operand
    ```

    ```yaml good [8]
    vars: {size: small}
    layers:
      - Linear: "${8 if size == 'small' else 16}"
    ```
    """

    expected: str
    found: str

    def message(self) -> str:
        return f"expected {self.expected} here, found {self.found}"


@fault("E234", "division-by-zero")
class DivisionByZero(Fault):
    """An expression divides by zero.

    ```yaml bad [8]
    vars: {groups: 0}
    layers:
      - Linear: ${8 // groups}  # error: division-by-zero
    ```

    ```yaml good [8]
    vars: {groups: 2}
    layers:
      - Linear: ${8 // groups}
    ```
    """

    def message(self) -> str:
        return "this divides by zero"


@fault("E235", "expression-overflow")
class ExpressionOverflow(Fault):
    """The value of an expression, or of a part of it, is not finite or does not fit 63 bits and a sign.

    ```yaml bad [8]
    layers:
      - Linear: ${2 ** 63}  # error: expression-overflow
    ```

    ```yaml good [8]
    layers:
      - Linear: ${2 ** 6}
    ```
    """

    def message(self) -> str:
        return "this value does not fit 63 bits"


@fault("E236", "expression-too-large")
class ExpressionTooLarge(Fault):
    """An expression has at most 1,000 tokens, and at most 64 nested parts."""

    limit: int
    what: str

    def message(self) -> str:
        return f"the expression has more than {self.limit:,} {self.what}"
