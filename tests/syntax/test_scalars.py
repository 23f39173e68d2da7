"""Plain YAML text is read by the core schema of YAML 1.2."""

import math

import pytest

from archc.diagnostics.report import Report
from archc.source import SourceFile
from archc.syntax.scalars import IntTooLargeError, integer, resolve
from archc.syntax.tree import data_of
from archc.syntax.yaml import read_yaml

VALUES = {
    "1e-3": 1e-3,
    "1E3": 1000.0,
    "1.": 1.0,
    ".5": 0.5,
    "-.5e+2": -50.0,
    "+12": 12,
    "012": 12,
    "-0": 0,
    "0o17": 15,
    "0x1F": 31,
    "0xff": 255,
    ".inf": math.inf,
    "-.INF": -math.inf,
    "+.Inf": math.inf,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "FALSE": False,
}

TEXTS = [
    "no",
    "yes",
    "on",
    "off",
    "y",
    "1_000",
    "-0x1F",
    "0b11",
    "1:30",
    "nUll",
    "tRue",
    "1e",
    ".",
    "+",
    "..5",
    "1.2.3",
]
TEXTS += ["inf", "nan", "Infinity", "\u0661", "1e3e", "0o18", "0xG", "2001-01-01", "="]


@pytest.mark.parametrize("text", VALUES)
def test_numbers_words_and_null_are_values(text):
    found = resolve(text)
    assert (type(found), found) == (type(VALUES[text]), VALUES[text])


def test_nan_is_a_number():
    assert all(math.isnan(resolve(text)) for text in (".nan", ".NaN", ".NAN"))


@pytest.mark.parametrize("text", TEXTS)
def test_everything_else_is_text(text):
    assert resolve(text) == text


def test_nothing_is_null():
    assert resolve("") is None


@pytest.mark.parametrize("value", [2**63 - 2, 2**63 - 1, -(2**63) + 1, -(2**63)])
def test_63_bits_are_an_int(value):
    assert resolve(str(value)) == value


@pytest.mark.parametrize(
    "text", [str(2**63), str(-(2**63) - 1), hex(2**63), oct(2**63), "1" + "0" * 5000, "-" + "9" * 30]
)
def test_more_than_63_bits_are_too_large(text):
    with pytest.raises(IntTooLargeError):
        integer(text)


def test_leading_zeros_do_not_count():
    assert integer("0" * 100 + "7") == 7


def test_a_million_digits_are_refused_without_being_converted():
    with pytest.raises(IntTooLargeError):
        resolve("9" * 1_000_000)


@pytest.mark.parametrize("text", ["'1'", '"1"', "|\n  1", ">-\n  1"])
def test_quotes_and_blocks_are_text(text):
    tree = read_yaml(SourceFile("x.yaml", f"a: {text}\n"), Report()).tree
    assert data_of(tree)["a"].strip() == "1"
