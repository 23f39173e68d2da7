"""The expressions of a spec, `${...}`: text -> value. Total and bounded; knows no layers, no files and no spans."""

from archc.expressions.evaluate import Value, evaluate
from archc.expressions.interpolate import interpolate
from archc.expressions.parse import WrongExpressionError, parse

__all__ = ["Value", "WrongExpressionError", "evaluate", "interpolate", "parse"]
