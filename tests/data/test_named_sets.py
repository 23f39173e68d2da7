"""The data sets of torchvision: their facts, their places, and files that are read as torchvision reads them."""

import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

import archc
from archc.data import kinds, named_sets, sources
from archc.data.decode import FORMATS, decode
from archc.data.torchvision_import import import_torchvision
from archc.diagnostics.catalog.training import DataCorrupt, DataNotFound
from archc.recipe.data import DATA
from archc.recipe.data.named import NamedSet
from archc.reference.explain import explain
from tests.support.asking import asked
from tests.support.named_files import CASES, KINDS, WRITERS, pack, write
from tests.support.places import ROOT

NAMED = [name for name in DATA if issubclass(DATA[name], NamedSet)]
VISION = import_torchvision().datasets


def options(kind):
    return kind.options


def made(kind, **changes):
    return type(kind)(**options(kind), **changes)


# Facts


def test_each_set_is_tested_here_and_each_format_is_written():
    assert {type(kind).__name__ for kind in KINDS.values()} == set(NAMED)
    assert {layout.format for kind in KINDS.values() for layout in kind.known().layouts} == set(FORMATS)
    assert set(WRITERS) == set(FORMATS)


@pytest.mark.parametrize("name", ["FashionMNIST", "KMNIST", "MNIST", "QMNIST"])
def test_classes_are_those_of_torchvision(name):
    """Which writes those of digits as `0 - zero`."""
    assert [*DATA[name]().known().classes] == [text.partition(" - ")[0] for text in getattr(VISION, name).classes]


@pytest.mark.parametrize("split", VISION.EMNIST.splits)
def test_classes_of_emnist_are_those_of_torchvision_but_for_one_without_images(split):
    classes = [name for name in VISION.EMNIST.classes_split_dict[split] if name != "N/A"]
    known = DATA["EMNIST"](split=split).known()
    assert [*known.classes] == classes
    assert known.first_class == int("N/A" in VISION.EMNIST.classes_split_dict[split])


def test_classes_of_a_hundred_kinds_are_a_hundred_in_the_order_of_the_alphabet():
    classes = DATA["CIFAR100"]().known().classes
    assert len(classes) == 100
    assert [*classes] == sorted(classes)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_classes_are_named_once_each(kind):
    classes = kind.known().classes
    assert len(set(classes)) == len(classes)


FILES = {
    "CIFAR10": lambda cls: (cls.base_folder, {name for name, _ in cls.train_list}, {name for name, _ in cls.test_list}),
    "STL10": lambda cls: (cls.base_folder, {name for name, _ in cls.train_list}, {name for name, _ in cls.test_list}),
    "SVHN": lambda cls: ("", {cls.split_list["train"][1]}, {cls.split_list["test"][1]}),
    "USPS": lambda cls: ("", {cls.split_list["train"][1]}, {cls.split_list["test"][1]}),
}
FILES["CIFAR100"] = FILES["CIFAR10"]


@pytest.mark.parametrize("name", FILES)
def test_files_are_called_as_torchvision_calls_them(name):
    folder, train, test = FILES[name](getattr(VISION, name))
    layout = DATA[name]().known().layouts[-1]
    assert (layout.folder, {*layout.train}, {*layout.test}) == (folder, train - {"unlabeled_X.bin"}, test)


@pytest.mark.parametrize("name", NAMED)
def test_the_page_of_a_set_has_its_size_its_licence_and_its_source(name):
    page = explain(name)
    splits = VISION.EMNIST.splits if name == "EMNIST" else [None]
    for split in splits:
        known = DATA[name](**({"split": split} if split else {})).known()
        assert f"{sum(known.sizes):,}" in page or split == "bymerge"
    assert f"Licence: {DATA[name].licence}" in page
    assert DATA[name].url in page


