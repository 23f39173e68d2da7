"""torch's warnings -> nothing: they speak of lines of torch and of archc, which who trains a spec has not written."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_warnings() -> Iterator[None]:
    """Inside, warnings about lines of torch and of archc are not shown.

    Whoever asks for them, by `python -W` or `PYTHONWARNINGS`, gets them.
    """
    with warnings.catch_warnings():
        if not sys.warnoptions:
            warnings.filterwarnings("ignore", module=r"(torch|archc)(\.|$)")
        yield
