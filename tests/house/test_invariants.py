"""The invariants of ARCHITECTURE.md that no other tool holds, each with a proof that its test can fail."""

import ast
import typing

import pytest

from archc.terms.values import Size
from tests.support.places import ROOT

MODULES = sorted((ROOT / "archc").rglob("*.py"))


def trees():
    return [(path.relative_to(ROOT), ast.parse(path.read_text())) for path in MODULES]


def calls(tree, names):
    """Calls of builtins by name."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names
    ]


def imports(tree, names):
    """Imports of top-level modules by name."""
    found = []
    for node in ast.walk(tree):
        modules = []
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            modules = [node.module or ""]
        found += [node.lineno for module in modules if module.partition(".")[0] in names]
    return found


def long_functions(tree, most):
    return [
        (node.name, node.end_lineno - node.lineno + 1)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno + 1 > most
    ]


def undocumented(tree):
    """Public modules, classes and functions without a docstring; methods that override documented ones excepted."""
    found = [] if ast.get_docstring(tree) else ["the module"]
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
            found += [] if ast.get_docstring(node) else [node.name]
    return found


@pytest.mark.parametrize(
    ("rule", "broken"),
    [
        (lambda tree: calls(tree, {"eval", "exec", "compile", "__import__"}), "eval(text)"),
        (lambda tree: imports(tree, {"pickle", "shelve", "marshal", "dill", "joblib"}), "import pickle"),
        (lambda tree: long_functions(tree, 50), "def f():\n" + "    x = 1\n" * 50),
        (undocumented, "def public(): pass"),
    ],
    ids=["no text is evaluated", "no pickle", "functions are short", "public names are documented"],
)
def test_every_module_keeps_the_rule_and_a_module_that_breaks_it_is_found(rule, broken):
    assert rule(ast.parse(broken))
    assert {str(path): rule(tree) for path, tree in trees() if rule(tree)} == {}


def test_only_the_command_line_prints():
    talking = [str(path) for path, tree in trees() if calls(tree, {"print"}) and "cli" not in path.parts]
    assert talking == []
    assert calls(ast.parse("print(1)"), {"print"})


def exit_codes(tree):
    """Numbers that a command ends with, where they should be names."""
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and type(node.value) is int]
    returned = [node.value for node in ast.walk(tree) if isinstance(node, ast.Return)]
    return [node.lineno for node in constants if node.value in (70, 75, 130) or node in returned]


def test_exit_codes_stand_in_one_file():
    commands = {
        str(path): exit_codes(tree) for path, tree in trees() if "cli" in path.parts and path.name != "codes.py"
    }
    elsewhere = {str(path): calls(tree, {"exit", "SystemExit"}) for path, tree in trees() if path.name != "__main__.py"}
    assert {path: lines for path, lines in (commands | elsewhere).items() if lines} == {}
    assert exit_codes(ast.parse("def run(options):\n    return 1")) == [2]
    assert exit_codes(ast.parse("code = 75")) == [1]


CHANGING = {
    "open", "fdopen", "replace", "rename", "renames", "unlink", "remove", "removedirs", "rmdir", "rmtree", "mkdir",
    "makedirs", "touch", "write_bytes", "write_text", "truncate", "ftruncate", "fsync", "symlink", "link", "copy",
    "copyfile", "copytree", "move", "save_file", "mkdtemp", "pwrite",
}  # fmt: skip
"""What changes files, of os, shutil, pathlib, tempfile and safetensors."""

ELSEWHERE = {
    "disk.py": "is the place",
    "plain.py": "reads, and opens nothing to write",
    "torch_private.py": "copies modules of torch, and no file",
    "lock.py": "a lock is no data: the system releases it, whatever is in its file",
}


def changes_of_files(tree):
    """Calls that change files, but for those of disk.py and durable.py."""
    return [
        (node.lineno, node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Name) and node.func.id == "open")
            or (
                isinstance(node.func, ast.Attribute)
                and node.func.attr in CHANGING
                and not (isinstance(node.func.value, ast.Name) and node.func.value.id in ("disk", "durable", "Run"))
                # A text has a `replace` too.
                and not (node.func.attr == "replace" and len(node.args) != 1)
            )
        )
    ]


def test_a_run_changes_its_files_by_the_operations_of_disk_alone():
    rooms = ("distributed", "files", "lowering", "machine", "runs", "training")
    modules = {
        path.name: ast.parse(path.read_text()) for room in rooms for path in (ROOT / "archc" / room).glob("*.py")
    }
    found = {name: changes_of_files(tree) for name, tree in modules.items() if name not in ELSEWHERE}
    assert {name: calls for name, calls in found.items() if calls} == {}
    assert set(ELSEWHERE) <= set(modules)
    for broken in ("open('x', 'w')", "path.write_text('')", "os.rename(a, b)", "Path('x').replace(y)", "os.fsync(d)"):
        assert changes_of_files(ast.parse(broken))


OF_TUPLES = {"_replace", "_asdict", "_fields", "_make"}
OF_OTHERS = {"_getframe", "_exit", "_get_name"}
"""Of sys, os and torch's modules: the ways that they have, underscore and all."""