def test_the_guide_has_the_facts_of_each_set():
    guide = (ROOT / "docs/guide.md").read_text()
    for name in NAMED:
        for split in VISION.EMNIST.splits if name == "EMNIST" else [None]:
            kind = DATA[name](**({"split": split} if split else {}))
            known = kind.known()
            cells = [
                f"`{name}`" + (f", `split: {split}`" if split else ""),
                " x ".join(map(str, kind.sample)),
                str(len(known.classes)),
                *(f"{size:,}" for size in known.sizes),
                kind.licence,
            ]
            assert f"| {' | '.join(cells)} |\n" in guide


def spec(kind, **data):
    return {
        "archc": 1,
        "input": [*kind.sample],
        "layers": ["Flatten", {"Linear": len(kind.known().classes)}],
        "train": {
            "data": {"name": kind.name, **options(kind), **data},
            "loss": "CrossEntropyLoss",
            "optimizer": "SGD",
            "steps": 1,
            "batch_size": 10,
        },
    }


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_spec_is_checked_without_the_files(kind):
    assert archc.check(spec(kind)).ok


def test_emnist_has_no_version_of_its_own_accord():
    given = spec(KINDS["EMNIST letters"])
    del given["train"]["data"]["split"]
    (fault,) = archc.check(given)
    assert "split" in fault.message


@pytest.mark.parametrize("name", [name for name in NAMED if DATA[name].bundled is None])
def test_the_package_has_samples_of_two_sets_alone(name):
    kind = next(kind for kind in KINDS.values() if kind.name == name)
    (fault,) = archc.check(spec(kind, source="bundled"))
    assert (fault.slug, fault.message) == ("not-bundled", f"the package has no sample of {name}")


# Files


@pytest.fixture
def trusting(monkeypatch):
    """torchvision takes the small files for the true ones."""
    for module in (VISION.cifar, VISION.svhn, VISION.stl10):
        monkeypatch.setattr(module, "check_integrity", lambda *args: True)


def by_torchvision(kind, root, *, train):
    """(N, C, H, W) and (N,) as torchvision reads them."""
    named = {"split": "train" if train else "test"} if kind.name in ("SVHN", "STL10") else {"train": train}
    found = getattr(VISION, kind.name)(str(root), **options(kind), **named)
    images = [np.atleast_3d(np.asarray(found[index][0])).transpose(2, 0, 1) for index in range(len(found))]
    return np.stack(images), np.array([found[index][1] for index in range(len(found))])


@pytest.mark.filterwarnings("ignore:dtype")
@pytest.mark.parametrize(("name", "form"), [case for case in CASES if case[1] != "cifar_binary"])
def test_samples_are_those_that_torchvision_reads(tmp_path, trusting, name, form):
    kind = KINDS[name]
    root = tmp_path / "root"
    write(root, kind, form)
    if form == "cifar_pickled":
        cls = getattr(VISION, name)
        (root / cls.base_folder / cls.meta["filename"]).write_bytes(pickle.dumps({cls.meta["key"]: []}))
    whole = decode(sources.find(kind, tmp_path, str(root)), kind)
    for split, train in ((whole.train, True), (whole.test, False)):
        images, labels = by_torchvision(kind, root, train=train)
        if form == "emnist":
            images = images.swapaxes(2, 3)
        assert np.array_equal(split.inputs, images)
        assert np.array_equal(split.targets, labels - int(name == "EMNIST letters"))


@pytest.mark.parametrize(("name", "form"), CASES)
def test_samples_are_those_that_were_written(tmp_path, name, form):
    kind = KINDS[name]
    written = write(tmp_path / "root", kind, form)
    files = sources.find(kind, tmp_path, str(tmp_path / "root"))
    whole = decode(files, kind)
    assert files.layout.format == form
    for found, (images, labels) in zip((whole.train, whole.test), written, strict=True):
        # Values from -1 to 1 do not come back to the same pixel: torchvision cuts off what it could round.
        assert np.abs(found.inputs.astype(int) - images).max() <= int(form == "libsvm")
        assert np.array_equal(found.targets, labels)
        assert found.inputs.flags.c_contiguous
        assert found.inputs.flags.writeable


