"""Several processes of one training, as a launcher starts them, without the seconds that a launcher takes.

Each rank has a process of its own that was started, not forked from a common one: ranks share neither memory nor
Python's hash seed nor the keys of a Rust HashMap, just as under torchrun. Such a process is kept for the next test.
What runs in it is a function of `tests.support.shares`.
"""

import atexit
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import torch.distributed as dist

from tests.support import rank as ranks

SECONDS = 120
"""Longer than any of these takes on a busy machine."""
ROOT = Path(__file__).parents[2]

_servers = {}


def together(function, *arguments, processes=2):
    """What the function gives in each process, in the order of their ranks."""
    # As torchrun does it: the store is there before the processes, and its port is the system's choice.
    store = dist.TCPStore("localhost", 0, is_master=True, wait_for_workers=False)
    servers = [_server(rank) for rank in range(processes)]
    try:
        for rank, server in enumerate(servers):
            place = _place(rank, processes, store.port)
            ranks.write(server.stdin, (function, arguments, place, str(Path.cwd())))
        return [_answer(server) for server in servers]
    except BaseException:
        # Those that wait for a process that is gone would wait for long.
        _end()
        raise


def _server(rank):
    """The process that stands ready for this rank."""
    if rank not in _servers:
        _servers[rank] = subprocess.Popen(
            [sys.executable, "-m", "tests.support.rank"],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
    return _servers[rank]


def _end():
    for server in _servers.values():
        os.killpg(server.pid, signal.SIGKILL)
        server.communicate()
    _servers.clear()


atexit.register(_end)


def _place(rank, size, port):
    return {
        "RANK": str(rank),
        "WORLD_SIZE": str(size),
        "LOCAL_RANK": str(rank),
        "LOCAL_WORLD_SIZE": str(size),
        "MASTER_ADDR": "localhost",
        "MASTER_PORT": str(port),
        "TORCHELASTIC_USE_AGENT_STORE": "True",
        "XDG_CACHE_HOME": os.environ["XDG_CACHE_HOME"],
    }


def _answer(server):
    if not select.select([server.stdout], [], [], SECONDS)[0]:
        raise TimeoutError(f"a process did not answer within {SECONDS} seconds")
    kind, answer = ranks.read(server.stdout)
    if kind == "ended":
        raise AssertionError(f"a process ended with {answer}")
    return answer
