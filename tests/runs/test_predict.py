"""Prediction: images and rows, and each way in which a file cannot be used."""

import io
import json
import os
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import EpsImagePlugin, Image
from safetensors.torch import load_file, save_file

from archc.cli.main import main
from archc.data import pixels
from archc.diagnostics import catalog
from archc.errors import RunError
from archc.layers import Shape
from archc.runs.predict import predict
from archc.runs.run import start
from tests.support.trainings import faults, layers, message

SHAPE: Shape = (1, 28, 28)


@pytest.fixture
def run(spec):
    return start(spec(), directory="run")


def sample(label, seed=0):
    """An image of the class, as `write_data` makes them."""
    image = np.random.default_rng(seed).integers(0, 60, (28, 28), dtype=np.uint8)
    image[label * 2 + 4] = 250
    return image


def test_an_image_is_recognised(run):
    Image.fromarray(sample(3)).save("three.png")
    (found,) = predict(run, ["three.png"])
    assert (found.file, found.index, found.label, found.class_name, found.note) == ("three.png", 0, 3, "3", None)
    assert found.probability == found.probabilities["3"] > 0.3
    assert sum(found.probabilities.values()) == pytest.approx(1, abs=1e-5)


def test_the_same_pixels_give_the_same_outputs_whatever_the_file(run):
    batch = np.stack([sample(1), sample(8)])
    np.save("a.npy", batch)
    np.save("flat.npy", batch.reshape(2, 784).astype(np.float64))
    np.save("big-endian.npy", batch[:, None].astype(">i4"))
    np.save("fortran.npy", np.asfortranarray(batch.reshape(2, 784)))
    np.savez("one.npz", batch)
    np.savez_compressed("named.npz", labels=np.zeros(2), images=batch[:, None])
    Path("rows.csv").write_text("\n".join(",".join(map(str, row.reshape(-1))) for row in batch))
    labelled = ["label," + ",".join(f"p{i}" for i in range(784))]
    labelled += ["7," + ",".join(map(str, row.reshape(-1))) for row in batch]
    Path("labelled.csv").write_text("\r\n".join(labelled) + "\r\n\r\n")
    Image.fromarray(batch[0]).save("first.png")
    Image.fromarray(batch[1]).convert("RGB").save("second.png")
    files = ["a.npy", "flat.npy", "big-endian.npy", "fortran.npy", "one.npz", "named.npz", "rows.csv", "labelled.csv"]
    expected = [found.outputs for found in predict(run, ["first.png", "second.png"])]
    for file in files:
        found = predict(run, [file])
        assert [item.index for item in found] == [0, 1]
        for item, outputs in zip(found, expected, strict=True):
            assert item.outputs == pytest.approx(outputs, abs=1e-5)


def test_one_sample_may_stand_without_its_batch_axis(run):
    np.save("image.npy", sample(2)[None])
    np.save("row.npy", sample(2).reshape(784))
    assert [found.label for found in predict(run, ["image.npy", "row.npy"])] == [2, 2]


def test_an_image_of_another_size_or_colour_is_converted_and_that_is_said(run):
    big = Image.fromarray(sample(5)).resize((56, 84)).convert("RGBA")
    big.save("big.png")
    Image.fromarray(sample(5)).save("five.jpg", quality=95)
    found = predict(run, ["big.png", "five.jpg"])
    assert [item.label for item in found] == [5, 5]
    assert [item.note for item in found] == ["resized from 84 x 56 to 28 x 28 pixels, which stretches it", None]


def test_colour_networks_get_three_channels():
    Image.fromarray(sample(5)).save("grey.png")
    assert pixels.read(Path("grey.png"), (3, 28, 28)).pixels.shape == (1, 3, 28, 28)


def test_scaled_pixels_are_remarked_on(run):
    np.save("scaled.npy", sample(1)[None].astype(np.float32) / 255)
    (found,) = predict(run, ["scaled.npy"])
    assert "pixels from 0 to 255 are expected" in found.note
    np.save("pixels.npy", sample(1)[None])
    assert found.outputs == pytest.approx(predict(run, ["pixels.npy"])[0].outputs, abs=1e-4)


def read(name, shape=SHAPE, **options):
    return pixels.read(Path(name), shape, **options)


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.float16])
def test_black_and_white_is_0_and_255(dtype):
    """Whoever stores a mask means ink, not pixels of 1."""
    mask = sample(3) > 100
    np.save("mask.npy", mask.astype(dtype)[None])
    found = read("mask.npy")
    assert np.array_equal(found.pixels.reshape(28, 28), mask * 255)
    assert "255" in found.note


