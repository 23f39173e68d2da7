"""Files of data sets that are cut off, damaged, or something else: each is a fault that names the file and says how."""

import bz2
import contextlib
import io
import os
import pickle
import struct
import tracemalloc
import zlib

import numpy as np
import pytest
from scipy.io import savemat

from archc.data import cifar_binary, cifar_pickled, emnist, idx_sets, libsvm, stl10, svhn
from archc.data.damage import DamagedError
from archc.data.decode import decode
from archc.data.matlab import read_matlab
from archc.data.pickled import read_pickled
from archc.data.sources import find
from archc.diagnostics.catalog.training import DataCorrupt
from tests.support.named_files import CASES, KINDS, WRITERS, cifar_pickle, idx, repickled, samples, write


def corrupt(path, read, *others):
    """The reason of the fault that reading gives, which names the file."""
    with pytest.raises(DataCorrupt) as error:
        read(path, *others)
    assert error.value.file == str(path)
    return error.value.reason


# All sets


@pytest.mark.parametrize(("name", "form"), CASES)
@pytest.mark.parametrize("damage", ["empty", "half", "another"])
def test_each_file_of_each_set_may_be_damaged_and_is_then_named(tmp_path, name, form, damage):
    kind = KINDS[name]
    write(tmp_path, kind, form)
    files = find(kind, tmp_path, str(tmp_path))
    for file in files.all:
        data = file.read_bytes()
        cut = {"empty": b"", "half": data[: len(data) // 2 + 1], "another": b"\xff" * 128 + data[128:]}[damage]
        if damage == "another" and file.name.endswith("_X.bin"):  # which has pixels from its first byte on
            continue
        file.write_bytes(cut)
        assert corrupt(file, lambda path: decode(files, kind))
        file.write_bytes(data)


@pytest.mark.parametrize(("name", "form"), CASES)
def test_a_class_that_a_set_has_not_is_a_fault(tmp_path, name, form):
    kind = KINDS[name]
    known = kind.known()
    images, labels = samples(kind, 30)
    labels[2] = len(known.classes) + (form == "svhn")  # whose tenth is 0
    write(tmp_path, kind, form)
    files = find(kind, tmp_path, str(tmp_path))
    for file, data in zip(files.train, WRITERS[form](kind, images, labels), strict=True):
        file.write_bytes(data)
    wrong = files.train[0] if len(files.train) != 2 else files.train[1]
    first = known.first_class
    expected = f"label 2 is {labels[2] + first}, and {kind.name} has the classes {first} to {labels[2] + first - 1}"
    assert corrupt(wrong, lambda path: decode(files, kind)) in (
        expected,
        "`y` has a number that is no class from 1 to 10",
    )


# IDX files with other parts than MNIST's


def test_labels_of_qmnist_are_ints_of_several_numbers(tmp_path):
    images, labels = tmp_path / "images", tmp_path / "x-labels-idx2-int"
    images.write_bytes(idx(np.zeros((2, 28, 28))))
    for data, reason in (
        (idx(np.zeros((2, 8))), "type 0x08, not ints of 4 bytes (0x0c)"),
        (idx(np.zeros((2, 0)), 12), "no numbers for its images"),
        (idx(np.zeros((2, 8)), 12)[:-1], "promises 76 bytes, and it has 75"),
    ):
        labels.write_bytes(data)
        assert reason in corrupt(labels, lambda path: idx_sets.read([images, path], KINDS["QMNIST"]))


def test_a_class_beyond_a_byte_is_not_taken_for_another(tmp_path):
    images, labels = tmp_path / "images", tmp_path / "x-labels-idx2-int"
    images.write_bytes(idx(np.zeros((2, 28, 28))))
    labels.write_bytes(idx(np.full((2, 8), 256), 12))
    assert idx_sets.read([images, labels], KINDS["QMNIST"]).targets.tolist() == [256, 256]


def test_images_of_emnist_have_their_size_too(tmp_path):
    images, labels = tmp_path / "images", tmp_path / "labels"
    images.write_bytes(idx(np.zeros((2, 32, 32))))
    labels.write_bytes(idx(np.zeros(2)))
    reason = corrupt(images, lambda path: emnist.read([path, labels], KINDS["EMNIST letters"]))
    assert reason == "its images are 32 x 32, those of EMNIST are 28 x 28"


# Records


@pytest.mark.parametrize("size", [0, 1, 3072, 3073 * 2 - 1, 3073 * 2 + 1])
def test_binary_files_end_with_a_record(tmp_path, size):
    path = tmp_path / "data_batch_1.bin"
    path.write_bytes(bytes(size))
    reason = corrupt(path, lambda path: cifar_binary.read([path], KINDS["CIFAR10"]))
    assert reason == f"it has {size:,} bytes, which is no multiple of the 3,073 of an image and its labels"


def test_a_file_of_too_many_bytes_is_refused_before_memory_is_taken(tmp_path):
    path = tmp_path / "train_X.bin"
    path.touch()
    os.truncate(path, 2**40)
    for read in (
        lambda path: stl10.read([path, path], KINDS["STL10"]),
        lambda path: cifar_binary.read([path], KINDS["CIFAR10"]),
    ):
        assert "more than the 4,294,967,296" in corrupt(path, read)
    assert "more than" in corrupt(path, lambda path: cifar_pickled.read([path], KINDS["CIFAR10"]))


# Pickles


class Trap:
    """Where this is unpickled, a file appears."""

    def __reduce__(self):
        return os.mkdir, ("trapped",)


IMAGES, LABELS = samples(KINDS["CIFAR10"], 4)
GOOD = cifar_pickle(KINDS["CIFAR10"], IMAGES, LABELS)


def read_pickle(path):
    return cifar_pickled.read([path], KINDS["CIFAR10"])


@pytest.mark.parametrize("protocol", [3, 4])
def test_pickles_of_python_3_are_read_too(tmp_path, protocol):
    path = tmp_path / "data_batch_1"
    path.write_bytes(repickled(KINDS["CIFAR10"], IMAGES, LABELS, protocol))
    found = read_pickle(path)
    assert np.array_equal(found.inputs, IMAGES)
    assert np.array_equal(found.targets, LABELS)


def test_an_array_whose_columns_come_first_is_read_as_it_was(tmp_path):
    path = tmp_path / "data_batch_1"
    rows = np.asfortranarray(IMAGES.reshape(4, -1))
    path.write_bytes(pickle.dumps({"data": rows, "labels": LABELS.tolist()}, protocol=4))
    assert np.array_equal(read_pickle(path).inputs, IMAGES)


ASKED = {
    "a trap": ({"data": Trap()}, "asks for `posix.mkdir`"),
    "a trap as a key": ({Trap(): 1}, "asks for `posix.mkdir`"),
    "a set": ({"data": {1}}, "no instruction of a pickle of plain data"),
    "an array of floats": ({"data": np.zeros((4, 3072))}, "not unsigned bytes"),
    "an array of objects": ({"data": np.array([Trap()])}, "not unsigned bytes"),
    "a number of NumPy": ({"labels": [np.int64(3)]}, "asks for `numpy"),
    "a list": ([1], "no mapping"),
    "no pixels": ({"labels": [1]}, "no `data`"),
    "a list of pixels": ({"data": [1] * 3072}, "no `data`"),
    "other pixels": ({"data": np.zeros((4, 3), "u1"), "labels": [1] * 4}, "no `data` of N x 3,072 bytes"),
    "no labels": ({"data": IMAGES.reshape(4, -1)}, "no list of class numbers, `labels`"),
    "labels as text": ({"data": IMAGES.reshape(4, -1), "labels": "abcd"}, "no list of class numbers"),
    "a label below 0": ({"data": IMAGES.reshape(4, -1), "labels": [-1] * 4}, "no list of class numbers"),
    "a truth": ({"data": IMAGES.reshape(4, -1), "labels": [True] * 4}, "no list of class numbers"),
    "too few labels": ({"data": IMAGES.reshape(4, -1), "labels": [1] * 3}, "3 labels, and 4 images"),
}


@pytest.mark.parametrize(("content", "reason"), ASKED.values(), ids=ASKED)
def test_a_pickle_of_anything_else_is_refused_and_nothing_of_it_is_run(tmp_path, content, reason):
    path = tmp_path / "data_batch_1"
    path.write_bytes(pickle.dumps(content, protocol=4))
    assert reason in corrupt(path, read_pickle)
    assert not os.path.exists("trapped")


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, 5])
def test_a_trap_of_any_protocol_is_refused(protocol):
    with pytest.raises(DamagedError):
        read_pickled(pickle.dumps(Trap(), protocol=protocol))
    assert not os.path.exists("trapped")


