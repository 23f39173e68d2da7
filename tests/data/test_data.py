"""Data: IDX files, where they are looked for, the cache, and the splits."""

import gzip
import json
import os
import shutil
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import numpy as np
import pytest
import torch

from archc.data import cache, named_sets, sources
from archc.data.batches import Preparation
from archc.data.decode import decode
from archc.data.idx import read_idx
from archc.data.splits import divide
from archc.diagnostics.catalog.preflight import EmptySplit
from archc.diagnostics.catalog.training import DataCorrupt, DataNotFound
from archc.recipe.data import DATA
from archc.recipe.data.named import in_folder
from archc.recipe.splits import Validation
from archc.recipe.train import Data
from archc.recipe.transforms.values import Normalize
from tests.support.trainings import NAMES, idx, write_data

MNIST = DATA["MNIST"]()
IMAGES, LABELS = NAMES[:2]
(LAYOUT,) = MNIST.known().layouts
TWO = np.arange(2 * 28 * 28).reshape(2, 28, 28) % 256


def find(source="auto", data_dir=None, name="MNIST"):
    return sources.find(DATA[name](source=source), Path.cwd(), data_dir)


# IDX files


@pytest.mark.parametrize("pack", [False, True])
def test_an_idx_file_is_read_plain_or_compressed(tmp_path, pack):
    path = tmp_path / ("images.gz" if pack else "images")
    path.write_bytes(gzip.compress(idx(TWO)) if pack else idx(TWO))
    assert np.array_equal(read_idx(path, 3), TWO)


HUGE = bytes([0, 0, 8, 3]) + b"\xff" * 12
BROKEN = {
    "empty": (b"", "too short"),
    "half a header": (idx(TWO)[:9], "too short"),
    "another kind of file": (b"\x89PNG" + bytes(100), "begins with 89 50 4e 47"),
    "floats": (bytes([0, 0, 13, 3]) + idx(TWO)[4:], "type 0x0d"),
    "another rank": (bytes([0, 0, 8, 1]) + idx(TWO)[4:], "has 1 axes, not 3"),
    "truncated": (idx(TWO)[:-1], "promises 1,584 bytes, and it has 1,583"),
    "too long": (idx(TWO) + b"x", "goes on after the 1,584 bytes"),
    "a header that promises more than memory": (HUGE, "promises"),
}


