"""E1xx: the text itself. Encoding, YAML and JSON syntax, duplicate keys, and the limits of a document."""

from __future__ import annotations

from archc.diagnostics.fault import Fault, Remedy, fault


@fault("E101", "unreadable-file")
class UnreadableFile(Fault):
    """A file cannot be opened or read.

    archc exits with 2, as for a wrong command line, because nothing is known about the spec itself.
    """

    file: str
    reason: str

    def message(self) -> str:
        return f"cannot read `{self.file}`: {self.reason}"


@fault("E102", "not-utf8")
class NotUtf8(Fault):
    """A spec is text in UTF-8. A byte order mark at its start is accepted."""

    byte: int
    offset: int

    def message(self) -> str:
        return f"the file is not UTF-8: byte 0x{self.byte:02x} at offset {self.offset}"

    def help(self) -> str:
        return "save the file as UTF-8"


@fault("E103", "control-character")
class ControlCharacter(Fault):
    """The text holds a character that YAML does not allow, such as NUL or an escape character."""

    character: str

    def message(self) -> str:
        return f"the character U+{ord(self.character):04X} is not allowed in a spec"

    def help(self) -> str:
        return "delete it, or write it as an escape inside double quotes"


@fault("E104", "invalid-yaml")
class InvalidYaml(Fault):
    """The text does not follow the grammar of YAML.

    ```yaml bad
    archc: 1
    input: [4]
    layers:
      - Linear: 2
     - ReLU  # error: invalid-yaml
    ```

    ```yaml good
    archc: 1
    input: [4]
    layers:
      - Linear: 2
      - ReLU
    ```
    """

    problem: str
    advice: str | None = None

    def message(self) -> str:
        return self.problem

    def help(self) -> str | None:
        return self.advice


@fault("E105", "unclosed-bracket")
class UnclosedBracket(Fault):
    """A `[` or `{` has no matching `]` or `}`.

    ```yaml bad
    archc: 1
    input: [1, 28, 28
    layers:  # error: unclosed-bracket
      - Flatten
    ```

    ```yaml good
    archc: 1
    input: [1, 28, 28]
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

    ```yaml bad
    archc: 1
    input: [4]
    layers:
      - Linear:10  # error: no-space-after-colon
    ```

    ```yaml good
    archc: 1
    input: [4]
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


@fault("E109", "several-documents")
class SeveralDocuments(Fault):
    """A file is one spec; `---` starts a second document.

    ```yaml bad
    archc: 1
    input: [4]
    layers: [ReLU]
    ---  # error: several-documents
    archc: 1
    ```

    ```yaml good
    ---
    archc: 1
    input: [4]
    layers: [ReLU]
    ```
    """

    def message(self) -> str:
        return "a second document begins here; a file holds one spec"

    def help(self) -> str:
        return "move it to a file of its own"


@fault("E110", "empty-document")
class EmptyDocument(Fault):
    """The file holds no document: it is empty, or only comments."""

    def message(self) -> str:
        return "the file holds no spec"

    def help(self) -> str:
        return "`archc new NAME` writes a starter"


@fault("E111", "duplicate-key")
class DuplicateKey(Fault):
    """A mapping has the same key twice, so one of the two values would be lost.

    ```yaml bad
    archc: 1
    input: [4]
    layers:
      - Linear: {out_features: 10, out_features: 20}  # error: duplicate-key
    ```

    ```yaml good
    archc: 1
    input: [4]
    layers:
      - Linear: {out_features: 20}
    ```
    """

    key: str

    def message(self) -> str:
        return f"the key `{self.key}` is written twice"

    def help(self) -> str:
        return "delete one of the two"


@fault("E112", "key-not-text")
class KeyNotText(Fault):
    """The keys of a spec are text.

    ```yaml bad
    archc: 1
    input: [4]
    layers: [ReLU]
    1: x  # error: key-not-text
    ```

    ```yaml good
    archc: 1
    input: [4]
    layers: [ReLU]
    x-1: x
    ```
    """

    found: str
    template: str | None = None
    """The name in `{{ name }}`, a placeholder of other template languages."""

    def message(self) -> str:
        return f"a key must be text, found {self.found}"

    def remedy(self) -> Remedy:
        return Remedy("put the key in quotes", action="quote")

    def help(self) -> str:
        if self.template:
            return f'write an expression as `"${{{self.template}}}"`'
        return "put the key in quotes"


@fault("E113", "merge-key")
class MergeKey(Fault):
    """The merge key `<<` of YAML 1.1 is not part of the language.

    ```yaml bad
    archc: 1
    input: [4]
    layers:
      - Linear: {<<: {bias: false}, out_features: 2}  # error: merge-key
    ```

    ```yaml good
    archc: 1
    input: [4]
    layers:
      - Linear: {bias: false, out_features: 2}
    ```
    """

    def message(self) -> str:
        return "the merge key `<<` is not part of the language"

    def help(self) -> str:
        return "write the entries out"


@fault("E114", "yaml-tag")
class YamlTag(Fault):
    """Tags (`!!int`, `!name`) change how a value is read; the language has none.

    ```yaml bad
    archc: !!int 1  # error: yaml-tag
    input: [4]
    layers: [ReLU]
    ```

    ```yaml good
    archc: 1
    input: [4]
    layers: [ReLU]
    ```
    """

    tag: str

    def message(self) -> str:
        return f"the tag `{self.tag}` is not part of the language"

    def help(self) -> str:
        return "delete the tag; quotes make a value text"


@fault("E115", "unknown-alias")
class UnknownAlias(Fault):
    """An alias `*name` stands for the value marked `&name` before it.

    ```yaml bad
    archc: 1
    input: *shape  # error: unknown-alias
    layers: [ReLU]
    ```

    ```yaml good
    archc: 1
    x-shape: &shape [4]
    input: *shape
    layers: [ReLU]
    ```
    """

    name: str
    inside: bool = False

    def message(self) -> str:
        if self.inside:
            return f"the alias `*{self.name}` stands inside the value that it names"
        return f"no value before this is marked `&{self.name}`"


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

    ```yaml bad
    archc: 1
    input: [4]
    layers:
      - ReLU
       - Tanh  # error: joined-line
    ```

    ```yaml good
    archc: 1
    input: [4]
    layers:
      - ReLU
      - Tanh
    ```
    """

    line: str

    def message(self) -> str:
        return f"the line `{self.line}` is indented further than its list, so it continues this text"

    def help(self) -> str:
        return "indent it like the other elements of the list"


