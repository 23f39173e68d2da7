"""A machine without caches or a network, and a small spec with its data."""

from tests.support.fixtures import bare_machine, every_step, one_thread, spec

__all__ = ["bare_machine", "every_step", "one_thread", "spec"]
