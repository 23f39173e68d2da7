"""What `archc check` accepts goes through `archc train --fast-dev-run`, whatever it is.

A loss that is not finite is the one exception. `ARCHC_DEEP_LAWS=20` draws as many times more, and others each time;
`python benchmarks/promise.py --specs 5000` goes on after a failure, and counts.
"""

from collections import Counter

import pytest
import torch
from hypothesis import given, note

from tests.support.promise import outcome
from tests.support.recipes import recipes
from tests.support.strategies import laws

pytestmark = pytest.mark.slow


def test_a_spec_that_check_accepts_trains(tmp_path):
    torch.set_num_threads(1)
    outcomes = Counter()

    @laws(250)
    @given(recipes())
    def law(case):
        note(str(case.samples))
        outcomes[outcome(case, tmp_path)] += 1

    law()
    assert outcomes["trained"] > 0.3 * outcomes.total(), outcomes
    assert outcomes["refused"] > 0, outcomes
