"""Freed memory stays with the process while it trains, and goes back afterwards (machine/memory.py)."""

import json
import os
import platform
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

STEPS = """
import json, resource, sys
from contextlib import nullcontext
import torch
from archc.machine import memory

def step():
    return [torch.empty(5 * 2**20).fill_(1) for _ in range(3)]

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()

step()
start = resident()
with memory.kept() if sys.argv[1] == "kept" else nullcontext():
    for _ in range(20):
        step()
    before = faults()
    for _ in range(10):
        step()
    found = (faults() - before) / 10
print(json.dumps({"faults": found, "left": resident() - start}))
"""


def measured(how):
    """Page faults a step, and the bytes that are left, where glibc maps every block anew unless it is told not to."""
    environment = {**os.environ, "MALLOC_MMAP_THRESHOLD_": "131072", "MALLOC_TRIM_THRESHOLD_": "131072"}
    command = [sys.executable, "-c", STEPS, how]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the other C libraries are left as they are")
def test_freed_memory_is_used_again_while_archc_trains_and_given_back_at_the_end():
    kept = measured("kept")
    assert kept["faults"] < 1_000
    assert kept["left"] < 10 * 2**20
    assert measured("given back")["faults"] > 15_000, "three tensors of 20 MiB have 15,360 pages"


def test_another_c_library_is_asked_for_nothing(monkeypatch):
    from archc.machine import memory

    asked = []

    class Musl:
        def __getattr__(self, name):
            asked.append(name)
            raise AttributeError(name)

    monkeypatch.setattr(memory.ctypes, "CDLL", lambda name: Musl())
    with memory.kept():
        pass
    assert asked == ["gnu_get_libc_version"]
