"""Files of arrays as data: what their headers say, what is mapped where it lies, and what is refused."""

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file

import archc
from archc.data import arrays as reader
from archc.data import kinds
from archc.diagnostics.fault import Fault
from archc.errors import SpecError
from archc.recipe.data import Classes, Labels, Numbers, Positions, array_headers
from archc.recipe.data.arrays import Arrays, role_of
from tests.support.asking import asked
from tests.support.places import ROOT

X = np.arange(60, dtype=np.float32).reshape(12, 5)
Y = np.arange(12, dtype=np.int64) % 3


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def saved(name="a.npz", **arrays):
    """A file with these arrays; of an .npy, the one that there is."""
    if name.endswith(".npz"):
        np.savez(name, **arrays)
    elif name.endswith(".npy"):
        np.save(name, next(iter(arrays.values())))
    else:
        save_file(arrays, name)
    return name


def request(loss="CrossEntropyLoss", file="a.npz", **keys):
    return asked(Arrays(file=file, **keys), loss)


def refused(**keys):
    with pytest.raises(Fault) as error:
        kinds.read(request(**keys))
    return error.value


@pytest.mark.parametrize("name", ["a.npz", "a.safetensors"])
def test_arrays_called_x_and_y_are_samples_and_targets(name):
    saved(name, x=X, y=Y)
    asking = request(file=name)
    assert asking.facts.sample == (5,)
    assert (asking.facts.dtype, asking.facts.train, asking.facts.target) == ("float32", 12, Classes(()))
    whole = kinds.read(asking)
    assert whole.train.inputs.tolist() == X.tolist()
    assert whole.train.targets.tolist() == Y.tolist()
    assert whole.facts.target == Classes(("0", "1", "2"))


def test_two_npy_files_are_samples_and_targets():
    saved("X.npy", x=X)
    saved("y.npy", y=Y)
    whole = kinds.read(request(file={"x": "X.npy", "y": "y.npy"}))
    assert whole.train.inputs.tolist() == X.tolist()
    assert whole.train.targets.tolist() == Y.tolist()


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("x", ("train", "x")),
        ("Y", ("train", "y")),
        ("X_train", ("train", "x")),
        ("train_images", ("train", "x")),
        ("y_val", ("validation", "y")),
        ("valid_labels", ("validation", "y")),
        ("xtest", ("test", "x")),
        ("data", ("train", "x")),
        ("target", ("train", "y")),
        ("train_x_test", None),
        ("mean", None),
    ],
)
def test_names_say_split_and_role(name, role):
    assert role_of(name) == role


def test_splits_are_arrays_files_or_the_files_of_a_folder():
    saved(x_train=X, y_train=Y, x_val=X[:4], y_val=Y[:4], test_images=X[:2], test_labels=Y[:2])
    Path("more").mkdir()
    for split, rows in (("train", 12), ("val", 4), ("test", 2)):
        saved(f"more/{split}.npz", x=X[:rows], y=Y[:rows])
    Path("parts").mkdir()
    for split, rows in (("train", 12), ("val", 4), ("test", 2)):
        saved(f"parts/x_{split}.npy", x=X[:rows])
        saved(f"parts/y_{split}.npy", y=Y[:rows])
    files = {"train": "more/train.npz", "validation": "more/val.npz", "test": "more/test.npz"}
    for file in ("a.npz", "more", "parts", files):
        asking = request(file=file)
        assert (asking.facts.train, asking.facts.test, asking.facts.has_validation) == (12, 2, True)
        whole = kinds.read(asking)
        assert {name: len(split.targets) for name, split in whole.splits().items()} == {
            "train": 12,
            "validation": 4,
            "test": 2,
        }


def test_a_plain_array_is_mapped_where_it_lies_and_a_packed_one_once_from_the_cache(monkeypatch):
    saved("X.npy", x=X)
    saved("y.npy", y=Y)
    whole = kinds.read(request(file={"x": "X.npy", "y": "y.npy"}))
    assert isinstance(whole.train.inputs, np.memmap)
    assert Path(whole.train.inputs.filename) == Path("X.npy").absolute()
    np.savez_compressed("a.npz", x=X, y=Y)
    first = kinds.read(request())
    with monkeypatch.context() as patch:
        patch.setattr(reader, "array_of", None)
        again = kinds.read(request())
    assert again.train.inputs.tolist() == first.train.inputs.tolist() == X.tolist()
    assert again.digest == first.digest == whole.digest


def test_a_large_array_of_an_archive_is_mapped_at_its_place(monkeypatch):
    monkeypatch.setattr("archc.data.cache.MOST_SEALED_WHOLE", 100)
    saved(x=X, y=Y)
    whole = kinds.read(request())
    assert Path(whole.train.inputs.filename) == Path("a.npz").absolute()
    assert whole.train.inputs.tolist() == X.tolist()
    assert torch.from_numpy(whole.train.inputs).sum().item() == X.sum()


