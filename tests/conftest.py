"""Options and settings of all tests."""

import os

import pytest
from hypothesis import HealthCheck, settings

# Two workers with two threads each would wait for one another on two cores; torch reads this when it is loaded.
os.environ.setdefault("OMP_NUM_THREADS", "1")

DEEP = bool(os.environ.get("ARCHC_DEEP_LAWS"))

settings.register_profile(
    "archc", deadline=None, database=None, derandomize=not DEEP, suppress_health_check=list(HealthCheck)
)
settings.load_profile("archc")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--bless", action="store_true", help="rewrite the golden files; never in CI")


@pytest.fixture
def bless(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are rewritten instead of compared."""
    wanted: bool = request.config.getoption("--bless")
    if wanted and os.environ.get("CI"):
        pytest.fail("--bless rewrites what CI must compare")
    return wanted
