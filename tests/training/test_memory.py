"""Freed memory stays with the process while it trains, and goes back afterwards (training/memory.py)."""

import json
import platform
import subprocess
import sys

import pytest

FAULTS = """
import json, resource
from contextlib import nullcontext
import torch
from archc.training import memory

def step():
    return [torch.empty(5 * 2**20).fill_(1) for _ in range(3)]

def faults(around):
    with around:
        for _ in range(20):
            step()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        for _ in range(10):
            step()
        return (resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before) / 10

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()

step()
start, inside, after = resident(), faults(memory.kept()), faults(nullcontext())
print(json.dumps({"inside": inside, "after": after, "left": resident() - start}))
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the other C libraries are left as they are")
def test_freed_memory_is_used_again_while_archc_trains_and_given_back_at_the_end():
    done = subprocess.run([sys.executable, "-c", FAULTS], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert found["inside"] < 1_000, "three tensors of 20 MiB have 15,360 pages"
    assert found["after"] > 5_000
    assert found["left"] < 20 * 2**20


def test_without_glibc_nothing_happens(monkeypatch):
    from archc.training import memory

    monkeypatch.setattr(memory.ctypes, "CDLL", lambda name: object())
    with memory.kept():
        pass
