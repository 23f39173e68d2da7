"""A line of Python that builds or calls layers -> terms as a spec writes them. Nothing is run: it is parsed."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, TypeVar

from archc.elaborate import synonyms
from archc.elaborate.spelled import Given, Value, of_layers, spelled, term
from archc.elaborate.suggest import fold, same, suggest
from archc.syntax.write import write_flow
from archc.terms.term import Term

_LONGEST: Final = 2000
"""Code points of a line that is read."""

_MODULES: Final = frozenset(
    {"torch", "nn", "functional", "F", "optim", "lr_scheduler", "modules", "tf", "keras", "layers", "losses"}
    | {"optimizers", "models", "transforms", "v2", "torchvision", "tensorflow", "init"}
)
_WITHOUT_EFFECT: Final = frozenset(
    {"contiguous", "float", "to", "cuda", "cpu", "double", "clone", "detach", "requires_grad_"}
)
"""Methods of tensors that are no part of an architecture."""

T = TypeVar("T", bound=Term)


class Reading(NamedTuple):
    """The terms that a line means, each as a spec writes it; or what to do about it."""

    terms: tuple[str, ...] = ()
    advice: str | None = None
    last: str | None = None
    """The class of the last term that is known, also where its arguments are not."""


class _Unknown(Exception):  # noqa: N818 - it never leaves this module
    """A part of a line that no spec can say; with advice where there is some."""

    def __init__(self, advice: str | None = None) -> None:
        super().__init__(advice)
        self.advice = advice


def read(text: str, table: Mapping[str, type[Term]]) -> Reading | None:
    """What a line means in the terms of a table; None where it is no Python, or has no such terms."""
    node = _parsed(text)
    if node is None:
        return None
    reader = _Reader(table)
    own = None
    if isinstance(node, ast.Assign):
        own = _attribute_of_self(node.targets[0])
        node = node.value
    try:
        terms = reader.constructed(node, own) if own else None
        terms = reader.terms(node) if terms is None else terms
    except _Unknown as unknown:
        return Reading((), unknown.advice, reader.last) if unknown.advice or reader.last else None
    except RecursionError:
        return None
    return Reading(tuple(terms), None, reader.last) if terms else None


def _parsed(text: str) -> ast.Assign | ast.expr | None:
    """The call that a line is, or an assignment of one."""
    text = text.strip().rstrip(",;")
    if len(text) > _LONGEST or "(" not in text:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            body = ast.parse(text.removeprefix("return ")).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    match body:
        case [ast.Assign(targets=[_], value=ast.Call()) as assignment]:
            return assignment
        case [ast.Expr(value=ast.Call() as call)]:
            return call
    return None


def _attribute_of_self(target: ast.expr) -> str | None:
    match target:
        case ast.Attribute(value=ast.Name(id="self"), attr=attr):
            return attr
    return None


class _Reader:
    def __init__(self, table: Mapping[str, type[Term]]) -> None:
        self.table = table
        self.layers = of_layers(table)
        self.last: str | None = None

    def terms(self, node: ast.expr) -> list[str]:
        """The terms that a tensor goes through in an expression. A variable is the tensor itself."""
        match node:
            case ast.Name():
                return []
            case ast.Call(func=ast.Call() as module, args=[tensor, *_]):
                return [*self.terms(tensor), *self._of(module)]
            case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=attr)):
                raise _Unknown(f"`self.{attr}` is a module of your class: write its layer here, as `__init__` makes it")
            case ast.Call():
                return self._call(node)
        raise _Unknown

    def _of(self, module: ast.Call) -> list[str]:
        found = self.constructed(module)
        if found is None:
            raise _Unknown
        return found

    def _call(self, node: ast.Call) -> list[str]:
        found = self.constructed(node)
        if found is not None:
            return found
        name = _last_name(node.func)
        if name is None:
            raise _Unknown
        if isinstance(node.func, ast.Attribute) and not _is_module(node.func.value):
            return [*self.terms(node.func.value), *self._function(name, node.args, node.keywords)]
        before = self.terms(node.args[0]) if node.args and isinstance(node.args[0], ast.Call) else []
        return [*before, *self._function(name, node.args[1:], node.keywords)]

    # Modules

    def constructed(self, node: ast.expr, own: str | None = None) -> list[str] | None:
        """The term that a constructor makes, `own` its name; None where it is no constructor."""
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name | ast.Attribute):
            return None
        if isinstance(node.func, ast.Attribute) and not _is_module(node.func.value):
            return None
        name = _last_name(node.func) or ""
        if not name[:1].isupper():
            return None
        if name == "Sequential" and "Sequential" in self.table:
            return self._sequential(node, own)
        cls = self._class(name.removeprefix("Lazy"), exact=False)
        if cls is None:
            raise _Unknown(synonyms.LAYER_ADVICE.get(fold(name)) if self.layers else None)
        arguments = node.args if self.layers else [item for item in node.args if not _is_tensor(item)]
        exact = isinstance(node.func, ast.Attribute) and _root(node.func) in ("nn", "torch") and name == cls.__name__
        return self._spelled(cls, arguments, node.keywords, own, exact=exact)

    def _sequential(self, node: ast.Call, own: str | None) -> list[str]:
        parts = node.args[0].elts if node.args and isinstance(node.args[0], ast.List | ast.Tuple) else node.args
        made = [made for part in parts for made in (self.constructed(part) or [])]
        if len(made) < len(parts):
            raise _Unknown
        if own is None:
            return made
        return [term("Sequential", {"layers": f"[{', '.join(map(braced, made))}]"}, own)]

    # Functions and methods

    def _function(self, name: str, arguments: list[ast.expr], keywords: list[ast.keyword]) -> list[str]:
        """The layer that does what a function of a tensor does; `arguments` are those after the tensor."""
        if name in _WITHOUT_EFFECT:
            return []
        if self.layers and name in _JOINS:
            raise _Unknown("write `Concat: {branches: [[...], [...]]}`, or `Add`: each branch is a list of layers")
        if self.layers and (special := _SPECIAL.get(name)):
            self.last, text = special(arguments)
            return [text]
        cls = self._class(_RENAMED.get(name, name), exact=True)
        if cls is None:
            raise _Unknown(synonyms.LAYER_ADVICE.get(fold(name)) if self.layers else None)
        if not self.layers:
            arguments = [item for item in arguments if not _is_tensor(item)]
        return self._spelled(cls, arguments, keywords)

    def _class(self, name: str, *, exact: bool) -> type[Term] | None:
        """The class of a name, with its own letters, in torch's other spelling or as another framework has it."""
        words = synonyms.LAYERS if self.layers else synonyms.CHOICES
        found = same(name, [*self.table]) or same(f"{name}Loss", [*self.table])
        found = found or words.get(fold(name)) or (None if exact else suggest(name, [*self.table], words))
        return self.table.get(found) if found else None

    def _spelled(
        self,
        cls: type[Term],
        arguments: list[ast.expr],
        keywords: list[ast.keyword],
        own: str | None = None,
        *,
        exact: bool = False,
    ) -> list[str]:
        self.last = cls.__name__
        named = {keyword.arg or "": keyword.value for keyword in keywords}
        activation = named.pop("activation", None) if "activation" in named and self.layers else None
        behind = _activation(activation) if activation is not None else []
        named = {name: node for name, node in named.items() if name not in ("training", "input_shape", "input")}
        arguments = [node for node in arguments if _last_name(node) != "training"]
        values = {name: _value(node) for name, node in named.items()}
        given = Given([_value(node) for node in arguments], values, own, exact)
        text = spelled(cls, given, short=True)
        if text is None:
            raise _Unknown
        variables = [name for node in (*arguments, *named.values()) if (name := _last_name(node)) and name in text]
        if variables:
            raise _Unknown(f"write `{text}`, with {' and '.join(f'`{name}`' for name in variables)} among `vars`")
        return [text, *behind]