def test_an_array_with_its_channels_last_is_turned():
    colours = np.random.default_rng(0).integers(0, 255, (5, 3, 32, 32), dtype=np.uint8)
    np.save("last.npy", colours.transpose(0, 2, 3, 1))
    found = read("last.npy", (3, 32, 32))
    assert np.array_equal(found.pixels, colours)
    assert found.note == "its channels were last, and were moved to the front"
    np.save("one.npy", colours[0].transpose(1, 2, 0))
    assert np.array_equal(read("one.npy", (3, 32, 32)).pixels, colours[:1])
    np.save("grey.npy", colours[:, :1].transpose(0, 2, 3, 1))
    assert read("grey.npy", (1, 32, 32)).pixels.shape == (5, 1, 32, 32)


def columns(**names):
    """The lines of a table: two samples of four pixels, with these columns before and after."""
    before, after = names.get("before", ()), names.get("after", ())
    lines = [[*before, "a", "b", "c", "d", *after]]
    for number in range(2):
        lines.append([*[str(number)] * len(before), *map(str, range(9 * number, 9 * number + 4)), *["7"] * len(after)])
    return lines


TABLES = {
    "label": columns(before=["label"]),
    "Label last": columns(after=["Label"]),
    "an id and a class": columns(before=["id"], after=["class"]),
    "pandas": columns(before=[""]),
    "no names": columns()[1:],
    "names": columns(),
    "spaces": [[" label ", "a", "b", "c", "d"], *columns(before=["label"])[1:]],
}


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_gives_its_pixels_and_says_what_it_leaves_out(table, delimiter):
    lines = TABLES[table]
    Path("table.csv").write_text("\n".join(delimiter.join(line) for line in lines))
    found = read("table.csv", (4,))
    assert found.pixels.tolist() == [[0, 1, 2, 3], [9, 10, 11, 12]]
    dropped = [name for name in lines[0] if name.strip().lower() in ("label", "id", "class", "")]
    assert found.note == (f"left out of its columns: {', '.join(f'`{name}`' for name in dropped)}" if dropped else None)


@pytest.mark.parametrize("index", [[], [""]])
def test_a_table_of_pandas_has_numbers_for_names(index):
    """Its first line would be a ramp from 0 to 783; four columns may be one of four pixels."""
    lines = [[*index, *map(str, range(784))], [*(["0"] if index else []), *["9"] * 784]]
    Path("table.csv").write_text("\n".join(map(",".join, lines)))
    assert read("table.csv").pixels.tolist() == np.full((1, 1, 28, 28), 9).tolist()
    Path("small.csv").write_text("0,1,2,3")
    assert read("small.csv", (4,)).pixels.tolist() == [[0, 1, 2, 3]]


def test_a_table_that_ends_its_lines_with_a_comma_keeps_its_first_line():
    Path("table.csv").write_text("1,2,3,4,\n5,6,7,8,\n")
    with pytest.raises(catalog.training.SampleDoesNotFit, match="line 1 has 5 values"):
        read("table.csv", (4,))


EPS = b"""%!PS-Adobe-3.0 EPSF-3.0
%%BoundingBox: 0 0 28 28
%%EndComments
showpage
%%EOF
"""


def test_a_picture_starts_no_program(monkeypatch):
    """Pillow has Ghostscript run the program that an EPS is, whatever the file is called."""
    Path("bin").mkdir()
    Path("bin/gs").write_text("#!/bin/sh\ntouch started\n")
    Path("bin/gs").chmod(0o755)
    monkeypatch.setenv("PATH", f"{Path('bin').absolute()}:{os.environ['PATH']}")
    monkeypatch.setattr(EpsImagePlugin, "gs_binary", None)
    Path("picture.png").write_bytes(EPS)
    with pytest.raises(catalog.training.SampleDoesNotFit, match="images are BMP, GIF, JPEG, PNG, PPM, TIFF, WEBP"):
        read("picture.png")
    assert not Path("started").exists()


@pytest.mark.parametrize("name", ["bmp", "gif", "jpeg", "png", "pgm", "tiff", "webp"])
def test_the_usual_kinds_of_pictures_are_read(name):
    Image.fromarray(sample(3)).save(f"three.{name}", quality=95)
    found = read(f"three.{name}", background="dark")
    assert found.note is None
    assert np.abs(found.pixels.reshape(28, 28).astype(int) - sample(3)).mean() < 15