@fault("E118", "missing-colon")
class MissingColon(Fault):
    """A key and its value have a colon and a space between them.

    ```yaml bad
    archc: 1
    input: [4]
    layers:
      - Linear: {out_features 10}  # error: missing-colon
    ```

    ```yaml good
    archc: 1
    input: [4]
    layers:
      - Linear: {out_features: 10}
    ```
    """

    written: str
    key: str = ""
    value: str = ""
    """Both sides of the missing colon, where one can tell."""

    def message(self) -> str:
        return f"`{self.written}` has no colon"

    def help(self) -> str:
        if self.key:
            return f"write `{self.key}: {self.value}`"
        return "write `key: value`; the elements of a list begin with `- `"

    def remedy(self) -> Remedy | None:
        return Remedy("put a colon after the key", f"{self.key}: {self.value}", safe=False) if self.key else None


@fault("E119", "no-space-after-dash")
class NoSpaceAfterDash(Fault):
    """An element of a list begins with a dash and a space. Without the space the dash is a part of the text.

    ```yaml bad
    archc: 1
    input: [4]
    layers:
      - Tanh
      -ReLU  # error: no-space-after-dash
    ```

    ```yaml good
    archc: 1
    input: [4]
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
        return Remedy("put a space after the dash", f"- {self.written[1:]}")


@fault("E120", "file-too-large")
class FileTooLarge(Fault):
    """A spec file is at most 4 MiB."""

    limit: int

    def message(self) -> str:
        return f"the file has more than {self.limit:,} bytes"


@fault("E121", "nested-too-deep")
class NestedTooDeep(Fault):
    """Lists and mappings nest at most 100 deep."""

    limit: int

    def message(self) -> str:
        return f"lists and mappings are nested more than {self.limit} deep"


@fault("E122", "too-many-nodes")
class TooManyNodes(Fault):
    """A document has at most 200,000 values, and at most 1,000,000 once its aliases are expanded."""

    limit: int
    expanded: bool = False

    def message(self) -> str:
        if self.expanded:
            return f"the document has more than {self.limit:,} values once its aliases are expanded"
        return f"the document has more than {self.limit:,} values"


@fault("E123", "scalar-too-long")
class ScalarTooLong(Fault):
    """One value is at most 64 KiB of text."""

    limit: int

    def message(self) -> str:
        return f"this text has more than {self.limit:,} bytes"


@fault("E124", "int-too-large")
class IntTooLarge(Fault):
    """Integers have 63 bits and a sign.

    ```yaml bad
    archc: 1
    input: [4]
    layers:
      - Linear: 1000000000000000000000000000000  # error: int-too-large
    ```

    ```yaml good
    archc: 1
    input: [4]
    layers:
      - Linear: 1000
    ```
    """

    def message(self) -> str:
        return "this integer does not fit 63 bits"


@fault("E125", "unquoted-expression")
class UnquotedExpression(Fault):
    """Inside `{...}` and `[...]` an expression needs quotes, as its own braces have a meaning in YAML there.

    ```yaml bad
    archc: 1
    input: [4]
    vars: {width: 10}
    layers:
      - Linear: {out_features: ${width}}  # error: unquoted-expression
    ```

    ```yaml good
    archc: 1
    input: [4]
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
    archc: 1
    input: [1, 28, 28]
    layers:
      - Conv2d: {out_channels: 8, kernel_size: (3, 5)}  # error: round-brackets
    ```

    ```yaml good
    archc: 1
    input: [1, 28, 28]
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