def test_a_pickle_that_is_cut_off_anywhere_is_refused():
    for end in range(0, len(GOOD), 7):
        with pytest.raises(DamagedError):
            read_pickled(GOOD[:end])


def test_a_pickle_with_a_wrong_byte_anywhere_is_read_or_refused():
    """Whatever it is, no other error comes of it."""
    places = [*range(250), *range(len(GOOD) - 120, len(GOOD))]
    for place in places:
        for byte in (0, 40, 46, 82, 98, 116, 127, 149, 255):
            data = bytearray(GOOD)
            data[place] = byte
            with contextlib.suppress(DamagedError):
                read_pickled(bytes(data))


BOMBS = {
    "marks": b"(" * 2**21,
    "lists": b"]" * 2**23,
    "nested": b"]" * 2**20 + b"a" * (2**20 - 1) + b".",
    "a long text": b"X\xff\xff\xff\xff",
    "a negative text": b"T\xff\xff\xff\xff.",
    "a shared tree": b")" + b"q\x00h\x00\x86" * 2**19 + b".",
    "a shared key": b"})" + b"q\x00h\x00\x86" * 100 + b"Ns.",
    "itself": b"]q\x00h\x00a.",
}


@pytest.mark.parametrize("data", BOMBS.values(), ids=BOMBS)
def test_no_pickle_takes_more_memory_than_its_limit(data):
    tracemalloc.start()
    with contextlib.suppress(DamagedError):
        read_pickled(data)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 600 * 2**20