def private(tree):
    """Names of archc's insides that a test reaches for: attributes, imports, and texts that name them."""
    found = []
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=owner, attr=name) if name.startswith("_") and not name.startswith("__"):
                of_its_own = isinstance(owner, ast.Name) and owner.id in ("self", "cls")
                found += [] if of_its_own or name in OF_TUPLES | OF_OTHERS else [name]
            case ast.Call(func=ast.Attribute(attr="setattr"), args=[_, ast.Constant(value=str() as name), *_]) if (
                name.startswith("_") and not name.endswith("__") and "mkldnn" not in name
            ):
                found.append(name)
            case ast.Constant(value=str() as text) if text.startswith("archc.") and "._" in text:
                found.append(text)
            case ast.ImportFrom(module=str() as module) if module.startswith("archc"):
                found += [
                    each.name for each in node.names if each.name.startswith("_") and not each.name.endswith("__")
                ]
    return found


def test_tests_use_what_is_public():
    tests = {path.relative_to(ROOT): ast.parse(path.read_text()) for path in (ROOT / "tests").rglob("*.py")}
    assert {str(path): private(tree) for path, tree in tests.items() if private(tree)} == {}
    for broken in (
        "cache._size(x)",
        "patch.setattr(cache, '_size', 1)",
        "from archc.data.cache import _size",
        "patch('archc.data.cache._size', 1)",
    ):
        assert private(ast.parse(broken))


def test_modules_are_short():
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in MODULES}
    assert {path: length for path, length in lengths.items() if length > 400} == {}


def unfinished(cls, layers):
    """What keeps a layer from being final: a base that is a layer too, or that has arguments of its own.

    A family may say the types of arguments that its rules read; all its layers declare them, with kinds and defaults.
    """
    from archc.layers.base import Layer
    from archc.terms.record import declared

    families = cls.__mro__[1 : cls.__mro__.index(Layer)]
    found = [family.__name__ for family in families if family in layers]
    for family in families:
        read = {name for name, kind in family.__annotations__.items() if typing.get_origin(kind) is not typing.ClassVar}
        found += sorted(read - set(declared(cls))) + [name for name in declared(cls) if name in vars(family)]
    return found


def test_a_layer_is_final_and_its_families_are_abstract():
    from archc.layers import LAYERS
    from archc.layers.base import Layer

    layers = tuple(LAYERS.values())
    found = {cls.__name__: unfinished(cls, layers) for cls in layers}
    assert {name: why for name, why in found.items() if why} == {}
    assert {name for name, cls in LAYERS.items() if name != cls.__name__} == set()

    class Family(Layer):
        size: int
        other: int = 1

    assert unfinished(type("Leaf", (Family,), {"__annotations__": {"size": Size}}), layers) == ["other"]
    assert unfinished(type("Leaf", (Family,), {"__annotations__": {"size": Size, "other": Size}}), layers) == ["other"]
    assert unfinished(type("Leaf", (LAYERS["Identity"],), {}), layers) == ["Identity"]


