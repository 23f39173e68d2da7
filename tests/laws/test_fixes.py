"""A fix leads to a spec that is right: after one slip in a valid spec, no fix brings an error."""

from collections import Counter

import pytest
from hypothesis import given

from archc.diagnostics.fault import Stage
from archc.diagnostics.report import Report
from archc.edit.repair import candidates, mend
from archc.front import read
from archc.source import SourceFile
from tests.support.slips import FULL_TEXTS, TEXTS, slips
from tests.support.strategies import laws

pytestmark = pytest.mark.slow


def reading(source):
    return read(source, Report(source.name))


def test_after_one_slip_no_fix_brings_an_error():
    """What a slip of a number does to shapes may be hidden behind its first errors, and to claims behind all."""
    verdicts = Counter()

    @laws(500)
    @given(slips(TEXTS + FULL_TEXTS))
    def law(text):
        before = reading(SourceFile("x.yaml", text))
        safe, unsafe = (mend(before, reading, unsafe=unsafe).front for unsafe in (False, True))
        for after in (safe, unsafe):
            brought = told(after, Stage.DOCUMENT) - told(before, Stage.DOCUMENT)
            assert not brought, f"{brought} in\n{after.source.text}"
        if not told(before, Stage.DOCUMENT):
            brought = told(unsafe, Stage.SHAPES) - (told(before, Stage.SHAPES) | told(safe, Stage.SHAPES))
            assert not brought, f"{brought} in\n{unsafe.source.text}"
        verdicts["valid" if before.report.ok else "mended" if unsafe.report.ok else "left"] += 1
        verdicts["refused"] += any(candidate.fix.safe for candidate in candidates(safe, unsafe=False))

    law()
    assert verdicts["mended"] >= 50, verdicts
    assert verdicts["refused"] <= 10, verdicts


def told(front, most):
    """How many errors of each code there are, up to a stage."""
    return Counter(d.code for d in front.report.errors if d.fault.stage <= most)
