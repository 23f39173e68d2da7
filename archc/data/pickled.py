"""The data in a pickle -> plain values, by a reader that calls nothing, imports nothing and makes no objects.

A pickle is a program for a small stack machine. Of its instructions, those are known here that put numbers, texts,
bytes, lists and mappings together, and the one way in which NumPy writes an array of bytes. All others are refused.

Source of the format: https://docs.python.org/3/library/pickletools.html
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from math import prod
from typing import Any, Final, NoReturn

import numpy as np

from archc.data.damage import DamagedError
from archc.data.whole import Array


def read_pickled(data: bytes) -> Any:
    """What the pickle holds: None, bool, int, float, bytes (texts too), list, tuple, dict.

    Arrays of uint8 are values of the outermost mapping, and views of `data`. Some 100 bytes for each of at most four
    million instructions are all the memory that is taken.

    Raises:
        DamagedError: it is no pickle, is cut off, or has other things in it.
    """
    return _Machine(data).run()


class _Name:
    """A name that the pickle asks for, of those that are known. It stands for nothing."""

    def __init__(self, text: str) -> None:
        self.text = text


class _Made:
    """What calls of NumPy's names would have made: an array that gets its state later, or its type."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.array: Array | None = None


_ARRAY: Final = "numpy.ndarray"
_TYPE: Final = "numpy.dtype"
_RECONSTRUCT: Final = "numpy.core.multiarray._reconstruct"
_NAMES: Final[Mapping[str, str]] = {
    "numpy.ndarray": _ARRAY,
    "numpy.dtype": _TYPE,
    "numpy.core.multiarray._reconstruct": _RECONSTRUCT,
    "numpy._core.multiarray._reconstruct": _RECONSTRUCT,
}
_MARK: Final = object()
_MOST_INSTRUCTIONS: Final = 2**22
"""Ten times as many as the largest file of CIFAR has."""


class _Machine:
    """The stack, and what was put aside. `at` is where the next instruction is."""

    def __init__(self, data: bytes) -> None:
        self.data = memoryview(data)
        self.at = 0
        self.stack: list[Any] = []
        self.kept: dict[int, Any] = {}

    def run(self) -> Any:
        for _ in range(_MOST_INSTRUCTIONS):
            code = bytes(self.take(1))
            if code == b".":
                return self.pop(_settled)
            instruction = _INSTRUCTIONS.get(code)
            if instruction is None:
                raise DamagedError(f"byte {self.at - 1:,} is {code.hex()}, no instruction of a pickle of plain data")
            instruction(self)
        raise DamagedError(f"it has more than {_MOST_INSTRUCTIONS:,} instructions")

    def take(self, count: int) -> memoryview:
        """The next bytes."""
        if count > len(self.data) - self.at:
            raise DamagedError("it ends early, within an instruction of the pickle")
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, form: str) -> Any:
        """The next bytes as a number of `struct`."""
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def line(self) -> str:
        """The bytes up to the end of the line: a name."""
        rest = bytes(self.data[self.at : self.at + 256])
        text, end, _ = rest.partition(b"\n")
        if not end:
            raise DamagedError("it has no end of a name where one has to be")
        self.at += len(text) + 1
        return text.decode("latin-1")

    def push(self, value: Any) -> None:
        self.stack.append(value)

    def pop(self, read: Callable[[Any], Any] = lambda value: value) -> Any:
        if not self.stack or self.stack[-1] is _MARK:
            _unfit("an instruction has nothing to work on")
        return read(self.stack.pop())

    def top(self, kind: type) -> Any:
        """The value that an instruction changes, which has to be of a type."""
        if not self.stack or type(self.stack[-1]) is not kind:
            _unfit("an instruction changes what it cannot change")
        return self.stack[-1]

    def marked(self) -> list[Any]:
        """The values above the last mark, which are taken off with it."""
        at = len(self.stack) - 1
        while at >= 0 and self.stack[at] is not _MARK:
            at -= 1
        if at < 0:
            _unfit("a mark is missing")
        values = self.stack[at + 1 :]
        del self.stack[at:]
        return values

    def fill(self, pairs: list[Any]) -> None:
        """Put keys and values, in turn, into the mapping on top."""
        mapping = self.top(dict)
        if len(pairs) % 2:
            _unfit("a key has no value")
        for key, value in zip(pairs[::2], pairs[1::2], strict=True):
            if not isinstance(key, bytes):  # a tuple of tuples may take for ever to hash
                _unfit("a key is no text")
            mapping[key] = value

    def name(self, module: str, name: str) -> None:
        known = _NAMES.get(f"{module}.{name}")
        if known is None:
            raise DamagedError(f"it asks for `{module}.{name}`, and of a pickle nothing but plain data is read")
        self.push(_Name(known))

    def call(self) -> None:
        """Stands in for the two calls that NumPy writes: of an empty array, and of its type."""
        arguments, called = self.pop(), self.pop()
        if not isinstance(called, _Name) or not isinstance(arguments, tuple):
            _unfit("it calls what is no function")
        if called.text == _RECONSTRUCT and len(arguments) == 3 and getattr(arguments[0], "text", "") == _ARRAY:
            self.push(_Made(_ARRAY))
        elif called.text == _TYPE and arguments and arguments[0] in (b"u1", b"|u1"):
            self.push(_Made(_TYPE))
        else:
            _unfit("it has an array whose elements are not unsigned bytes")

    def build(self) -> None:
        """Stands in for `__setstate__` of an array, or of its type, which has nothing to say of bytes."""
        state, made = self.pop(), self.top(_Made)
        if made.name == _ARRAY:
            made.array = _array(state)