def test_both_archives_of_cifar_hold_the_same(tmp_path):
    for name in ("CIFAR10", "CIFAR100"):
        digests = set()
        for form in ("cifar_binary", "cifar_pickled"):
            root = tmp_path / name / form
            write(root, KINDS[name], form)
            digests.add(decode(sources.find(KINDS[name], tmp_path, str(root)), KINDS[name]).digest)
        assert len(digests) == 1


def test_the_binary_archive_is_read_where_both_are(tmp_path):
    for form in ("cifar_pickled", "cifar_binary"):
        write(tmp_path, KINDS["CIFAR10"], form)
    assert sources.find(KINDS["CIFAR10"], tmp_path, str(tmp_path)).layout.format == "cifar_binary"


@pytest.mark.parametrize(("name", "form"), CASES)
def test_sizes_of_a_folder_of_ones_own_are_what_can_be_known_without_reading_it(tmp_path, name, form):
    kind = made(KINDS[name], source=str(tmp_path))
    write(tmp_path, kind, form)
    facts = kind.facts(Path())
    known = form not in ("cifar_pickled", "svhn", "libsvm")
    assert (facts.train, facts.test) == ((30, 10) if known else (None, None))


@pytest.mark.parametrize("name", ["KMNIST", "QMNIST", "EMNIST letters"])
def test_packed_files_are_read_too(tmp_path, name):
    kind = KINDS[name]
    write(tmp_path, kind)
    plain = decode(sources.find(kind, tmp_path, str(tmp_path)), kind)
    pack(tmp_path / kind.known().layouts[0].folder)
    assert decode(sources.find(kind, tmp_path, str(tmp_path)), kind).digest == plain.digest
    assert made(kind, source=str(tmp_path)).facts(Path()).train == 30


# Places


@pytest.mark.parametrize("name", KINDS)
def test_a_set_is_found_in_each_place_in_torchvisions_layout(tmp_path, monkeypatch, name):
    kind = KINDS[name]
    monkeypatch.setenv("ARCHC_DATA", str(tmp_path / "variable"))
    system = tmp_path / "system"
    roots = [tmp_path / "given", tmp_path / "variable", tmp_path / "cache/archc/data"]
    for root in roots:
        write(root, kind)
    if kind.system_folder is None:
        roots.append(system)
        write(system, kind)
    for root in roots:
        found = sources.find(kind, tmp_path, str(tmp_path / "given"))
        assert all(file.is_relative_to(root) for file in found.all)
        found.test[0].unlink()
    monkeypatch.setattr(sources, "fetch", lambda *args: None)
    with pytest.raises(DataNotFound):
        sources.find(kind, tmp_path, str(tmp_path / "given"))


@pytest.mark.parametrize("name", KINDS)
def test_a_folder_of_ones_own_is_torchvisions_or_has_the_files_in_it(tmp_path, name):
    kind = made(KINDS[name], source="mine")
    write(tmp_path / "mine", kind)
    layout = kind.known().layouts[0]
    assert sources.find(kind, tmp_path).train[0].parent == tmp_path / "mine" / layout.folder
    if layout.folder:
        shutil.move(tmp_path / "mine" / layout.folder, tmp_path / "other")
        other = made(kind, source="other")
        assert sources.find(other, tmp_path).train[0].parent == tmp_path / "other"
        assert other.facts(tmp_path).train == 30
        assert other.rooted(tmp_path).source == str(tmp_path / "other")


@pytest.mark.parametrize("name", ["SVHN", "USPS"])
def test_files_of_a_set_without_a_folder_may_be_in_one_of_its_name(tmp_path, name):
    write(tmp_path / name, KINDS[name])
    assert sources.find(KINDS[name], tmp_path, str(tmp_path)).train[0].parent == tmp_path / name