def _activation(node: ast.expr) -> list[str]:
    name = node.value if isinstance(node, ast.Constant) else _last_name(node)
    layer = synonyms.ACTIVATIONS.get(fold(str(name)))
    if layer is None and name not in (None, "linear"):
        raise _Unknown
    return [layer] if layer else []


def _last_name(node: ast.expr) -> str | None:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return None


def _root(node: ast.expr) -> str | None:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _is_module(node: ast.expr) -> bool:
    """Whether this is Python's module of a function, as in `nn.functional.relu`, and no tensor, as in `x.view`."""
    while isinstance(node, ast.Attribute):
        if node.attr not in _MODULES:
            return False
        node = node.value
    return isinstance(node, ast.Name) and node.id in _MODULES


def _is_tensor(node: ast.expr) -> bool:
    """Whether an argument holds what only a running program has: a tensor, an optimizer, its parameters."""
    if isinstance(node, ast.Call):
        return _last_name(node.func) not in ("tensor", "Tensor")
    return isinstance(node, ast.Name | ast.Attribute | ast.Subscript)


def _value(node: ast.expr) -> Value:
    """A literal, products of literals, or a variable as an expression.

    Raises:
        _Unknown: it is something else.
    """
    if (variable := _last_name(node)) is not None:
        return Value(..., f'"${{{variable}}}"')
    data = _data(node)
    text = ast.unparse(node) if type(data) is float and isinstance(node, ast.Constant) else write_flow(data)
    return Value(data, text)