@pytest.mark.parametrize(
    "x",
    [
        X.astype(">f4"),
        X.astype(np.float64),
        X.astype(np.float16),
        np.asfortranarray(X),
        X.astype(np.uint16),
        X.astype(np.int8),
        X.astype(np.uint8),
    ],
    ids=["swapped", "double", "half", "columns first", "uint16", "int8", "uint8"],
)
def test_numbers_of_any_type_and_order_become_those_of_the_network(x):
    saved(x=x, y=Y)
    asking = request()
    whole = kinds.read(asking)
    kind = asking.train.data.kind.settled(whole.facts)
    prepare = kinds.preparing(kind, kinds.NOTHING, torch.device("cpu"))
    batch = prepare(torch.from_numpy(whole.train.inputs))
    assert batch.dtype == torch.float32
    assert batch.tolist() == X.tolist()


def test_whole_numbers_are_tokens_unless_the_spec_says_otherwise():
    saved(x=X.astype(np.int32), y=Y)
    assert request().facts.dtype == "int64"
    kind = request().train.data.kind.settled(request().facts).replace(dtype="int64")
    stored = torch.from_numpy(kinds.read(request()).train.inputs)
    assert kinds.preparing(kind, kinds.NOTHING, torch.device("cpu"))(stored).dtype == torch.int64
    assert request(dtype="float32").facts.dtype == "float32"


def test_bytes_of_three_axes_are_pixels_unless_the_spec_says_otherwise():
    saved(x=np.zeros((12, 1, 4, 4), np.uint8), y=Y)
    asking = request()
    assert asking.train.data.kind.settled(asking.facts).holds == "pixels"
    assert request(pixels=False).train.data.kind.holds == "numbers"
    saved(x=np.zeros((12, 16), np.uint8), y=Y)
    asking = request()
    assert asking.train.data.kind.settled(asking.facts).holds == "numbers"


@pytest.mark.parametrize(
    ("y", "loss", "target"),
    [
        (Y, "CrossEntropyLoss", Classes(("0", "1", "2"))),
        (Y.astype(np.uint8), "CrossEntropyLoss", Classes(("0", "1", "2"))),
        (np.array(["b", "a", "c"] * 4), "CrossEntropyLoss", Classes(("a", "b", "c"))),
        (X[:, 0], "MSELoss", Numbers(())),
        (X[:, :2].astype(np.float64), "MSELoss", Numbers((2,))),
    ],
)
def test_targets_are_what_the_arrays_of_a_program_are(y, loss, target):
    saved(x=X, y=y)
    asking = request(loss)
    whole = kinds.read(asking)
    assert whole.facts.target == target
    before = asking.facts.target
    assert before == target or (type(before) is type(target) and before == Classes(()))


def test_headers_tell_labels_from_classes_of_positions():
    saved(x=X, y=np.zeros((12, 4), bool))
    assert request().facts.target == Labels(("0", "1", "2", "3"))
    saved(x=X, y=np.zeros((12, 4), np.int64))
    assert Arrays(file="a.npz").facts(Path(), "labels").target == Labels(("0", "1", "2", "3"))
    assert Arrays(file="a.npz").facts(Path(), "classes").target == Positions((), (4,))
    assert Arrays(file="a.npz", labels=("a", "b", "c", "d")).facts(Path()).target.names == ("a", "b", "c", "d")


def test_classes_are_named_and_put_in_an_order():
    saved(x=X, y=Y)
    assert kinds.read(request(classes=("no", "yes", "perhaps"))).facts.classes == ("no", "yes", "perhaps")
    assert "names 2" in refused(classes=("no", "yes")).message()
    saved(x=X, y=np.array(["b", "a", "c"] * 4))
    whole = kinds.read(request(classes=("c", "b", "a")))
    assert whole.facts.classes == ("c", "b", "a")
    assert whole.train.targets.tolist() == [1, 2, 0] * 4


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"x": X}, "no `y` for the samples of `train`"),
        ({"y": Y}, "no samples of `train`"),
        ({"x": X, "y": Y[:5]}, "12 samples and 5 targets"),
        ({"x": X, "images": X, "y": Y}, "`x` and `images` could both be the samples"),
        ({"x": X[:0], "y": Y[:0]}, "no samples"),
        ({"x": X[:, 0], "y": Y}, "an array of 1 axes"),
        ({"x": X, "y": Y, "x_test": X[:, :2], "y_test": Y}, "the samples of `test` are [2], and those of `train` [5]"),
        ({"x": X, "y": Y - 1}, "class numbers below 0"),
        ({"x": X.astype(str), "y": Y}, "texts"),
        ({"x": X.astype(np.complex64), "y": Y}, "`<c8`, not numbers"),
        ({"x": X, "y": np.full(12, np.nan)}, "no numbers"),
        ({"mean": X}, "no arrays for training"),
    ],
)
def test_what_are_no_samples_with_targets_is_refused(arrays, said):
    saved(**arrays)
    assert said in refused(loss="MSELoss" if arrays.get("y", Y).dtype.kind == "f" else "CrossEntropyLoss").message()


