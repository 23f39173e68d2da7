"""Several processes of one training, as a launcher starts them, without the seconds that a launcher takes.

What runs in each is a function of `tests.support.shares`, which comes with torch loaded.
"""

import multiprocessing
import os
from multiprocessing.connection import wait
from pathlib import Path

import torch
import torch.distributed as dist

SECONDS = 120
"""Longer than any of these takes on a busy machine."""

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["torch", "torch._dynamo", "archc.runs.run", "archc.distributed.group"])


def together(function, *arguments, processes=2):
    """What the function gives in each process, in the order of their ranks."""
    # As torchrun does it: the store is there before the processes, and its port is the system's choice.
    store = dist.TCPStore("localhost", 0, is_master=True, wait_for_workers=False)
    places = [_place(rank, processes, store.port) for rank in range(processes)]
    workers = [_begin(function, arguments, place) for place in places]
    try:
        return [_answer(worker, pipe) for worker, pipe in workers]
    finally:
        for worker, _ in workers:
            worker.kill()
            worker.join()


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


def _begin(function, arguments, place):
    ours, theirs = _context.Pipe(duplex=False)
    worker = _context.Process(target=_work, args=(function, arguments, place, str(Path.cwd()), theirs))
    worker.start()
    theirs.close()
    return worker, ours


def _answer(worker, pipe):
    if not wait([pipe], SECONDS):
        raise TimeoutError(f"a process did not answer within {SECONDS} seconds")
    try:
        return pipe.recv()
    except EOFError:
        worker.join()
        raise AssertionError(f"a process ended with {worker.exitcode}") from None


def _work(function, arguments, place, folder, pipe):
    os.environ.update(place)
    os.chdir(folder)
    torch.set_num_threads(1)
    pipe.send(function(*arguments))