def _data(node: ast.expr) -> object:
    match node:
        case ast.Call(func=func, args=[data]) if _last_name(func) in ("tensor", "Tensor"):
            return _data(data)
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            return [_data(element) for element in elements]
        case ast.BinOp(op=ast.Mult()):
            left, right = _data(node.left), _data(node.right)
            if isinstance(left, int) and isinstance(right, int):
                return left * right
    try:
        data = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError):
        raise _Unknown from None
    if not isinstance(data, str | int | float | bool | None):
        raise _Unknown
    return data


def _ints(arguments: list[ast.expr]) -> list[int | None]:
    """Sizes or axes, written one by one or as one list; None for those that only a running program has."""
    if len(arguments) == 1 and isinstance(arguments[0], ast.List | ast.Tuple):
        arguments = arguments[0].elts
    found: list[int | None] = []
    for node in arguments:
        try:
            data = _data(node)
        except _Unknown:
            data = None
        found.append(data if type(data) is int else None)
    return found


_JOINS: Final = frozenset({"cat", "concat", "concatenate", "stack", "hstack", "vstack"})
_RENAMED: Final[Mapping[str, str]] = {"interpolate": "Upsample"}
"""Functions whose layer has another name."""

_Special = Callable[[list[ast.expr]], tuple[str, str]]


def _view(arguments: list[ast.expr]) -> tuple[str, str]:
    """`x.view(-1, 784)` or `x.view(x.size(0), -1)`: the batch, and the rest in one axis or in several."""
    sizes = _ints(arguments)
    if len(sizes) == 2 and sizes[0] in (-1, None):
        return "Flatten", "Flatten"
    rest = sizes[1:]
    if len(sizes) > 2 and sizes[0] in (-1, None) and all(size is not None and size > 0 for size in rest):
        return "Unflatten", term("Unflatten", {"dim": "1", "unflattened_size": write_flow(rest)})
    raise _Unknown(synonyms.LAYER_ADVICE["view"])


def _flatten(arguments: list[ast.expr]) -> tuple[str, str]:
    dims = _ints(arguments)
    if any(dim is None for dim in dims) or len(dims) > 2:
        raise _Unknown
    names = ("start_dim", "end_dim")
    defaults = (1, -1)
    kept = {
        name: str(dim) for name, dim, default in zip(names, dims, defaults, strict=False) if dim not in (default, 0)
    }
    return "Flatten", term("Flatten", kept)


def _permute(arguments: list[ast.expr]) -> tuple[str, str]:
    dims = _ints(arguments)
    if any(dim is None for dim in dims) or sorted(dim for dim in dims if dim is not None) != [*range(len(dims))]:
        raise _Unknown(synonyms.LAYER_ADVICE["transpose"])
    return "Permute", f"Permute: {write_flow(dims)}"


def _transpose(arguments: list[ast.expr]) -> tuple[str, str]:
    """Of a sequence, `x.transpose(1, 2)`; for others their number of axes decides about the order."""
    if sorted(str(dim) for dim in _ints(arguments)) in (["1", "2"], ["-1", "-2"]):
        return "Permute", "Permute: [0, 2, 1]"
    raise _Unknown(synonyms.LAYER_ADVICE["transpose"])


def _pad(arguments: list[ast.expr]) -> tuple[str, str]:
    """`F.pad(x, (1, 1, 1, 1))`, with two numbers for each axis, the last axis first."""
    sizes = _ints(arguments[:1])
    rank = len(sizes) // 2
    if any(size is None for size in sizes) or len(sizes) % 2 or not 1 <= rank <= 3 or len(arguments) > 1:
        raise _Unknown
    return f"ZeroPad{rank}d", f"ZeroPad{rank}d: {write_flow(sizes)}"


_SPECIAL: Final[Mapping[str, _Special]] = {
    "view": _view,
    "reshape": _view,
    "flatten": _flatten,
    "permute": _permute,
    "transpose": _transpose,
    "pad": _pad,
}
"""The functions of tensors whose arguments are not those of the layer."""


def braced(written: str) -> str:
    """A term as it stands between brackets, or as the value of a key."""
    return f"{{{written}}}" if ": " in written else written