# Files of MATLAB


def matlab(compress=True, **variables):
    file = io.BytesIO()
    savemat(file, variables, do_compression=compress)
    return file.getvalue()


PIXELS = np.random.default_rng(0).integers(0, 256, (32, 32, 3, 5), dtype=np.uint8)
DIGITS = np.array([[10], [1], [2], [3], [9]], dtype=np.uint8)


def read_svhn(path):
    return svhn.read([path], KINDS["SVHN"])


@pytest.mark.parametrize("compress", [False, True])
@pytest.mark.parametrize("dtype", ["u1", "i2", "u4", "i8", "f4", "f8"])
def test_matlabs_arrays_are_read_in_every_type_packed_or_not(tmp_path, compress, dtype):
    path = tmp_path / "train_32x32.mat"
    path.write_bytes(matlab(compress, other="text", y=DIGITS.astype(dtype), X=PIXELS, more=np.zeros(3)))
    found = read_svhn(path)
    assert np.array_equal(found.inputs, PIXELS.transpose(3, 2, 0, 1))
    assert found.targets.tolist() == [0, 1, 2, 3, 9]


def test_variables_that_are_not_asked_for_are_not_read(tmp_path):
    path = tmp_path / "some.mat"
    cells = np.array([["a", 1]], dtype=object)
    path.write_bytes(matlab(a=np.arange(3.0), words="text", cells=cells, fields={"x": 1}, empty=np.zeros((0, 3))))
    assert {name: array.shape for name, array in read_matlab(path, ("a", "b", "empty")).items()} == {
        "a": (3, 1),
        "empty": (3, 0),
    }


def test_what_is_no_array_of_numbers_is_a_fault(tmp_path):
    path = tmp_path / "some.mat"
    for value in ("text", {"x": 1}, np.array([1j, 2])):
        path.write_bytes(matlab(a=value))
        assert corrupt(path, read_matlab, ("a",)) == "`a` is no array of real numbers"


UNFIT = {
    "no pixels": (matlab(y=DIGITS), "no variable `X`"),
    "no digits": (matlab(X=PIXELS), "no variable `y`"),
    "other pixels": (matlab(X=PIXELS[:31], y=DIGITS), "`X` is 31 x 32 x 3 x 5 of uint8"),
    "pixels as numbers": (matlab(X=PIXELS.astype("f8"), y=DIGITS), "`X` is 32 x 32 x 3 x 5 of float64"),
    "a digit of 11": (matlab(X=PIXELS, y=DIGITS + 1), "no class from 1 to 10"),
    "a digit of a half": (matlab(X=PIXELS, y=DIGITS - 0.5), "no class from 1 to 10"),
    "no number": (matlab(X=PIXELS, y=DIGITS * np.nan), "no class from 1 to 10"),
    "newer": (b"MATLAB 7.3 MAT-file".ljust(124) + b"\0\2IM" + bytes(100), "not begin as a MATLAB 5 file"),
    "the other end": (b"MATLAB 5.0".ljust(124) + b"\1\0MI" + bytes(100), "first byte first"),
    "twice": (matlab(X=PIXELS) + matlab(X=PIXELS)[128:], "two variables `X`"),
    "many": (matlab() + struct.pack("<II", 1, 0) * 1001, "more than 1,000 elements"),
}


