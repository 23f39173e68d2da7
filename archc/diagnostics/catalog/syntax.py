"""E1xx: the text itself. Encoding, keys and values that the language does not have, and the limits of a document."""

from __future__ import annotations

from archc.diagnostics.fault import Family, Fault, Remedy, Stage

fault = Family("E1", Stage.SYNTAX, "Syntax: the text itself")


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


@fault("E109", "several-documents")
class SeveralDocuments(Fault):
    """A file is one spec; `---` starts a second document.

    ```yaml bad [4]
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

    ```yaml bad [4]
    layers:
      - Linear: {out_features: 10, out_features: 20}  # error: duplicate-key
    ```

    ```yaml good [4]
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

    ```yaml bad [4]
    layers: [ReLU]
    1: x  # error: key-not-text
    ```

    ```yaml good [4]
    layers: [ReLU]
    x-1: x
    ```
    """

    found: str
    template: str | None = None
    """The name in `{{ name }}`, a placeholder of other template languages."""
    alone: str | None = None
    """What stands in braces without a value, as `{3}` does: a value, and no key."""

    def message(self) -> str:
        return f"a key must be text, found {self.found}"

    def remedy(self) -> Remedy | None:
        return None if self.alone else Remedy("put the key in quotes", action="quote")

    def help(self) -> str:
        if self.alone:
            return f"in braces stand keys with their values: write `{self.alone}` without braces, or a key before it"
        if self.template:
            return f'write an expression as `"${{{self.template}}}"`'
        return "put the key in quotes"


@fault("E113", "merge-key")
class MergeKey(Fault):
    """The merge key `<<` of YAML 1.1 is not part of the language.

    ```yaml bad [4]
    layers:
      - Linear: {<<: {bias: false}, out_features: 2}  # error: merge-key
    ```

    ```yaml good [4]
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

    ```yaml good [4]
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


@fault("E120", "file-too-large")
class FileTooLarge(Fault):
    """A spec file is at most 4 MiB."""

    limit: int

    def message(self) -> str:
        return f"the file has more than {self.limit:,} bytes"


@fault("E121", "nested-too-deep")
class NestedTooDeep(Fault):
    """Lists and mappings nest at most 100 deep."""

    whole = True

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

    ```yaml bad [4]
    layers:
      - Linear: 1000000000000000000000000000000  # error: int-too-large
    ```

    ```yaml good [4]
    layers:
      - Linear: 1000
    ```
    """

    def message(self) -> str:
        return "this integer does not fit 63 bits"
