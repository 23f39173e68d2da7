"""Options and settings of all tests."""

import errno
import os
import sys
from collections.abc import Generator
from importlib.util import find_spec

import pytest
from hypothesis import HealthCheck, settings

# Two workers with two threads each would wait for one another on two cores; torch reads this when it is loaded.
os.environ.setdefault("OMP_NUM_THREADS", "1")

DEEP = bool(os.environ.get("ARCHC_DEEP_LAWS"))

settings.register_profile(
    "archc", deadline=None, database=None, derandomize=not DEEP, suppress_health_check=list(HealthCheck)
)
settings.load_profile("archc")


TORCH_IS_HERE = find_spec("torch") is not None
NEED_TORCH = (
    "analysis/test_probabilities.py",
    "backends",
    "cli/test_training_commands.py",
    "data",
    "distributed",
    "files",
    "laws/test_against_torch.py",
    "laws/test_eps.py",
    "laws/test_names.py",
    "laws/test_networks.py",
    "laws/test_own_modules.py",
    "laws/test_overwriting.py",
    "laws/test_promise.py",
    "laws/test_ranges.py",
    "laws/test_recipe_against_torch.py",
    "lowering",
    "machine",
    "runs",
    "specs/test_trained.py",
    "specs/test_zoo.py",
    "training",
)
"""What cannot be imported without torch. tests/house/test_torch_free.py holds that this is exact."""

collect_ignore = [] if TORCH_IS_HERE else [*NEED_TORCH]


COVER_NOTHING_NEW = (
    "laws/",
    "safety/test_promise.py",
    "edit/test_fmt.py::test_a_hostile_text_is_formatted_in_bounded_time",
    "elaborate/test_language.py::test_a_network_has_at_most_100000_layers",
    "elaborate/test_layers.py::test_a_network_has_at_most_100_000_layers",
    "analysis/test_difference.py::test_long_networks_are_compared_in_bounded_time",
    "syntax/test_limits.py::test_nodes",
)
"""Tests that do much of what others do once: where coverage is measured, it is paused for them, as it takes their time
twice."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out tests that need torch, where it is not installed; measure no coverage of those that repeat much."""
    for item in items:
        if item.nodeid.startswith(tuple(f"tests/{place}" for place in COVER_NOTHING_NEW)):
            item.add_marker("no_cover")
        if not TORCH_IS_HERE and item.get_closest_marker("torch"):
            item.add_marker(pytest.mark.skip(reason="needs torch"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, object, object]:
    """Leave out tests that start a process where there are none: in WebAssembly."""
    try:
        return (yield)
    except OSError as error:
        if sys.platform == "emscripten" and error.errno == errno.ENOTSUP:
            pytest.skip("WebAssembly has no processes")
        raise


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--bless", action="store_true", help="rewrite the golden files; never in CI")


@pytest.fixture
def bless(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are rewritten instead of compared."""
    wanted: bool = request.config.getoption("--bless")
    if wanted and os.environ.get("CI"):
        pytest.fail("--bless rewrites what CI must compare")
    return wanted
