"""Expressions: their values, their types, their limits, and the places of their faults."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archc.expressions import WrongExpressionError, evaluate, interpolate, parse

NAMES = {"n": 5, "size": "small", "flag": True, "half": 0.5}


def value(text):
    return interpolate(f"${{{text}}}", NAMES)


def fault(text):
    with pytest.raises(WrongExpressionError) as error:
        interpolate(text, NAMES)
    return error.value.fault.slug, text[error.value.start : error.value.end]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("2 ** 3 ** 2", 512),
        ("-2 ** 2", -4),
        ("2 ** -1", 0.5),
        ("7 // 2", 3),
        ("-7 // 2", -4),
        ("7 % 3", 1),
        ("7 / 2", 3.5),
        ("n * half", 2.5),
        ("n if flag else 0", 5),
        ("1 if not flag else 2 if n > 4 else 3", 2),
        ("1 < n <= 5", True),
        ("1 < n < 5", False),
        ("n == 5 and size == 'small'", True),
        ("n != 5 or not flag", False),
        ("false and 1 / 0 == 1", False),
        ("true or 1 / 0 == 1", True),
        ("1 if true else 1 / 0", 1),
        ("min(3, n, 4) + max(1, 2)", 5),
        ("round(2.5) + floor(-1.5) + ceil(1.2) + abs(-3)", 5),
        ("round(2.567, 2)", 2.57),
        ("size + '-net'", "small-net"),
        ("'}'", "}"),
        ("null == null", True),
        ("9223372036854775807", 2**63 - 1),
    ],
)
def test_an_expression_has_pythons_value_and_type(text, expected):
    found = value(text)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("conv${n}", "conv5"),
        ("${n}${n}", "55"),
        ("a ${flag} ${half}", "a true 0.5"),
        ("$${n}", "${n}"),
        ("$${n} ${n}", "${n} 5"),
        ("$5 {}", "$5 {}"),
    ],
)
def test_inside_text_a_value_becomes_text(text, expected):
    assert interpolate(text, NAMES) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${m}", ("unknown-name", "m")),
        ("x ${1 +}", ("wrong-expression", "")),
        ("${1 2}", ("wrong-expression", "2")),
        ("${n.real}", ("wrong-expression", "n.real")),
        ("${n[0]}", ("wrong-expression", "n[0]")),
        ("${(n}", ("wrong-expression", "")),
        ("${n", ("wrong-expression", "${n")),
        ("${open('x')}", ("unknown-function", "open('x')")),
        ("${min()}", ("wrong-operand", "min()")),
        ("${floor(1, 2)}", ("wrong-operand", "floor(1, 2)")),
        ("${size * 2}", ("wrong-operand", "size")),
        ("${flag + 1}", ("wrong-operand", "flag")),
        ("${1 if n else 2}", ("wrong-operand", "n")),
        ("${n < size}", ("wrong-operand", "n < size")),
        ("${n / 0}", ("division-by-zero", "n / 0")),
        ("${n % 0}", ("division-by-zero", "n % 0")),
        ("${0 ** -1}", ("division-by-zero", "0 ** -1")),
        ("${2 ** 63}", ("expression-overflow", "2 ** 63")),
        ("${9 ** 9 ** 9}", ("expression-overflow", "9 ** 9 ** 9")),
        ("${1e308 * 10}", ("expression-overflow", "1e308 * 10")),
        ("${(-8) ** 0.5}", ("wrong-operand", "-8) ** 0.5")),
        ("${9223372036854775808}", ("expression-overflow", "9223372036854775808")),
    ],
)
def test_what_has_no_value_is_a_fault_at_its_place(text, expected):
    assert fault(text) == expected


@pytest.mark.parametrize("nest", ["({}", "-{}", "1 ** {}", "min({}", "1 if true else {}"], ids=str)
def test_nesting_ends_at_64(nest):
    def nested(times):
        head = nest.replace("{}", "") * times
        return "${" + head + "1" + ")" * (times if "(" in nest else 0) + "}"

    for depth in (63, 64):
        assert interpolate(nested(depth), {}) in (1, -1)
    with pytest.raises(WrongExpressionError) as error:
        interpolate(nested(65), {})
    assert error.value.fault.slug == "expression-too-large"


def test_an_expression_has_at_most_1000_tokens():
    assert value("+".join(["1"] * 500)) == 500
    assert value("-" + "+".join(["1"] * 500)) == 498
    with pytest.raises(WrongExpressionError) as error:
        value("+".join(["1"] * 501))
    assert error.value.fault.slug == "expression-too-large"


ARITHMETIC = st.recursive(
    st.integers(-50, 50).map(lambda n: f"({n})"),
    lambda inner: st.tuples(inner, st.sampled_from(["+", "-", "*", "//", "%", "/"]), inner).map(
        lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"
    ),
    max_leaves=12,
)


@given(ARITHMETIC)
def test_arithmetic_is_pythons(text):
    tree = parse(text)
    try:
        expected = eval(text)
    except ZeroDivisionError:
        with pytest.raises(WrongExpressionError):
            evaluate(tree, {})
        return
    found = evaluate(tree, {})
    assert found == expected or math.isclose(found, expected)


@given(st.text(alphabet="0123456789.+-*/%()<>=! nifelsorandt'\"${},", max_size=60))
def test_any_text_has_a_value_or_a_fault_with_a_place(text):
    found = None
    try:
        interpolate("${" + text, NAMES)
    except WrongExpressionError as error:
        found = error
    if found:
        assert 0 <= found.start <= found.end <= len(text) + 2
        assert found.fault.message()