@pytest.mark.parametrize(("ink", "ground"), [(255, "black"), (0, "white")])
@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA"])
def test_ink_on_a_transparent_ground_is_seen(ink, ground, mode):
    """The colour of what is transparent is often the ink's, so that there is nothing to see without alpha."""
    alpha = Image.fromarray(np.where(sample(3) > 100, 255, 0).astype(np.uint8))
    picture = Image.new("RGBA", (28, 28), (ink, ink, ink, 0))
    picture.putalpha(alpha)
    picture.convert(mode).save("ink.png") if mode != "PA" else picture.quantize(4).save("ink.png")
    found = read("ink.png")
    assert found.note == f"what is transparent became {ground}"
    assert np.array_equal(found.pixels.reshape(28, 28) == ink, np.asarray(alpha) == 255)


def test_dark_ink_on_light_ground_is_remarked_on_where_the_data_set_has_it_the_other_way_round(run):
    Image.fromarray(255 - sample(3)).save("paper.png")
    (found,) = predict(run, ["paper.png"])
    assert found.note == "its background is light, and that of the samples of the data set is dark: invert it"
    assert read("paper.png").note is None


def test_what_a_file_has_beyond_its_pixels_is_remarked_on():
    frames = [Image.fromarray(sample(label)) for label in (3, 4)]
    frames[0].save("two.gif", save_all=True, append_images=frames[1:])
    assert read("two.gif").note == "it holds several images, of which the first was taken"
    Path("deep.png").write_bytes(deep_colours())
    assert read("deep.png", (3, 2, 2)).note == "its channels of 16 bits were read as 8 bits"


def deep_colours():
    """A PNG of 2 x 2 pixels with three channels of 16 bits, which Pillow does not write."""

    def chunk(kind, data):
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    header = (2).to_bytes(4, "big") * 2 + bytes([16, 2, 0, 0, 0])
    rows = (b"\0" + bytes(range(12))) * 2
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def test_a_network_trained_with_mse_gives_outputs_and_no_probabilities(spec):
    run = start(spec({"train.loss": "MSELoss"}), directory="run")
    Image.fromarray(sample(4)).save("four.png")
    (found,) = predict(run, ["four.png"])
    assert (found.label, found.probability, found.probabilities) == (4, None, None)
    assert len(found.outputs) == 10


@pytest.mark.filterwarnings("ignore:Implicit dimension")
@pytest.mark.parametrize(
    ("last", "loss"),
    [("Softmax", "CrossEntropyLoss"), ("Softmax", "NLLLoss"), ("Sigmoid", "BCEWithLogitsLoss"), ("Sigmoid", "BCELoss")],
)
def test_a_network_that_gives_probabilities_is_taken_at_its_word(spec, last, loss):
    run = start(spec({"layers": layers(last=[last]), "train.loss": loss}), directory="run")
    Image.fromarray(sample(4)).save("four.png")
    (found,) = predict(run, ["four.png"])
    assert tuple(found.probabilities.values()) == found.outputs
    assert found.probability == max(found.outputs) <= 1


def test_outputs_that_are_no_logarithms_of_probabilities_give_none(spec):
    run = start(spec({"train.loss": "NLLLoss"}), directory="run")
    Image.fromarray(sample(4)).save("four.png")
    (found,) = predict(run, ["four.png"])
    assert (found.probability, found.probabilities) == (None, None)


def test_outputs_that_are_not_finite_give_no_probabilities_and_json_without_infinity(run, capsys):
    weights = load_file("run/best.safetensors")
    save_file({name: value.sign() * 3e38 if name.startswith("5") else value for name, value in weights.items()}, "b")
    os.replace("b", "run/best.safetensors")
    Image.fromarray(sample(4)).save("four.png")
    assert main(["predict", "run", "four.png", "--format", "json"]) == 0
    (found,) = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)["predictions"]
    assert None in found["outputs"]
    assert found["probabilities"] is None


def test_outputs_beyond_the_classes_are_named_by_their_number(spec):
    run = start(spec({"layers": layers(without=("Linear",), last=[{"Linear": 12}])}), directory="run")
    Image.fromarray(sample(4)).save("four.png")
    assert list(predict(run, ["four.png"])[0].probabilities)[-3:] == ["9", "10", "11"]


class Trap:
    """Unpickling it would leave a file behind."""

    def __reduce__(self):
        return (open, ("trapped", "w"))


def npy(array, **options):
    file = io.BytesIO()
    np.save(file, array, **options)
    return file.getvalue()