def _array(state: Any) -> Array:
    """The array of the state that NumPy writes: version, shape, type, whether columns come first, bytes."""
    if not isinstance(state, tuple) or len(state) != 5:
        _unfit("it has an array that NumPy does not write")
    _, shape, dtype, by_columns, data = state
    sizes = isinstance(shape, tuple) and all(type(size) is int and size >= 0 for size in shape)
    if not sizes or not isinstance(dtype, _Made) or dtype.name != _TYPE or not isinstance(data, bytes | memoryview):
        _unfit("it has an array that NumPy does not write")
    if len(shape) > 8 or prod(shape) != len(data):
        found = " x ".join(map(str, shape[:8]))
        raise DamagedError(f"it has an array of {found} bytes, and {len(data):,} bytes for it")
    return np.frombuffer(data, dtype=np.uint8).reshape(shape, order="F" if by_columns else "C")


def _settled(value: Any) -> Any:
    """The value with arrays in place of what stands for them; containers keep their own."""
    if isinstance(value, _Made) and value.array is not None:
        return value.array
    if isinstance(value, dict):
        return {key: item.array if isinstance(item, _Made) else item for key, item in value.items()}
    return value


def _unfit(reason: str) -> NoReturn:
    raise DamagedError(f"{reason}, as no pickle of plain data has it")


_LARGE: Final = 4096


def _texts(form: str) -> Callable[[_Machine], None]:
    """Bytes, after their number. Many are not copied; they may be the elements of an array."""

    def instruction(machine: _Machine) -> None:
        count = machine.number(form)
        found = machine.take(max(count, 0))
        machine.push(found if len(found) > _LARGE else bytes(found))

    return instruction


def _value(form: str) -> Callable[[_Machine], None]:
    return lambda machine: machine.push(machine.number(form))


def _constant(make: Callable[[], Any]) -> Callable[[_Machine], None]:
    return lambda machine: machine.push(make())


def _skip(count: int) -> Callable[[_Machine], None]:
    def instruction(machine: _Machine) -> None:
        machine.take(count)

    return instruction


def _tuple(count: int) -> Callable[[_Machine], None]:
    def instruction(machine: _Machine) -> None:
        values = [machine.pop() for _ in range(count)]
        machine.push(tuple(reversed(values)))

    return instruction


def _keep(form: str) -> Callable[[_Machine], None]:
    def instruction(machine: _Machine) -> None:
        value = machine.pop()
        machine.push(value)
        machine.kept[machine.number(form)] = value

    return instruction


def _kept(form: str) -> Callable[[_Machine], None]:
    def instruction(machine: _Machine) -> None:
        number = machine.number(form)
        if number not in machine.kept:
            _unfit("it takes up what it has not put aside")
        machine.push(machine.kept[number])

    return instruction


def _memoize(machine: _Machine) -> None:
    value = machine.pop()
    machine.push(value)
    machine.kept[len(machine.kept)] = value


def _long(machine: _Machine) -> None:
    machine.push(int.from_bytes(machine.take(machine.number("<B")), "little", signed=True))


def _append(machine: _Machine) -> None:
    value = machine.pop()
    machine.top(list).append(value)


def _appends(machine: _Machine) -> None:
    values = machine.marked()
    machine.top(list).extend(values)


def _set(machine: _Machine) -> None:
    value, key = machine.pop(), machine.pop()
    machine.fill([key, value])


def _stack_global(machine: _Machine) -> None:
    name, module = machine.pop(), machine.pop()
    if not isinstance(name, bytes) or not isinstance(module, bytes):
        _unfit("a name is no text")
    machine.name(module.decode("latin-1"), name.decode("latin-1"))


_INSTRUCTIONS: Final[Mapping[bytes, Callable[[_Machine], None]]] = {
    b"\x80": _skip(1),  # the version
    b"\x95": _skip(8),  # the length of a part
    b"(": _constant(lambda: _MARK),
    b"N": _constant(lambda: None),
    b"\x88": _constant(lambda: True),
    b"\x89": _constant(lambda: False),
    b"K": _value("<B"),
    b"M": _value("<H"),
    b"J": _value("<i"),
    b"G": _value(">d"),
    b"\x8a": _long,
    b"U": _texts("<B"),
    b"T": _texts("<i"),
    b"\x8c": _texts("<B"),
    b"X": _texts("<I"),
    b"\x8d": _texts("<Q"),
    b"C": _texts("<B"),
    b"B": _texts("<I"),
    b"\x8e": _texts("<Q"),
    b"]": _constant(list),
    b"}": _constant(dict),
    b")": _constant(tuple),
    b"t": lambda machine: machine.push(tuple(machine.marked())),
    b"\x85": _tuple(1),
    b"\x86": _tuple(2),
    b"\x87": _tuple(3),
    b"a": _append,
    b"e": _appends,
    b"s": _set,
    b"u": lambda machine: machine.fill(machine.marked()),
    b"q": _keep("<B"),
    b"r": _keep("<I"),
    b"\x94": _memoize,
    b"h": _kept("<B"),
    b"j": _kept("<I"),
    b"c": lambda machine: machine.name(machine.line(), machine.line()),
    b"\x93": _stack_global,
    b"R": lambda machine: machine.call(),
    b"b": lambda machine: machine.build(),
}
"""The instructions that are known, by their byte."""