def test_every_layer_says_what_it_is():
    from archc.layers import LAYERS
    from archc.layers.base import Family, Layer

    families = {name: getattr(cls, "family", None) for name, cls in LAYERS.items()}
    assert {name: family for name, family in families.items() if family not in typing.get_args(Family)} == {}
    assert set(families.values()) == set(typing.get_args(Family))
    assert not hasattr(Layer, "family")


def facts_declared_again(cls):
    """Names that a base declares to be facts of the class, and that a class below annotates anew.

    `positional: int = 2` would be an argument of the layer; `positional = 2` is the fact.
    """
    facts, found = set(), set()
    for base in reversed(cls.__mro__):
        own = getattr(base, "__annotations__", {}) if base is not object else {}
        found |= facts & set(own)
        facts |= {name for name, annotation in own.items() if typing.get_origin(annotation) is typing.ClassVar}
    return found


def test_facts_of_classes_are_declared_once_and_are_no_arguments():
    from archc.layers import LAYERS
    from archc.layers.base import Layer
    from archc.recipe.augmentations import AUGMENTATIONS
    from archc.recipe.data import DATA
    from archc.recipe.losses import LOSSES
    from archc.recipe.optimizers import OPTIMIZERS
    from archc.recipe.schedulers import SCHEDULERS
    from archc.recipe.transforms import TRANSFORMS
    from archc.terms.record import declared

    tables = (LAYERS, LOSSES, OPTIMIZERS, SCHEDULERS, AUGMENTATIONS, TRANSFORMS, DATA)
    found = {cls.__name__: facts_declared_again(cls) for table in tables for cls in table.values()}
    assert {name: facts for name, facts in found.items() if facts} == {}

    class Broken(Layer):
        positional: int = 2

    assert facts_declared_again(Broken) == {"positional"}
    Broken.__annotations__["positional"] = typing.ClassVar[int]
    assert facts_declared_again(Broken) == {"positional"}
    assert "positional" not in declared(Broken)


def without_examples(layers, examples):
    """Layers that lack a good or a bad example."""
    return [layer for layer in layers if {example.good for example in examples(layer)} != {True, False}]


def test_every_layer_has_a_good_and_a_bad_example():
    from archc.layers import LAYERS
    from archc.reference.usage import usages_of

    assert without_examples(LAYERS, usages_of) == [], "write them in the .md beside the layer's module"
    assert without_examples(["Conv2d"], lambda layer: usages_of(layer)[:1]) == ["Conv2d"]


def test_there_is_no_room_without_a_purpose():
    names = {path.stem for path in MODULES} | {path.parent.name for path in MODULES}
    assert names & {"utils", "util", "helpers", "common", "misc", "manager"} == set()


@pytest.mark.torch
def test_a_task_and_a_kind_of_data_have_two_halves():
    """What needs no torch, and what does, under the same name."""
    from archc.data.kinds import MODULES
    from archc.recipe.data import DATA
    from archc.recipe.tasks import TASKS
    from archc.training.tasks import TASKS as TENSORS

    assert set(MODULES) == set(DATA)
    assert set(TENSORS) == set(TASKS)


PRIVATE = {
    "_last_lr": "torch's own schedulers have it in their `state_dict`, which checkpoints keep",
}


def private_names_of_torch(tree):
    """Attributes of other objects that begin with an underscore, and that no object of the module itself has."""
    own = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and _is_self(node.value)}
    own |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)} | {"_replace", "_asdict"}
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr.startswith("_")
        and not node.attr.startswith("__")
        and not _is_self(node.value)
        and node.attr not in own
    }


def _is_self(node):
    return isinstance(node, ast.Name) and node.id in ("self", "cls")


def test_private_names_of_torch_stand_in_one_file():
    knowing = [path for path in MODULES if "torch" in path.read_text() and path.name != "torch_private.py"]
    found = {str(path): private_names_of_torch(ast.parse(path.read_text())) - set(PRIVATE) for path in knowing}
    assert {path: names for path, names in found.items() if names} == {}
    assert private_names_of_torch(ast.parse("torch._foreach_add_(a, 1)")) == {"_foreach_add_"}