@pytest.mark.parametrize(("data", "reason"), BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("pack", [False, True], ids=["plain", "gz"])
def test_a_broken_idx_file_is_a_fault_that_says_how(tmp_path, data, reason, pack):
    path = tmp_path / ("images.gz" if pack else "images")
    path.write_bytes(gzip.compress(data) if pack else data)
    with pytest.raises(DataCorrupt) as error:
        read_idx(path, 3)
    assert error.value.file == str(path)
    assert reason in error.value.reason.replace("at most ", "") or pack


def test_damaged_compression_is_a_fault(tmp_path):
    path = tmp_path / "images.gz"
    whole = gzip.compress(idx(np.random.default_rng(0).integers(0, 256, (9, 28, 28))))
    for data in (whole[: len(whole) // 2], whole[:200] + b"\0" * 50 + whole[250:], b"not gzip at all", whole[:-4]):
        path.write_bytes(data)
        with pytest.raises(DataCorrupt):
            read_idx(path, 3)


def test_a_small_file_cannot_make_archc_take_much_memory(tmp_path):
    path = tmp_path / "images.gz"
    path.write_bytes(gzip.compress(bytes([0, 0, 8, 3, 0, 100, 0, 0, 0, 0, 0, 28, 0, 0, 0, 28])))
    with pytest.raises(DataCorrupt, match="promises"):
        read_idx(path, 3)


def test_a_label_that_is_no_class_is_a_fault(tmp_path):
    write_data(tmp_path, classes=11, train=500)
    with pytest.raises(DataCorrupt, match="is 10, and MNIST has the classes 0 to 9"):
        decode(in_folder(tmp_path, LAYOUT), MNIST)


def test_labels_and_images_have_to_be_as_many(tmp_path):
    write_data(tmp_path)
    (tmp_path / LABELS).write_bytes(idx(np.zeros(3)))
    with pytest.raises(DataCorrupt, match="it has 3 labels"):
        decode(in_folder(tmp_path, LAYOUT), MNIST)


def test_images_of_another_size_are_a_fault(tmp_path):
    write_data(tmp_path)
    (tmp_path / IMAGES).write_bytes(idx(np.zeros((150, 32, 32))))
    with pytest.raises(DataCorrupt, match="32 x 32, those of MNIST are 28 x 28"):
        decode(in_folder(tmp_path, LAYOUT), MNIST)


# Sources


def test_auto_looks_in_the_given_folder_then_the_variable_then_the_cache_then_the_system(tmp_path, monkeypatch):
    monkeypatch.setenv("ARCHC_DATA", str(tmp_path / "variable"))
    given = write_data(tmp_path / "given/MNIST/raw", pack=True)
    variable = write_data(tmp_path / "variable/MNIST/raw")
    cached = write_data(tmp_path / "cache/archc/data/MNIST/raw")
    system = write_data(tmp_path / "system/mnist")
    for folder in (given, variable, cached, system):
        assert find(data_dir=str(tmp_path / "given")).train[0].parent == folder
        next(folder.iterdir()).unlink()


def test_a_folder_with_another_data_set_of_the_same_file_names_is_not_taken(tmp_path, monkeypatch):
    write_data(tmp_path / "FashionMNIST/raw")
    write_data(tmp_path)
    with pytest.raises(DataNotFound):
        find(data_dir=str(tmp_path))


def test_offline_the_fault_names_each_place_and_each_remedy(tmp_path, monkeypatch):
    monkeypatch.setenv("ARCHC_DATA", "/elsewhere")
    monkeypatch.setattr(sources, "fetch", lambda *args: (_ for _ in ()).throw(OSError("no route")))
    with pytest.raises(DataNotFound) as error:
        find(data_dir="/given", name="FashionMNIST")
    fault = error.value
    assert fault.message() == "FashionMNIST is not here, and cannot be downloaded: no route"
    assert fault.notes() == (
        "looked in /given/FashionMNIST/raw (`--data-dir`)",
        "looked in /elsewhere/FashionMNIST/raw (`$ARCHC_DATA`)",
        f"looked in {tmp_path}/cache/archc/data/FashionMNIST/raw (archc's cache)",
        f"looked in {tmp_path}/system/fashion-mnist (the system's folder)",
    )
    for remedy in ("ARCHC_DATA", "--data-dir", "source: bundled", "apt install dataset-fashion-mnist"):
        assert remedy in fault.help()


def test_torchvision_downloads_and_its_failure_is_a_fault(tmp_path):
    with pytest.raises(DataNotFound) as error:
        find()
    assert "no network in tests" in error.value.reason


def test_what_torchvision_downloads_is_found_in_the_cache(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "fetch", lambda dataset, root: write_data(root / dataset.name / "raw"))
    assert find().test[1].parent == tmp_path / "cache/archc/data/MNIST/raw"


@pytest.mark.parametrize("place", ["data", "data/MNIST/raw"])
def test_a_source_folder_is_relative_to_the_spec_and_holds_the_files_or_torchvisions_layout(tmp_path, place):
    folder = write_data(Path.cwd() / place)
    assert find("data").train[0].parent == folder
    assert find(str(Path.cwd() / "data")).train[0].parent == folder


def test_a_source_folder_without_the_files_is_a_fault_that_names_them():
    with pytest.raises(DataNotFound) as error:
        find("nowhere")
    assert all(name in error.value.help() for name in NAMES)


def test_a_file_that_a_folder_lacks_is_named_alone():
    folder = write_data(Path.cwd() / "data")
    next(folder.glob(f"{NAMES[3]}*")).unlink()
    with pytest.raises(DataNotFound) as error:
        find("data")
    fault = error.value
    assert fault.message() == f"MNIST is not here as a whole: `{folder}` has no `{NAMES[3]}`"


def test_files_are_found_under_their_dotted_names_too():
    folder = write_data(Path.cwd() / "data")
    for file in [*folder.iterdir()]:
        file.rename(folder / file.name.replace("-idx", ".idx"))
    assert find("data").train[0].name.startswith("train-images.idx3-ubyte")


@pytest.mark.parametrize("name", ["FashionMNIST", "MNIST"])
def test_the_bundled_sample_is_what_the_table_says_and_has_its_licence_beside_it(name):
    files = find("bundled", name=name)
    decoded = decode(files, DATA[name]())
    assert decoded.train.inputs.shape == (6000, 1, 28, 28)
    assert decoded.test.inputs.shape == (1000, 1, 28, 28)
    assert set(decoded.train.targets.tolist()) == set(range(10))
    licence = (files.train[0].parents[1] / "LICENSE").read_text()
    assert "Permission is hereby granted" in licence or "CC BY-SA 3.0" in licence


# The cache


def recipe(transforms):
    return Data(name="MNIST", kind=MNIST, transform=tuple(transforms))


def test_a_data_set_is_decoded_once(tmp_path, monkeypatch):
    files = in_folder(write_data(tmp_path / "data"), LAYOUT)
    first = named_sets.cached(files, MNIST)
    monkeypatch.setattr(named_sets, "decode", None)
    second = named_sets.cached(files, MNIST)
    assert isinstance(second.train.inputs, np.memmap)
    assert np.array_equal(first.train.inputs, second.train.inputs)
    assert first.digest == second.digest


def test_a_changed_file_is_decoded_again(tmp_path):
    files = in_folder(write_data(tmp_path / "data"), LAYOUT)
    first = named_sets.cached(files, MNIST)
    write_data(tmp_path / "data", train=151)
    assert len(named_sets.cached(files, MNIST).train.targets) == 151
    assert named_sets.cached(files, MNIST).digest != first.digest


def overwritten(old, new):
    old.write_bytes(new.read_bytes())


def copied(old, new):
    subprocess.run(["cp", "-p", new, old], check=True)


def renamed(old, new):
    new.replace(old)


def unpacked(old, new):
    with tarfile.open("data.tar", "w") as archive:
        archive.add(new, old.name)
    with tarfile.open("data.tar") as archive:
        archive.extractall(old.parent, filter="data")


@pytest.mark.parametrize("put", [overwritten, copied, renamed, unpacked])
@pytest.mark.parametrize(("name", "reason"), [(LABELS, None), (LABELS, "label 3 is 77"), (IMAGES, None)])
def test_another_file_of_the_same_size_and_times_is_decoded_again(tmp_path, put, name, reason):
    """So do `cp -p`, tar, and layers of images with fixed times."""
    files = in_folder(write_data(tmp_path / "data"), LAYOUT)
    old, new = tmp_path / "data" / name, tmp_path / "new"
    os.utime(old, ns=(0, 0))
    digest = named_sets.cached(files, MNIST).digest
    data = bytearray(old.read_bytes())
    data[-1] ^= 1
    if reason:
        data[8 + 3] = 77
    new.write_bytes(data)
    os.utime(new, ns=(0, 0))
    put(old, new)
    os.utime(old, ns=(0, 0))
    if reason:
        with pytest.raises(DataCorrupt, match=reason):
            named_sets.cached(files, MNIST)
    else:
        assert named_sets.cached(files, MNIST).digest != digest


@pytest.mark.parametrize("damage", ["truncate", "flip", "index", "type"])
def test_a_damaged_cache_is_not_used(tmp_path, damage):
    files = in_folder(write_data(tmp_path / "data"), LAYOUT)
    digest = named_sets.cached(files, MNIST).digest
    (folder,) = (tmp_path / "cache/archc/arrays").iterdir()
    images = folder / "train-inputs.npy"
    data = bytearray(images.read_bytes())
    if damage == "index":
        (folder / "index.json").write_text("[]")
    elif damage == "type":
        np.save(images, np.zeros((150, 1, 28, 28)))
    elif damage == "flip":
        data[500] ^= 1
        images.write_bytes(data)
    else:
        images.write_bytes(data[:300])
    assert named_sets.cached(files, MNIST).digest == digest
    assert cache.stored(folder).digest == digest, "it is written again"


def test_a_cache_that_cannot_be_written_changes_nothing(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert len(named_sets.cached(in_folder(write_data(tmp_path / "data"), LAYOUT), MNIST).train.targets) == 150


def test_packed_and_plain_files_have_the_same_digest(tmp_path):
    plain, packed = (in_folder(write_data(tmp_path / name, pack=name == "gz"), LAYOUT) for name in ("plain", "gz"))
    assert decode(plain, MNIST).digest == decode(packed, MNIST).digest


def test_the_warm_path_loads_neither_torchvision_nor_pillow(tmp_path):
    write_data(Path("data"))
    code = """
import sys
from pathlib import Path
from archc.recipe.data import DATA
from archc.recipe.data.named import in_folder
from archc.recipe.splits import Validation
from archc.data import kinds, splits
from archc.data.request import Request
from archc.recipe.losses import LOSSES
from archc.recipe.optimizers import OPTIMIZERS
from archc.recipe.train import Data, Train
data = DATA["MNIST"](source="data")
for _ in range(2):
    train = Train(
        data=Data(name="MNIST", kind=data), loss=LOSSES["CrossEntropyLoss"](), optimizer=OPTIMIZERS["SGD"](), epochs=1
    )
    whole = kinds.read(Request.of(train, Path()))
splits.divide(whole, data.facts(Path()), Validation(first=10), 0)
print(sorted({"torchvision", "PIL"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def entries(tmp_path):
    return {path.name for path in (tmp_path / "cache/archc/arrays").iterdir()}


def test_the_cache_is_bounded_and_keeps_what_was_used_last(tmp_path, monkeypatch):
    names = []
    for number in range(4):
        before = entries(tmp_path) if names else set()
        named_sets.cached(
            sources.find(DATA["MNIST"](source=str(write_data(tmp_path / f"data-{number}"))), tmp_path), MNIST
        )
        names.append((entries(tmp_path) - before).pop())
        os.utime(tmp_path / "cache/archc/arrays" / names[-1] / "index.json", (number, number))
    size = cache.size(tmp_path / "cache/archc/arrays" / names[0])
    assert entries(tmp_path) == set(names)
    # The oldest is used again; then there is room for three, a new one among them.
    named_sets.cached(sources.find(DATA["MNIST"](source=str(tmp_path / "data-0")), tmp_path), MNIST)
    monkeypatch.setattr(cache, "MOST_BYTES", 3 * size)
    named_sets.cached(sources.find(DATA["MNIST"](source=str(write_data(tmp_path / "data-4"))), tmp_path), MNIST)
    assert len(entries(tmp_path)) == 3
    assert entries(tmp_path) >= {names[0], names[3]}


def test_a_data_set_that_is_larger_than_the_cache_may_be_is_kept_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(cache, "MOST_BYTES", 1)
    for number in range(2):
        files = sources.find(DATA["MNIST"](source=str(write_data(tmp_path / f"data-{number}"))), tmp_path)
        digest = named_sets.cached(files, MNIST).digest
        assert len(entries(tmp_path)) == 1
    assert named_sets.cached(files, MNIST).digest == digest


def test_what_an_interrupted_write_left_in_the_cache_is_removed_after_a_day(tmp_path):
    arrays = tmp_path / "cache/archc/arrays"
    for name, age in ((".new-old", 25), (".new-young", 23)):
        (arrays / name).mkdir(parents=True)
        os.utime(arrays / name, (time.time() - age * 3600,) * 2)
    named_sets.cached(sources.find(DATA["MNIST"](source=str(write_data(tmp_path / "data"))), tmp_path), MNIST)
    assert ".new-young" in entries(tmp_path)
    assert ".new-old" not in entries(tmp_path)


HELD = """
import json, sys, torch
from pathlib import Path
from archc.front import read_file
from archc.runs import preparation
from archc.machine import randomness
from archc.training.assembly import assemble
from archc.training.engine import Engine

def held():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon"))

def grown(overrides):
    before = held()
    network = read_file("small.yaml", overrides).network
    job = preparation.prepare(network, Path(), preparation.Needs(device="cpu"))
    engine = Engine(assemble(job.network, job.train, job.splits, job.device))
    for event in engine.events():
        pass
    return held() - before

torch.set_num_threads(1)
grown(["train.data.source=few"])
print(json.dumps([grown([]), grown([]), grown(["train.data.validation={fraction: 0.1}"])]))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is measured as Linux tells it")
def test_a_training_holds_its_data_once_and_not_at_all_where_it_is_cached(spec):
    spec({"train.steps": 20, "train.batch_size": 50})
    write_data(Path("few"))
    shutil.rmtree("data")
    write_data(Path("data"), train=60_000, test=10)
    done = subprocess.run([sys.executable, "-c", HELD], capture_output=True, text=True, check=True)
    data = 60_000 * 28 * 28
    decoded, mapped, drawn = (size / data for size in json.loads(done.stdout))
    assert 0.9 < decoded < 1.25
    assert mapped < 0.25
    assert 0.9 < drawn < 1.25


# Splits and batches


@pytest.fixture
def decoded(tmp_path):
    return decode(in_folder(write_data(tmp_path / "data"), LAYOUT), MNIST)


def test_first_keeps_the_first_samples_for_validation(decoded):
    splits = divide(decoded, MNIST.facts(Path()), Validation(first=30), seed=1)
    assert (len(splits.validation), len(splits.train), len(splits.test)) == (30, 120, 40)
    assert np.array_equal(splits.validation.inputs.numpy(), decoded.train.inputs[:30])
    assert np.array_equal(splits.train.targets.numpy(), decoded.train.targets[30:])


def test_a_fraction_is_drawn_by_the_seed_and_every_sample_is_in_one_split(decoded):
    decoded.train.inputs[:, 0, 0, 0] = np.arange(150)
    drawn = [divide(decoded, MNIST.facts(Path()), Validation(fraction=0.1), seed=seed) for seed in (1, 1, 2)]
    numbers = [splits.validation.inputs[:, 0, 0, 0].tolist() for splits in drawn]
    assert numbers[0] == numbers[1] != numbers[2]
    assert len(numbers[0]) == 15
    assert sorted(numbers[0] + drawn[0].train.inputs[:, 0, 0, 0].tolist()) == list(range(150))


@pytest.mark.parametrize("validation", [Validation(first=150), Validation(fraction=0.001), Validation(fraction=0.999)])
def test_a_split_without_samples_is_a_fault(decoded, validation):
    with pytest.raises(EmptySplit):
        divide(decoded, MNIST.facts(Path()), validation, seed=1)


@pytest.mark.parametrize("channels", [1, 3])
def test_batches_have_the_values_of_totensor_and_normalize(channels):
    from archc.data.torchvision_import import import_torchvision

    transforms = import_torchvision().transforms
    pixels = torch.arange(256, dtype=torch.uint8).repeat(channels * 7).view(7, channels, 16, 16)
    mean, std = (0.1, 0.25, 0.3)[:channels], (0.7, 0.31, 1.5)[:channels]
    by_hand = transforms.Compose([transforms.ToTensor(), transforms.Normalize(mean, std)])
    expected = torch.stack([by_hand(sample.permute(1, 2, 0).numpy()) for sample in pixels])
    prepare = Preparation(recipe([Normalize(mean=mean, std=std)]), torch.device("cpu"))
    assert torch.equal(prepare(pixels), expected)
    plain = torch.stack([transforms.ToTensor()(sample.permute(1, 2, 0).numpy()) for sample in pixels])
    assert torch.equal(Preparation(recipe([]), torch.device("cpu"))(pixels), plain)


def test_one_number_normalises_all_channels():
    pixels = torch.full((1, 3, 2, 2), 255, dtype=torch.uint8)
    prepare = Preparation(recipe([Normalize(mean=(0.5,), std=(0.25,))]), torch.device("cpu"))
    assert torch.equal(prepare(pixels), torch.full((1, 3, 2, 2), 2.0))
    assert pixels.max() == 255, "the samples stay as they are"
