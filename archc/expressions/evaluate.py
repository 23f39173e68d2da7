"""A syntax tree and the names that it may use -> its value. Every operation is bounded: ints have 63 bits."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault
from archc.expressions.parse import (
    Binary,
    Call,
    Choice,
    Compare,
    Expression,
    Literal,
    Name,
    Place,
    Unary,
    WrongExpressionError,
)

Value: TypeAlias = int | float | str | bool | None

FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "abs": abs,
    "ceil": math.ceil,
    "floor": math.floor,
    "max": max,
    "min": min,
    "round": round,
}
_ARITHMETIC: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
}
_COMPARISONS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
_INT_LIMIT: Final = 2**63
MAX_TEXT: Final = 64 * 1024


def evaluate(expression: Expression, names: Mapping[str, Value]) -> Value:
    """The value of an expression.

    Raises:
        WrongExpressionError: a name is unknown, a value has the wrong type, a division by zero, an overflow.
    """
    match expression:
        case Literal():
            return expression.value
        case Choice():
            chosen = expression.then if _truth(expression.condition, names) else expression.otherwise
            return evaluate(chosen, names)
        case _:
            return _OPERATIONS[type(expression)](expression, names)


def _name(expression: Name, names: Mapping[str, Value]) -> Value:
    if expression.name not in names:
        raise _wrong(catalog.expressions.UnknownName(name=expression.name, known=tuple(names)), expression.place)
    return names[expression.name]


def _unary(expression: Unary, names: Mapping[str, Value]) -> Value:
    if expression.sign == "not":
        return not _truth(expression.operand, names)
    number = _number(expression.operand, names)
    return _bounded(-number if expression.sign == "-" else number, expression.place)


def _binary(expression: Binary, names: Mapping[str, Value]) -> Value:
    """Walks down the left operands in a loop, as a long sum nests as deep as it has terms."""
    chain = [expression]
    while isinstance(chain[-1].left, Binary):
        chain.append(chain[-1].left)
    value = evaluate(chain[-1].left, names)
    for link in reversed(chain):
        value = _apply(link, value, names)
    return value


def _apply(link: Binary, left: Value, names: Mapping[str, Value]) -> Value:
    """One operation, whose left operand is known."""
    if link.sign in ("and", "or"):
        truth = _as_truth(left, link.left.place)
        return truth if truth == (link.sign == "or") else _truth(link.right, names)
    right = evaluate(link.right, names)
    if link.sign == "+" and isinstance(left, str) and isinstance(right, str):
        return _short(left + right, link.place)
    a, b = _as_number(left, link.left.place), _as_number(right, link.right.place)
    if link.sign in ("/", "//", "%") and b == 0:
        raise _wrong(catalog.expressions.DivisionByZero(), link.place)
    if link.sign == "**":
        _check_power(a, b, link.place)
    try:
        return _bounded(_ARITHMETIC[link.sign](a, b), link.place)
    except (OverflowError, ZeroDivisionError):
        raise _wrong(catalog.expressions.ExpressionOverflow(), link.place) from None


def _check_power(base: int | float, exponent: int | float, place: Place) -> None:
    """Refuse powers that would be huge, before they are computed, and those that are complex numbers."""
    if base == 0 and exponent < 0:
        raise _wrong(catalog.expressions.DivisionByZero(), place)
    if base < 0 and isinstance(exponent, float) and not exponent.is_integer():
        raise _wrong(catalog.expressions.WrongOperand(expected="a base of at least 0", found=str(base)), place)
    whole = isinstance(base, int) and isinstance(exponent, int)
    if whole and abs(base) > 1 and exponent > 64:
        raise _wrong(catalog.expressions.ExpressionOverflow(), place)


def _compare(expression: Compare, names: Mapping[str, Value]) -> bool:
    values = [evaluate(operand, names) for operand in expression.operands]
    for sign, left, right in zip(expression.signs, values, values[1:], strict=False):
        ordered = sign not in ("==", "!=")
        if ordered and not (_both_numbers(left, right) or (isinstance(left, str) and isinstance(right, str))):
            raise _wrong(
                catalog.expressions.WrongOperand(expected="two numbers", found=f"{_kind(left)} and {_kind(right)}"),
                expression.place,
            )
        if not _COMPARISONS[sign](left, right):
            return False
    return True


def _call(expression: Call, names: Mapping[str, Value]) -> Value:
    function = FUNCTIONS.get(expression.function)
    if function is None:
        raise _wrong(
            catalog.expressions.UnknownFunction(name=expression.function, known=tuple(FUNCTIONS)), expression.place
        )
    many = expression.function in ("min", "max")
    most = 2 if expression.function == "round" else 1
    count = len(expression.arguments)
    if (many and count < 1) or (not many and not 1 <= count <= most):
        expected = "at least one argument" if many else ("one or two arguments" if most == 2 else "one argument")
        raise _wrong(catalog.expressions.WrongOperand(expected=expected, found=str(count)), expression.place)
    arguments = [_number(argument, names) for argument in expression.arguments]
    if many:
        return _bounded(function(arguments), expression.place)
    if count == 2 and not isinstance(arguments[1], int):
        raise _wrong(
            catalog.expressions.WrongOperand(expected="a whole number of digits", found=str(arguments[1])),
            expression.place,
        )
    try:
        return _bounded(function(*arguments), expression.place)
    except (OverflowError, ValueError):
        raise _wrong(catalog.expressions.ExpressionOverflow(), expression.place) from None


def _number(expression: Expression, names: Mapping[str, Value]) -> int | float:
    return _as_number(evaluate(expression, names), expression.place)


def _as_number(value: Value, place: Place) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong(catalog.expressions.WrongOperand(expected="a number", found=_kind(value)), place)
    return value


def _truth(expression: Expression, names: Mapping[str, Value]) -> bool:
    return _as_truth(evaluate(expression, names), expression.place)


def _as_truth(value: Value, place: Place) -> bool:
    if not isinstance(value, bool):
        raise _wrong(catalog.expressions.WrongOperand(expected="true or false", found=_kind(value)), place)
    return value


def _bounded(value: int | float, place: Place) -> int | float:
    if isinstance(value, int):
        if not -_INT_LIMIT <= value < _INT_LIMIT:
            raise _wrong(catalog.expressions.ExpressionOverflow(), place)
        return value
    if not math.isfinite(value):
        raise _wrong(catalog.expressions.ExpressionOverflow(), place)
    return value


def _short(text: str, place: Place) -> str:
    if len(text) > MAX_TEXT:
        raise _wrong(catalog.expressions.ExpressionOverflow(), place)
    return text


def _both_numbers(a: Value, b: Value) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in (a, b))


def _kind(value: Value) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    return f"the text `{value[:40]}`" if isinstance(value, str) else f"the number {value}"


def _wrong(fault: Fault, place: Place) -> WrongExpressionError:
    return WrongExpressionError(fault, place.start, place.end)


_OPERATIONS: Final[Mapping[type, Callable[[Any, Mapping[str, Value]], Value]]] = {
    Binary: _binary,
    Call: _call,
    Compare: _compare,
    Name: _name,
    Unary: _unary,
}