def objects():
    np.savez("a.npz", x=np.array([{1: 2}], dtype=object), y=Y)


def records():
    np.savez("a.npz", x=np.zeros(12, dtype=[("a", "f4")]), y=Y)


def longer_than_the_file():
    buffer = io.BytesIO()
    np.save(buffer, X)
    with zipfile.ZipFile("a.npz", "w") as archive:
        archive.writestr("x.npy", buffer.getvalue().replace(b"(12, 5)", b"(99, 5)"))


def cut_off():
    saved(x=X, y=Y)
    Path("a.npz").write_bytes(Path("a.npz").read_bytes()[:200])


def code_in_a_header():
    buffer = io.BytesIO()
    np.save(buffer, X)
    with zipfile.ZipFile("a.npz", "w") as archive:
        archive.writestr("x.npy", buffer.getvalue().replace(b"(12, 5)", b"exit() "))


def a_bit_flipped():
    np.savez_compressed("a.npz", x=X, y=Y)
    data = bytearray(Path("a.npz").read_bytes())
    data[200] ^= 255
    Path("a.npz").write_bytes(data)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (objects, "Python objects"),
        (records, "Python objects or records"),
        (longer_than_the_file, "promises 1,980 bytes, and it has 240"),
        (cut_off, "damaged"),
        (code_in_a_header, "its header is damaged"),
        (a_bit_flipped, ""),
        (lambda: Path("a.npz").write_bytes(b"nothing of the kind"), "damaged"),
        (lambda: None, "no such file"),
    ],
)
def test_a_damaged_or_dangerous_file_is_refused_with_the_reason(damage, said):
    damage()
    fault = refused()
    assert fault.field == "file"
    assert said in fault.message()


@pytest.mark.parametrize("at", [0, 9, 30])
def test_a_damaged_safetensors_file_is_refused(at):
    saved("a.safetensors", x=X, y=Y)
    data = Path("a.safetensors").read_bytes()
    Path("a.safetensors").write_bytes(data[:at] + b"\xff" * 8 + data[at + 8 :])
    with pytest.raises(array_headers.UnusableError):
        array_headers.read(Path("a.safetensors"))


def test_a_safetensors_file_whose_arrays_lie_outside_of_it_is_refused():
    index = json.dumps({"x": {"dtype": "F32", "shape": [2**40, 5], "data_offsets": [0, 5 * 2**42]}}).encode()
    Path("a.safetensors").write_bytes(len(index).to_bytes(8, "little") + index + bytes(100))
    with pytest.raises(array_headers.UnusableError, match="does not hold"):
        array_headers.read(Path("a.safetensors"))


@pytest.mark.parametrize("dtype", ["<f4", ">f8", "|b1", "|u1", "<i8", "<U5", "<f2"])
@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (0, 4), (1, 2, 3, 4)])
def test_headers_are_read_as_numpy_reads_them(dtype, shape):
    for order in ("C", "F"):
        array = np.zeros(shape, dtype, order=order)
        np.save("a.npy", array)
        header = array_headers.read(Path("a.npy"))[""]
        found = np.memmap("a.npy", dtype=header.type, mode="r", offset=header.offset) if array.size else array
        assert (np.dtype(header.type), header.shape) == (array.dtype, shape)
        assert found.size == array.size


def spec(**data):
    return {
        "archc": 1,
        "input": [5],
        "layers": ["BatchNorm1d", {"Linear": 3}],
        "train": {
            "data": {"name": "Arrays", "file": "a.npz", **data},
            "loss": "CrossEntropyLoss",
            "optimizer": {"Adam": {"lr": 0.1}},
            "epochs": 3,
            "batch_size": 4,
        },
    }


def test_a_run_knows_its_samples_and_classes_where_its_file_is_no_more():
    saved(x=X, y=np.array(["b", "a", "c"] * 4))
    run = archc.train(spec(), run="run")
    Path("a.npz").unlink()
    saved("new.npy", x=X[:2])
    predictions = archc.open("run").predict("new.npy")
    assert len(predictions) == 2
    assert set(predictions[0].probabilities) == {"a", "b", "c"}
    assert run.predict(X[:2]) == [
        prediction.__class__(**{**vars(prediction), "file": "<array>"}) for prediction in predictions
    ]
    saved("new.safetensors", x=X[:2])
    assert [p.outputs for p in archc.open("run").predict("new.safetensors")] == [p.outputs for p in predictions]


def test_a_wrong_input_is_found_by_the_header_alone():
    saved(x=X[:, :4], y=Y)
    with pytest.raises(SpecError) as error:
        archc.loads(json.dumps(spec()))
    assert "the samples of a.npz are 4, the network's input is 5" in str(error.value)


def test_digits_are_recognised(monkeypatch):
    run = archc.train(ROOT / "specs/digits.yaml", run="run")
    assert run.result["test"]["accuracy"] > 0.95