def test_where_nothing_is_found_all_folders_and_the_files_are_named(tmp_path):
    with pytest.raises(DataNotFound) as error:
        sources.find(made(KINDS["CIFAR10"], source="mine"), Path("/spec"))
    assert error.value.notes() == (
        "looked in /spec/mine/cifar-10-batches-bin (`source`)",
        "looked in /spec/mine/cifar-10-batches-py (`source`)",
        "looked in /spec/mine (`source`)",
    )
    assert "`data_batch_1.bin`" in error.value.help()
    assert "or `data_batch_1`" in error.value.help()
    assert ".gz" not in error.value.help()


def test_a_set_that_is_not_whole_is_no_set_of_that_name(tmp_path):
    write(tmp_path, KINDS["STL10"])
    with pytest.raises(DataCorrupt, match="it has 30 images, and STL10 has 5,000 there"):
        kinds.read(asked(KINDS["STL10"], "CrossEntropyLoss")._replace(data_dir=str(tmp_path)))


# Downloads


def copied(root, kind):
    """What downloads a file: takes it from elsewhere, and notes what was asked for."""
    write(root / "elsewhere", kind, kind.known().layouts[-1].format)
    asked = []

    def download(url, folder, filename=None, md5=None, **others):
        asked.append((url, md5))
        shutil.copytree(root / "elsewhere", folder, dirs_exist_ok=True)

    return asked, download


@pytest.mark.parametrize("name", ["CIFAR10", "CIFAR100", "STL10", "SVHN", "USPS"])
def test_what_is_not_here_is_downloaded_with_its_digest_and_read_by_nobody_else(tmp_path, monkeypatch, name):
    kind, cls = KINDS[name], getattr(VISION, name)
    asked, download = copied(tmp_path, kind)
    for function in ("download_url", "download_and_extract_archive"):
        monkeypatch.setattr(VISION.utils, function, download)
    monkeypatch.setattr(cls, "__init__", None)
    files = sources.find(kind, tmp_path)
    assert files.train[0].is_relative_to(tmp_path / "cache/archc/data")
    wanted = (
        [tuple(cls.split_list[split][::2]) for split in ("train", "test")]
        if hasattr(cls, "split_list")
        else [(cls.url, cls.tgz_md5)]
    )
    assert asked == wanted


@pytest.mark.parametrize("name", ["KMNIST", "QMNIST", "EMNIST letters"])
def test_relatives_of_mnist_are_downloaded_by_torchvisions_classes(tmp_path, monkeypatch, name):
    kind = KINDS[name]
    asked, download = copied(tmp_path, kind)

    def extract(url, download_root, **others):
        download(url, tmp_path / "cache/archc/data", **others)
        (tmp_path / f"cache/archc/data/{kind.name}/raw/gzip").mkdir(exist_ok=True)

    monkeypatch.setattr(VISION.mnist, "download_and_extract_archive", extract)
    files = sources.find(kind, tmp_path)
    assert files.train[0].is_relative_to(tmp_path / "cache/archc/data")
    assert asked
    assert all(md5 for _, md5 in asked)


# Training


@pytest.mark.parametrize(("name", "form"), CASES)
def test_a_step_is_trained_on_each_set(tmp_path, name, form):
    kind = KINDS[name]
    write(tmp_path / "mine", kind, form)
    front = spec(kind, source=str(tmp_path / "mine"))
    run = archc.train(front, run=tmp_path / "run", device="cpu")
    assert archc.evaluate(run, "test")["samples"] == 10


def test_other_options_have_an_entry_of_their_own_in_the_cache(tmp_path):
    write(tmp_path, KINDS["CIFAR10"])
    files = sources.find(KINDS["CIFAR10"], tmp_path, str(tmp_path))
    first = named_sets.cached(files, KINDS["CIFAR10"])
    again = named_sets.cached(files, made(KINDS["CIFAR10"], source=str(tmp_path)))
    assert isinstance(again.train.inputs, np.memmap)
    assert first.digest == again.digest
    assert torch.from_numpy(again.train.inputs).shape == (30, 3, 32, 32)
