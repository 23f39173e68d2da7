"""Draw whole specs, and see that each that `archc check` accepts goes through `archc train --fast-dev-run`.

Usage: python benchmarks/promise.py [--specs 5000] [--seed 1]
The specs are those of tests/laws/test_promise.py. Prints how many were drawn, refused (and why, most frequent first),
trained, and how many had a loss that is not finite, which is the one exception; then those that failed otherwise, each
as JSON. Exit status: 1 where there are such.
"""

import argparse
import json
import sys
import tempfile
import traceback
from collections import Counter, defaultdict
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parents[1]))

import torch
from hypothesis import HealthCheck, Phase, given, seed, settings

from archc.errors import RunError
from tests.support.promise import outcome, refusals
from tests.support.recipes import recipes

SHOWN = 20
EXAMPLES = 3


def reason(error):
    """What an error says, and where it came from."""
    if isinstance(error, RunError):
        return "; ".join(f"{diagnostic.slug}: {diagnostic.message}" for diagnostic in error.report)
    places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
    return (
        f"{type(error).__name__}: {str(error).splitlines()[0][:120] if str(error) else ''} ({', '.join(places[-3:])})"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--specs", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(1)
    outcomes, refused, failed = Counter(), Counter(), defaultdict(list)
    began = perf_counter()
    with tempfile.TemporaryDirectory() as folder:

        @seed(options.seed)
        @settings(
            max_examples=options.specs,
            phases=[Phase.generate],
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(recipes())
        def law(case):
            try:
                found = outcome(case, Path(folder))
            except Exception as error:
                outcomes["failed"] += 1
                failed[reason(error)].append(case)
                return
            outcomes[found] += 1
            if found == "refused":
                refused.update({text.partition(":")[0] for text in refusals(case, Path(folder))})

        law()
    print(f"{sum(outcomes.values()):,} specs in {perf_counter() - began:,.0f} s: {dict(outcomes)}")
    print("refused for:", ", ".join(f"{slug} {count}" for slug, count in refused.most_common(SHOWN)))
    for text, cases in sorted(failed.items(), key=lambda item: -len(item[1])):
        print(f"\n{len(cases)} x {text}")
        for case in sorted(cases, key=lambda case: len(json.dumps(case.spec)))[:EXAMPLES]:
            print(f"  {json.dumps(case.spec)}\n  {case.samples}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
