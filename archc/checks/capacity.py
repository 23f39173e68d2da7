"""Network -> the refusal of what this machine cannot hold, before anything is allocated. Needs no torch."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from archc.diagnostics import catalog
from archc.diagnostics.report import Report
from archc.network import Network

MAX_PARAMS: Final = 20_000_000_000
MEMINFO: Final = Path("/proc/meminfo")


def check_capacity(
    network: Network,
    report: Report,
    max_params: int = MAX_PARAMS,
    *,
    training: bool = False,
    available: int | None = None,
) -> None:
    """Report a network with more than `max_params` parameters, or of more bytes than the memory that is free.

    Args:
        network: its bytes are those of its weights, or those of training it.
        report: gets the fault.
        max_params: the most parameters it may have.
        training: whether it is to be trained, with gradients, optimizer state and a batch of activations.
        available: free bytes; those that the system tells where left out, and where it tells none, no limit.
    """
    needed = (network.training_bytes if training else None) or network.weight_bytes
    free = available_bytes() if available is None else available
    if network.params > max_params:
        limit = f"the {max_params:,} parameters that `--max-params` allows"
    elif free is not None and needed > free:
        limit = f"the {free / 2**30:,.1f} GiB of memory that are free"
    else:
        return
    report.add(catalog.runs.TooManyParameters(params=network.params, needed=needed, limit=limit))


def available_bytes() -> int | None:
    """The memory that new programs can have without swapping; None where the system does not tell (outside Linux)."""
    try:
        lines = MEMINFO.read_text("ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    line = next((line.split() for line in lines if line.startswith("MemAvailable:")), None)
    return int(line[1]) * 1024 if line else None
