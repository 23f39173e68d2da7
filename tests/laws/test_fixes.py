"""A fix leads to a spec that is right: after one slip in a valid spec, no fix brings an error, whatever its code."""

from collections import Counter

import pytest
from hypothesis import given

from archc.diagnostics.report import Report
from archc.edit.repair import candidates, mend
from archc.front import read
from archc.source import SourceFile
from tests.support.slips import FULL_TEXTS, TEXTS, slips
from tests.support.strategies import laws

pytestmark = pytest.mark.slow


def reading(source):
    return read(source, Report(source.name))


def test_after_one_slip_no_fix_brings_an_error_and_every_safe_one_that_is_offered_helps():
    verdicts = Counter()

    @laws(500)
    @given(slips(TEXTS + FULL_TEXTS))
    def law(text):
        before = reading(SourceFile("x.yaml", text))
        for unsafe in (False, True):
            after = mend(before, reading, unsafe=unsafe).front
            brought = codes(after) - codes(before)
            assert not brought, f"{brought} in\n{after.source.text}"
        refused = [candidate.fix.title for candidate in candidates(after, unsafe=False) if candidate.fix.safe]
        assert not refused, f"{refused} in\n{after.source.text}"
        verdicts["valid" if before.report.ok else "mended" if after.report.ok else "refused"] += 1

    law()
    assert verdicts["mended"] >= 50, verdicts


def codes(front):
    return Counter(diagnostic.code for diagnostic in front.report.errors)
