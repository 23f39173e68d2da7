"""Small files of the data sets of torchvision, each in its own format and in torchvision's layout."""

import bz2
import gzip
import io
import pickle
import struct
from math import prod

import numpy as np

from archc.recipe.data import DATA

KINDS = {
    "MNIST": DATA["MNIST"](),
    "FashionMNIST": DATA["FashionMNIST"](),
    "KMNIST": DATA["KMNIST"](),
    "QMNIST": DATA["QMNIST"](),
    "EMNIST byclass": DATA["EMNIST"](split="byclass"),
    "EMNIST letters": DATA["EMNIST"](split="letters"),
    "CIFAR10": DATA["CIFAR10"](),
    "CIFAR100": DATA["CIFAR100"](),
    "SVHN": DATA["SVHN"](),
    "STL10": DATA["STL10"](),
    "USPS": DATA["USPS"](),
}
CASES = [(name, layout) for name, kind in KINDS.items() for layout in (item.format for item in kind.known().layouts)]
"""Each set with each of the formats that it comes in."""


def samples(kind, count, seed=0):
    """(N, *sample) pixels and (N,) classes from 0, of which the first and the last are always there."""
    numbers = np.random.default_rng(seed)
    classes = len(kind.known().classes)
    labels = np.concatenate([[0, classes - 1], numbers.integers(0, classes, count - 2)])
    return numbers.integers(0, 256, (count, *kind.sample), dtype=np.uint8), labels


def write(root, kind, form=None, train=30, test=10):
    """Write a set with random samples below the folder of all data sets; the samples of each split."""
    layout = next(item for item in kind.known().layouts if form in (None, item.format))
    folder = root / layout.folder
    folder.mkdir(parents=True, exist_ok=True)
    splits = samples(kind, train), samples(kind, test, seed=1)
    for names, split in zip((layout.train, layout.test), splits, strict=True):
        for name, data in zip(names, WRITERS[layout.format](kind, *split), strict=True):
            (folder / name).write_bytes(data)
    return splits


def idx(array, element=8):
    """The bytes of an IDX file."""
    header = bytes([0, 0, element, array.ndim]) + b"".join(size.to_bytes(4, "big") for size in array.shape)
    return header + array.astype(np.uint8 if element == 8 else ">i4").tobytes()


def _idx_sets(kind, images, labels):
    yield idx(images[:, 0])
    if type(kind).__name__ == "QMNIST":
        others = np.random.default_rng(2).integers(0, 10_000, (len(labels), 7))
        yield idx(np.column_stack([labels, others]), 0x0C)
    else:
        yield idx(labels)


def _emnist(kind, images, labels):
    yield from _idx_sets(kind, images.swapaxes(2, 3), labels + kind.known().first_class)


def _parts(kind, images, labels):
    """The samples of each file of a split: five of them in that of CIFAR10 for training."""
    count = 5 if type(kind).__name__ == "CIFAR10" and len(images) in (30, 50_000) else 1
    return zip(np.array_split(images, count), np.array_split(labels, count), strict=True)


def _cifar_binary(kind, images, labels):
    for some, numbers in _parts(kind, images, labels):
        columns = [numbers] if type(kind).__name__ == "CIFAR10" else [numbers // 5, numbers]
        rows = np.column_stack([*columns, some.reshape(len(some), -1)])
        yield rows.astype(np.uint8).tobytes()


def _cifar_pickled(kind, images, labels):
    for some, numbers in _parts(kind, images, labels):
        yield cifar_pickle(kind, some, numbers)


def cifar_pickle(kind, images, labels):
    """A file as those of CIFAR are, which Python 2 wrote: texts are bytes, in protocol 2."""
    rows = images.reshape(len(images), -1)
    key = b"labels" if type(kind).__name__ == "CIFAR10" else b"fine_labels"
    type_state = b"(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00t"
    dtype = b"cnumpy\ndtype\nU\x02u1K\x00K\x01\x87R" + type_state + b"b"
    shape = b"".join(b"J" + struct.pack("<i", size) for size in rows.shape) + b"\x86"
    array = b"cnumpy.core.multiarray\n_reconstruct\nq\x01cnumpy\nndarray\nK\x00\x85U\x01b\x87R"
    array += b"(K\x01" + shape + dtype + b"\x89T" + struct.pack("<i", rows.size) + rows.tobytes() + b"tb"
    numbers = b"]q\x02(" + b"".join(b"K" + bytes([label]) for label in labels) + b"e"
    names = b"](" + b"U\x05a.pngr\x03\0\0\0" * 1 + b"j\x03\0\0\0" * (len(labels) - 1) + b"e"
    text = b"U\x0bbatch_labelU\x05batchU\x09filenames" + names
    return b"\x80\x02}q\x00(U\x04data" + array + b"U" + bytes([len(key)]) + key + numbers + text + b"u."


def repickled(kind, images, labels, protocol):
    """The same, written by Python 3."""
    key = "labels" if type(kind).__name__ == "CIFAR10" else "fine_labels"
    content = {"data": images.reshape(len(images), -1), key: [int(label) for label in labels]}
    return pickle.dumps(content, protocol=protocol)


def _svhn(kind, images, labels):
    from scipy.io import savemat

    file = io.BytesIO()
    numbers = np.where(labels == 0, 10, labels).astype(np.float64)[:, None]
    savemat(file, {"X": images.transpose(2, 3, 1, 0), "y": numbers}, do_compression=True)
    yield file.getvalue()


def _stl10(kind, images, labels):
    yield images.swapaxes(2, 3).tobytes()
    yield (labels + 1).astype(np.uint8).tobytes()


def _libsvm(kind, images, labels):
    lines = [
        " ".join([str(label + 1), *(f"{index}:{pixel / 127.5 - 1:.7g}" for index, pixel in enumerate(row, 1))])
        for row, label in zip(images.reshape(len(images), prod(kind.sample)), labels, strict=True)
    ]
    yield bz2.compress("".join(f"{line} \n" for line in lines).encode())


WRITERS = {
    "cifar_binary": _cifar_binary,
    "cifar_pickled": _cifar_pickled,
    "emnist": _emnist,
    "idx_sets": _idx_sets,
    "libsvm": _libsvm,
    "stl10": _stl10,
    "svhn": _svhn,
}


def pack(folder):
    """Every file of a folder as `.gz`, instead of plain."""
    for file in [*folder.iterdir()]:
        (folder / f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes(), mtime=0))
        file.unlink()