def npz(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def png(mode, size=(28, 28)):
    file = io.BytesIO()
    Image.new(mode, size).save(file, "PNG")
    return file.getvalue()


def lying_header(shape):
    """An .npy whose header promises more than there is."""
    return npy(np.zeros((1, 784), np.uint8)).replace(b"(1, 784), }", f"{shape}, }}".encode())[:-100]


def row(values):
    return ",".join(map(str, values)).encode()


BAD = {
    "text.png": (b"not an image", "neither an image nor"),
    "cut.png": (png("L", (900, 900))[:-300], "truncated"),
    "deep.png": (png("I;16"), "more than 8 bits"),
    "plain.txt": (b"1,2,3", "neither an image nor"),
    "empty.npy": (b"", "not an .npy array"),
    "torn.npy": (npy(np.zeros((1, 784)))[:-1], "header promises 6,272 bytes"),
    "huge.npy": (lying_header((10**12, 784)), "header promises 784,000,000,000,000 bytes"),
    "negative.npy": (lying_header((-1, 784)), "header promises"),
    "objects.npy": (npy(np.array([Trap()], dtype=object), allow_pickle=True), "Python objects"),
    "texts.npy": (npy(np.array(["a"])), "not numbers"),
    "complex.npy": (npy(np.zeros((1, 784), complex)), "not numbers"),
    "other.npy": (npy(np.zeros((3, 5))), "it is [3, 5], and samples are [1, 28, 28], or rows of 784"),
    "none.npy": (npy(np.zeros((0, 784))), "no samples"),
    "scalar.npy": (npy(np.float32(1)), "it is []"),
    "loud.npy": (npy(np.full((1, 784), 256.0)), "not pixels from 0 to 255"),
    "nan.npy": (npy(np.full((1, 784), np.nan)), "not pixels from 0 to 255"),
    "zip.npz": (b"PK\x03\x04 nothing", "damaged"),
    "many.npz": (npz(a=np.zeros(1), b=np.zeros(1)), "2 arrays (`a`, `b`), and none is called"),
    "objects.npz": (npz(images=np.array([Trap()], dtype=object)), "Python objects"),
    "short.csv": (b"1,2,3\n", "line 1 has 3 values, and a sample has 784"),
    "words.csv": (row(range(28 * 9)) + b"," + row(["x"] * 532), "line 1 has `x`, which is not a number"),
    "header.csv": (b"label,a,b\n", "no rows"),
    "empty.csv": (b"", "no rows"),
    "binary.csv": (b"\xff\xfe\x00", "not UTF-8"),
    "labels.csv": (row([9] * 785), "785 values, and a sample has 784; a column of labels is left out where"),
    "deep.npy": (npy(np.full((1, 784), 4095, np.uint16)), "they go from 4095 to 4095"),
    "loud.csv": (row([300] * 784), "not pixels from 0 to 255"),
    "inf.csv": (row(["inf"] * 784), "not pixels from 0 to 255"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_cannot_be_used_is_a_fault_that_says_why(name):
    data, reason = BAD[name]
    Path(name).write_bytes(data)
    with pytest.raises(catalog.training.SampleDoesNotFit) as error:
        pixels.read(Path(name), SHAPE)
    assert error.value.file == name
    assert reason in error.value.reason
    assert not Path("trapped").exists()


def test_an_image_too_large_for_memory_is_refused_from_its_header():
    image = bytearray(png("L"))
    image[16:24] = (60_000).to_bytes(4, "big") * 2
    image[29:33] = zlib.crc32(image[12:29]).to_bytes(4, "big")
    Path("bomb.png").write_bytes(image)
    with pytest.raises(catalog.training.SampleDoesNotFit):
        pixels.read(Path("bomb.png"), SHAPE)


def test_a_compressed_array_that_is_larger_than_promised_is_refused():
    with zipfile.ZipFile("bomb.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("images.npy", lying_header((2**40, 784)) + bytes(10**6))
    with pytest.raises(catalog.training.SampleDoesNotFit):
        pixels.read(Path("bomb.npz"), SHAPE)


def test_all_unusable_files_are_in_one_report(run):
    Path("a.png").write_bytes(b"no")
    Path("folder.png").mkdir()
    with pytest.raises(RunError) as error:
        predict(run, ["a.png", "missing.npy", "folder.png", "nul\0.csv"])
    assert faults(error) == ["sample-does-not-fit"] * 4


def test_images_do_not_suit_every_network():
    Image.fromarray(sample(1)).save("one.png")
    with pytest.raises(catalog.training.SampleDoesNotFit, match=r"takes \[784\], which is no image"):
        pixels.read(Path("one.png"), (784,))


def test_a_device_that_is_not_there_is_a_fault(run):
    Image.fromarray(sample(1)).save("one.png")
    with pytest.raises(RunError) as error:
        predict(run, ["one.png"], device="tpu")
    assert "there is no device `tpu`" in message(error)
    assert torch.get_num_threads() == 1
    assert json.loads(Path("run/result.json").read_text())
