"""The schema in an editor: the real yaml-language-server offers names, says what they mean, and accepts every spec."""

import json
import shutil
import subprocess

import jsonschema
import pytest

from archc.reference.schema import json_schema
from tests.support.places import ROOT

SERVER = shutil.which("yaml-language-server")
SCHEMA = (ROOT / "schema/archc.schema.json").as_uri()
SETTINGS = {"yaml": {"schemas": {SCHEMA: ["*.yaml"]}, "schemaStore": {"enable": False}, "hover": True}}

needs_server = pytest.mark.skipif(SERVER is None, reason="yaml-language-server is not installed (npm)")


class Editor:
    """The editor's side of the Language Server Protocol, over the server's standard input and output."""

    def __init__(self, server):
        self.server = server
        self.requests = 0
        self.files = 0
        self.diagnostics = {}
        self.request("initialize", processId=None, rootUri=ROOT.as_uri(), capabilities=self.abilities())
        self.send("initialized")
        self.send("workspace/didChangeConfiguration", settings=SETTINGS)
        self.problems("archc: 1\n")  # the server has read the schema when it has judged a file

    def abilities(self):
        return {"workspace": {"configuration": True}, "textDocument": {"hover": {"contentFormat": ["plaintext"]}}}

    def write(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.server.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.server.stdin.flush()

    def read(self):
        length = 0
        while line := self.server.stdout.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        return json.loads(self.server.stdout.read(length))

    def send(self, method, **params):
        self.write({"method": method, "params": params})

    def request(self, method, **params):
        self.requests += 1
        self.write({"id": self.requests, "method": method, "params": params})
        while True:
            message = self.read()
            if message.get("id") == self.requests and "method" not in message:
                return message["result"]
            self.answer(message)

    def answer(self, message):
        if "id" in message:
            asked = message.get("params", {}).get("items", [])
            self.write({"id": message["id"], "result": [SETTINGS.get(item.get("section"), {}) for item in asked]})
        elif message["method"] == "textDocument/publishDiagnostics":
            self.diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]

    def open(self, text, folder=ROOT / "specs"):
        self.files += 1
        uri = (folder / f"opened-{self.files}.yaml").as_uri()
        self.send("textDocument/didOpen", textDocument={"uri": uri, "languageId": "yaml", "version": 1, "text": text})
        return uri

    def at(self, marked):
        """A text with a `|` in it, opened without it, and the place of the `|`."""
        before, _, after = marked.partition("|")
        place = {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1}
        return {"textDocument": {"uri": self.open(before + after)}, "position": place}

    def offered(self, marked):
        """What is offered at the `|`: label to documentation."""
        items = self.request("textDocument/completion", **self.at(marked))["items"]
        return {item["label"]: str(item.get("documentation", "")) for item in items}

    def hover(self, marked):
        return self.request("textDocument/hover", **self.at(marked))["contents"]["value"]

    def problems(self, text, folder=ROOT / "specs"):
        uri = self.open(text, folder)
        while uri not in self.diagnostics:
            self.answer(self.read())
        return [problem["message"] for problem in self.diagnostics[uri]]


@pytest.fixture(scope="module")
def editor():
    with subprocess.Popen([SERVER, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        yield Editor(server)
        server.kill()


HEAD = "archc: 1\ninput: [1, 28, 28]\nlayers:\n"


@needs_server
@pytest.mark.parametrize("start", ["  - |\n", "  - Conv|\n", "  - ReLU\n  - |\n", "  - Sequential:\n      - |\n"])
def test_an_element_of_layers_is_offered_every_layer(editor, start):
    offered = editor.offered(HEAD + start)
    assert {"Conv2d", "ReLU", "Repeat", "Sequential"} <= set(offered)


@needs_server
def test_the_arguments_of_a_layer_are_offered_with_their_meaning(editor):
    offered = editor.offered(HEAD + "  - Conv2d:\n      |\n")
    assert {"out_channels", "kernel_size", "padding_mode", "name", "when"} <= set(offered)
    assert offered["stride"] == "Step of the kernel, in pixels."
    assert "kernel_size" not in editor.offered(HEAD + "  - Linear:\n      |\n")


@needs_server
def test_the_choices_of_an_argument_are_offered(editor):
    assert set(editor.offered(HEAD + "  - Conv2d: {padding_mode: |}\n")) >= {"zeros", "reflect"}


@needs_server
@pytest.mark.parametrize(
    ("start", "names"),
    [("  loss: |\n", {"CrossEntropyLoss", "NLLLoss"}), ("  optimizer: |\n", {"Adam"}), ("  |\n", {"data", "epochs"})],
)
def test_the_train_section_is_offered_its_names(editor, start, names):
    assert names <= set(editor.offered(HEAD + "  - ReLU\ntrain:\n" + start))


@needs_server
@pytest.mark.parametrize(
    ("marked", "says"),
    [
        ("  - Con|v2d: {out_channels: 1, kernel_size: 1}\n", "Cross-correlation of an image with learned kernels"),
        ("  - Conv2d: {out_ch|annels: 1, kernel_size: 1}\n", "the number of kernels"),
        ("  - Re|LU\n", "`ReLU`: Rectifier: `y = max(0, x)`."),
    ],
)
def test_a_name_says_what_it_means(editor, marked, says):
    assert says in editor.hover(HEAD + marked)


@needs_server
def test_every_spec_is_accepted(editor):
    for path in sorted((ROOT / "specs").rglob("*.yaml")):
        assert editor.problems(path.read_text(), path.parent) == [], path


@needs_server
@pytest.mark.parametrize(
    "line", ["Cnov2d", "Linear: {bias: true}", "Linear: {out_feature: 1}", "Conv2d", "Linear: ten"]
)
def test_a_wrong_layer_is_marked(editor, line):
    assert editor.problems(HEAD + f"  - {line}\n")


def subschemas(schema):
    if isinstance(schema, dict):
        yield schema
        for value in schema.values():
            yield from subschemas(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from subschemas(value)


def test_the_schema_is_a_schema_as_editors_check_it():
    schema = json_schema()
    jsonschema.Draft7Validator.check_schema(schema)
    for part in subschemas(schema):
        if isinstance(part.get("enum"), list):
            assert part["enum"], "an editor refuses a schema with an empty enum"
            assert len(part.get("markdownEnumDescriptions", part["enum"])) == len(part["enum"])
        assert not isinstance(part.get("title"), str), "editors would show it in place of the name"


def test_a_number_may_be_an_expression():
    validator = jsonschema.Draft7Validator(json_schema())
    spec = {
        "archc": 1,
        "input": [1, 28, "${n}"],
        "layers": [{"Conv2d": {"out_channels": "${c}", "kernel_size": [3, "${k}"]}}],
    }
    validator.validate(spec)
    spec["layers"][0]["Conv2d"]["out_channels"] = "many"
    assert not validator.is_valid(spec)