@pytest.mark.parametrize(("data", "reason"), UNFIT.values(), ids=UNFIT)
def test_a_file_of_matlab_that_is_not_that_of_svhn_is_a_fault(tmp_path, data, reason):
    path = tmp_path / "train_32x32.mat"
    path.write_bytes(data)
    assert reason in corrupt(path, read_svhn)


@pytest.mark.parametrize("compress", [False, True])
def test_a_file_of_matlab_that_is_cut_off_or_damaged_anywhere_is_a_fault_or_another_array(tmp_path, compress):
    path = tmp_path / "train_32x32.mat"
    data = matlab(compress, X=PIXELS[..., :1].repeat(3, axis=3), y=DIGITS[:3])
    for end in range(0, len(data), 41):
        path.write_bytes(data[:end])
        corrupt(path, read_svhn)
    for place in [*range(124, 260), *range(260, len(data), 97)]:
        for bit in (1, 128):
            changed = bytearray(data)
            changed[place] ^= bit
            path.write_bytes(changed)
            try:
                read_svhn(path)
            except DataCorrupt:
                continue
            # What is compressed has a checksum, and the padding behind an element is nobody's.
            assert not compress or place < 128


def element(kind, data):
    return struct.pack("<II", kind, len(data)) + data + bytes(-len(data) % 8)


def promising(shape, count, name=b"X"):
    """A compressed matrix that promises more than it has."""
    parts = element(6, struct.pack("<II", 9, 0)) + element(5, struct.pack(f"<{len(shape)}i", *shape)) + element(1, name)
    matrix = struct.pack("<II", 14, 2**31) + parts + struct.pack("<II", 2, count) + bytes(64)
    return matlab()[:128] + element(15, zlib.compress(matrix)).rstrip(b"\0")


@pytest.mark.parametrize(
    ("shape", "count", "reason"),
    [
        ((32, 32, 3, 500_000), 32 * 32 * 3 * 500_000, "promises 1,536,000,000 bytes, and there are at most"),
        ((32, 32, 3, 5), 2**31, "takes 15,360 bytes, and it has 2,147,483,648"),
        ((32, 32, 3, -5), 0, "no array of real numbers"),
        ((2**31 - 1,) * 8, 100, "and it has 100"),
        ((32, 32, 3, 1), 3072, "ends early"),
    ],
)
def test_a_small_file_of_matlab_cannot_make_archc_take_much_memory(tmp_path, shape, count, reason):
    path = tmp_path / "train_32x32.mat"
    path.write_bytes(promising(shape, count))
    assert reason in corrupt(path, read_svhn)


# Lines of libsvm


def lines(*texts):
    return bz2.compress("".join(f"{text}\n" for text in texts).encode())


def read_usps(path):
    return libsvm.read([path], KINDS["USPS"])


def test_values_that_are_left_out_are_nought_and_ends_are_black_and_white(tmp_path):
    path = tmp_path / "usps.bz2"
    path.write_bytes(lines("3 1:-1 2:1 256:0.5", "10"))
    found = read_usps(path)
    assert found.inputs[0].reshape(-1)[[0, 1, 2, 255]].tolist() == [0, 255, 127, 191]
    assert found.inputs[1].min() == found.inputs[1].max() == 127
    assert found.targets.tolist() == [3, 10]


WRONG = [
    "",
    "x 1:1",
    "1 1:2",
    "1 1:nan",
    "1 0:1",
    "1 257:1",
    "1 1:0 1:0",
    "1 1",
    "1 2:1:3 1",
    "1 1:.",
    "1 1:1:1",
    "1 1:1e999",
]


@pytest.mark.parametrize("line", [*WRONG, "9" * 40, "1 " + "9" * 30 + ":1"])
def test_a_line_that_is_no_image_is_named_by_its_number(tmp_path, line):
    path = tmp_path / "usps.bz2"
    path.write_bytes(lines("3 1:-1", line))
    assert corrupt(path, read_usps) == "line 2 is no class with up to 256 values from -1 to 1"


def test_the_last_line_has_an_end_too(tmp_path):
    path = tmp_path / "usps.bz2"
    path.write_bytes(bz2.compress(b"3 1:-1\n3 1:"))
    assert corrupt(path, read_usps).startswith("line 2")


def test_lines_without_end_are_refused(tmp_path, monkeypatch):
    path = tmp_path / "usps.bz2"
    path.write_bytes(bz2.compress(b"1 " + b" " * 2**20))
    assert corrupt(path, read_usps).startswith("line 1 ")
    monkeypatch.setattr(libsvm, "MOST_LINES", 3)
    path.write_bytes(lines(*["1"] * 4))
    assert "more than the 3 lines" in corrupt(path, read_usps)
