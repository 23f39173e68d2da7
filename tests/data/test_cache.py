"""The cache of decoded data keeps what any kind of data decodes to, and gives nothing that was not written."""

import json

import numpy as np
import pytest

from archc.data import cache
from archc.data.whole import Arrays, Whole

TYPES = ["uint8", "int64", "float32"]
PLACES = ["first", "last", "type", "shape", "missing", "index", "info"]


def arrays(rows, dtype="float32", target="int64"):
    numbers = np.random.default_rng(rows)
    return Arrays((numbers.random((rows, 3, 4)) * 200).astype(dtype), (numbers.random((rows, 2)) * 9).astype(target))


def whole(train=None, **others):
    return Whole(train or arrays(20), others.pop("test", None), "a digest of its own", **others)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "data.bin"
    path.write_bytes(b"something")
    return path


def load(file, decoded, facts=("kind",)):
    """What the cache gives, and whether it had to decode."""
    calls = []
    found = cache.load([*facts], [file], lambda: calls.append(1) or decoded)
    return found, bool(calls)


def entry(tmp_path):
    (folder,) = (tmp_path / "cache/archc/arrays").iterdir()
    return folder


def same(one, other):
    return (one is None) == (other is None) and (
        one is None or all(a.dtype == b.dtype and np.array_equal(a, b) for a, b in zip(one, other, strict=True))
    )


@pytest.mark.parametrize("target", TYPES)
@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("names", [(), ("test",), ("validation",), ("test", "validation")])
def test_arrays_of_any_type_and_any_splits_come_back_as_they_were(file, dtype, target, names):
    parts = {name: arrays(rows, dtype, target) for rows, name in enumerate(names, 5)}
    given = whole(arrays(20, dtype, target), **parts, info={"words": ["a", "b"], "scale": {"x": [0.5, None]}})
    assert load(file, given)[1]
    found, decoded = load(file, None)
    assert not decoded
    assert all(same(getattr(found, name), getattr(given, name)) for name in ("train", "validation", "test"))
    assert isinstance(found.train.inputs, np.memmap)
    assert (found.digest, found.info) == (given.digest, given.info)


def test_what_is_found_on_the_way_is_the_same_in_the_first_run_and_in_the_next(file):
    first = load(file, whole(info={"names": ("a", "b")}))[0]
    assert first.info == load(file, None)[0].info == {"names": ["a", "b"]}


def test_arrays_in_another_order_of_memory_are_kept_by_value(file):
    inputs = np.asfortranarray(np.arange(24.0, dtype=np.float32).reshape(2, 3, 4))
    given = whole(Arrays(inputs, np.arange(4)[::2]))
    load(file, given)
    assert same(load(file, None)[0].train, given.train)


def test_what_is_mapped_may_be_written_to_and_the_entry_stays_as_it_is(file):
    load(file, whole())
    load(file, None)[0].train.inputs[:] = 7
    assert same(load(file, None)[0].train, whole().train)


def test_other_facts_and_other_files_have_other_entries(file, tmp_path):
    load(file, whole())
    assert load(file, whole(), facts=("kind", {"size": 32}))[1]
    other = tmp_path / "other.bin"
    other.write_bytes(file.read_bytes())
    assert load(other, whole())[1]
    assert not load(file, whole())[1]


def test_a_file_is_the_same_by_whichever_link_to_its_folder_it_is_reached(file, tmp_path):
    (tmp_path / "link").symlink_to(tmp_path)
    load(file, whole())
    assert not load(tmp_path / "link" / file.name, whole())[1]


def test_a_file_that_is_not_there_is_left_to_what_reads_it(tmp_path):
    assert load(tmp_path / "nothing", whole())[1]
    assert not (tmp_path / "cache/archc/arrays").exists()


@pytest.mark.parametrize("most", [2**30, 0], ids=["read whole", "sampled"])
@pytest.mark.parametrize("place", PLACES)
def test_an_entry_that_is_not_what_was_written_is_decoded_again(file, tmp_path, monkeypatch, place, most):
    monkeypatch.setattr(cache, "MOST_SEALED_WHOLE", most)
    load(file, whole(info={"scale": 1}))
    folder = entry(tmp_path)
    inputs, index = folder / "train-inputs.npy", folder / "index.json"
    data = bytearray(inputs.read_bytes())
    if place in ("first", "last"):
        data[128 if place == "first" else -1] ^= 1
        inputs.write_bytes(data)
    elif place == "type":
        np.save(inputs, whole().train.inputs.view(np.int32))
    elif place == "shape":
        np.save(inputs, whole().train.inputs.reshape(20, 12))
    elif place == "missing":
        (folder / "train-targets.npy").unlink()
    elif place == "info":
        index.write_text(json.dumps({**json.loads(index.read_text()), "info": {"scale": 2}}))
    else:
        index.write_text(json.dumps({**json.loads(index.read_text()), "arrays": []}))
    found, decoded = load(file, whole(info={"scale": 1}))
    assert decoded
    assert same(found.train, whole().train)
    assert not load(file, None)[1], "it is written again"


def test_of_a_large_entry_some_blocks_are_read_and_among_them_the_first_and_the_last():
    data = np.arange(cache.BLOCK * 200 + 17, dtype=np.uint32).view(np.uint8)
    blocks = [*cache.blocks(data)]
    assert sum(map(len, blocks)) == cache.BLOCK * 64
    assert np.array_equal(blocks[0], data[: cache.BLOCK])
    assert np.array_equal(blocks[-1], data[-cache.BLOCK :])
    starts = [int(block[:4].copy().view(np.uint32)[0]) for block in blocks if len(block)]
    assert len(set(starts)) == 64


@pytest.mark.parametrize("size", [0, 1, 1000, 70_000])
def test_of_an_array_of_a_few_blocks_each_byte_is_read(size):
    data = np.random.default_rng(0).integers(0, 256, size, dtype=np.uint8)
    seen = np.zeros(size, dtype=bool)
    for block in cache.blocks(data):
        start = (block.__array_interface__["data"][0] - data.__array_interface__["data"][0]) if size else 0
        seen[start : start + len(block)] = True
    assert seen.all()


def told(capsys, *options):
    from archc.cli.main import main

    assert main(["data", *options]) == 0
    return capsys.readouterr().out


def test_the_cache_is_shown_and_emptied(tmp_path, file, capsys):
    folder = tmp_path / "cache/archc/arrays"
    assert told(capsys) == f"{folder}: 0 entries, 0 B\n"
    load(file, whole())
    (folder / ".new-left").mkdir()
    held = sum(path.stat().st_size for path in entry_files(folder))
    facts = json.loads(told(capsys, "--format", "json"))
    assert facts == {"version": 1, "folder": str(folder), "entries": 2, "bytes": held, "cleared": False}
    assert told(capsys, "--clear-cache").startswith("removed 2 entries, ")
    assert list(folder.iterdir()) == []
    assert load(file, whole())[1]


def entry_files(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_cache_that_cannot_be_emptied_is_a_clear_error(tmp_path, file, capsys, monkeypatch):
    from archc.cli.main import main

    load(file, whole())

    def refuse(path, *_, **__):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("shutil.rmtree", refuse)
    assert main(["data", "--clear-cache"]) == 1
    assert "Permission denied" in capsys.readouterr().err
