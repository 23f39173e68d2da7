"""A disk that tests can break: it knows what a power cut would leave, and refuses an operation on request."""

import inspect
import os
import shutil
from pathlib import Path

from archc.files import disk

DEEP = bool(os.environ.get("ARCHC_DEEP_LAWS"))
"""All of the enumerations, instead of those that fit a run of CI."""

OPERATIONS = tuple(name for name, item in vars(disk).items() if inspect.isfunction(item))
"""All operations by which a run changes its files: a new one is found here, and covered."""

CUTS = {
    "the process dies": lambda node: node.names,
    "what was not flushed is lost": lambda node: node.flushed_names,
    "names are kept, and what files held is lost": lambda node: node.names,
}
"""How a training can end at any moment, and which names in a directory that leaves."""


class File:
    def __init__(self):
        self.flushed = b""


class Folder:
    def __init__(self):
        self.names = {}
        self.flushed_names = {}


class Disk:
    """Stands in for `archc.files.disk`: works as that does, below `root`, and follows what is flushed.

    `before(operation, path)` is called before each operation, and may raise.
    """

    def __init__(self, root, before=lambda operation, path: None):
        self.root = Path(root).absolute()
        self.before = before
        self.open = {}
        self.tree = self._read(self.root)

    def install(self, monkeypatch):
        # Each operation must be followed here: a new one in disk.py fails until it is.
        for name in OPERATIONS:
            monkeypatch.setattr(disk, name, getattr(self, name))

    def image(self, cut):
        """What is there after a cut: the bytes of each path; None for a directory."""
        found = {}

        def walk(node, live, path):
            if isinstance(node, File):
                whole = cut == "the process dies"
                found[path] = live.read_bytes() if whole else node.flushed
                return
            if path:
                found[path] = None
            for name, inner in CUTS[cut](node).items():
                walk(inner, live / name, f"{path}/{name}" if path else name)

        walk(self.tree, self.root, "")
        return found

    # The operations

    def create(self, path):
        self.before("create", path)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        return self._opened(descriptor, path)

    def extend(self, path):
        self.before("extend", path)
        return self._opened(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND), path)

    def write(self, descriptor, data):
        self.before("write", self.open[descriptor][1])
        os.write(descriptor, data[: len(data) // 2])
        self.before("write the rest of", self.open[descriptor][1])
        os.write(descriptor, data[len(data) // 2 :])

    def truncate(self, descriptor, size):
        self.before("truncate", self.open[descriptor][1])
        os.ftruncate(descriptor, size)

    def fsync(self, descriptor):
        node, path = self.open[descriptor]
        self.before("fsync", path)
        node.flushed = path.read_bytes()

    def fsync_directory(self, path):
        self.before("fsync_directory", path)
        node = self._find(path)
        node.flushed_names = dict(node.names)

    def rename(self, source, target):
        self.before("rename", source)
        os.replace(source, target)
        self._find(target.parent).names[target.name] = self._find(source.parent).names.pop(source.name)

    def unlink(self, path):
        self.before("unlink", path)
        os.unlink(path)
        del self._find(path.parent).names[path.name]

    def make_directory(self, path):
        self.before("make_directory", path)
        os.mkdir(path)
        self._find(path.parent).names[path.name] = Folder()

    def remove_directory(self, path):
        self.before("remove_directory", path)
        os.rmdir(path)
        del self._find(path.parent).names[path.name]

    def _opened(self, descriptor, path):
        node = self._find(path.parent).names.setdefault(path.name, File())
        self.open[descriptor] = (node, path)
        return descriptor

    def _find(self, path):
        node = self.tree
        for name in Path(path).absolute().relative_to(self.root).parts:
            node = node.names[name]
        return node

    def _read(self, path):
        """What is there already was flushed long ago."""
        if path.is_dir():
            node = Folder()
            node.names = {inner.name: self._read(inner) for inner in path.iterdir()}
            node.flushed_names = dict(node.names)
        else:
            node = File()
            node.flushed = path.read_bytes()
        return node


def put(image, root):
    """Make a folder hold what an image says, and nothing else."""
    shutil.rmtree(root, ignore_errors=True)
    Path(root).mkdir(parents=True)
    for name, data in image.items():
        path = Path(root, name)
        path.mkdir() if data is None else path.write_bytes(data)
