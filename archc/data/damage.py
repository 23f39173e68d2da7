"""What is wrong with a data file while it is read -> a fault that names the file."""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Iterator
from pathlib import Path

from archc.diagnostics import catalog


class DamagedError(Exception):
    """A file is not what it has to be; the text says why."""


@contextlib.contextmanager
def faults_of(path: Path) -> Iterator[None]:
    """Reading the file fails with its fault.

    Raises:
        DataCorrupt: the file is damaged, cut off, of another kind, or cannot be read.
    """
    try:
        yield
    except DamagedError as error:
        reason = str(error)
    except EOFError:
        reason = "it ends early: the compressed data is cut off"
    except zlib.error:
        reason = "its compressed data is damaged"
    except OSError as error:  # gzip.BadGzipFile is one, and what bz2 raises
        reason = error.strerror or str(error).lower()
    else:
        return
    raise catalog.training.DataCorrupt(file=str(path), reason=reason)
