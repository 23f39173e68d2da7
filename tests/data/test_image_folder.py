"""Folders of images: what a check knows of them, how files become samples, and what is wrong with them."""

import json
import os
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from archc import api
from archc.data import kinds, photographs
from archc.diagnostics.fault import Fault
from archc.errors import RunError, SpecError
from archc.recipe.data import folders, headers
from archc.recipe.data.base import Classes, Numbers
from archc.recipe.data.image_folder import ImageFolder
from archc.recipe.transforms import TRANSFORMS
from tests.support.asking import asked
from tests.support.pictures import folder, picture

RESIZE = TRANSFORMS["Resize"](size=(8, 8))
CROP = TRANSFORMS["CenterCrop"](size=8)


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def request(*transform, root="photos", **keys):
    return asked(ImageFolder(root=root, **keys), loss="CrossEntropyLoss", transform=transform)


def read(*transform, **keys):
    return kinds.read(request(*transform, **keys))


def refused(*transform, **keys):
    with pytest.raises(Fault) as error:
        read(*transform, **keys)
    return error.value


def spec(root="photos", size=(8, 8), data=None, **changes):
    data = {"name": "ImageFolder", "root": root, "transform": [{"Resize": list(size)}], **(data or {})}
    train = {"data": data, "loss": "CrossEntropyLoss", "optimizer": {"Adam": {"lr": 0.01}}, "epochs": 4}
    train |= {"batch_size": 8, **changes}
    return {"archc": 1, "input": [3, *size], "layers": ["Flatten", {"Linear": 2}], "train": train}


def found_in(data):
    report = api.check(data)
    return [(item.slug, item.message) for item in report if item.slug != "batch-larger-than-data"], report


# What is known without reading


def test_classes_are_the_sorted_names_of_the_sub_folders():
    folder(Path("photos"), {"": 3})
    facts = request().facts
    assert (facts.name, facts.target, facts.train) == ("photos", Classes(("cat", "dog")), 6)
    assert (facts.sample, facts.has_validation, facts.has_test) == ((3, 20, 16), False, False)


def test_classes_have_the_order_that_is_written():
    folder(Path("photos"), {"": 2})
    whole = read(classes=("dog", "cat"))
    assert whole.facts.classes == ("dog", "cat")
    assert whole.train.targets.tolist() == [0, 0, 1, 1]
    blue = whole.train.inputs[0].mean((1, 2))
    assert blue.argmax() == 1  # a dog


@pytest.mark.parametrize("name", ["val", "valid", "validation", "dev", "Val"])
def test_sub_folders_are_splits(name):
    folder(Path("photos"), {"train": 3, name: 2, "test": 1})
    facts, whole = request().facts, read()
    assert (facts.train, facts.test, facts.has_validation, facts.has_test) == (6, 2, True, True)
    assert [len(split.targets) for split in whole.splits().values()] == [6, 4, 2]


def test_a_class_may_be_called_train():
    for name in ("train", "plane"):
        Path("photos", name).mkdir(parents=True)
        picture(0, (9, 9), 1).save(f"photos/{name}/1.png")
    assert request().facts.classes == ("plane", "train")


def test_what_systems_leave_behind_is_no_sample_and_other_files_are_said_once():
    folder(Path("photos"), {"": 2})
    for junk in (".DS_Store", "Thumbs.db", "desktop.ini", "._0.png"):
        Path("photos/cat", junk).write_text("junk")
    Path("photos/__MACOSX").mkdir()
    assert request().facts.remarks == ()
    Path("photos/cat/README.txt").write_text("about")
    Path("photos/list.csv").write_text("about")
    (remark,) = request().facts.remarks
    assert (remark.slug, remark.count) == ("not-image-files", 2)
    assert len(read().train.targets) == 4


def test_folders_below_a_class_belong_to_it_and_links_never_lead_round():
    folder(Path("photos"), {"": 2})
    Path("photos/cat/more").mkdir()
    picture(0, (20, 16), 5).save("photos/cat/more/1.png")
    os.symlink("..", "photos/cat/more/up")
    Path("elsewhere").mkdir()
    picture(1, (20, 16), 6).save("elsewhere/2.png")
    os.symlink("../../elsewhere", "photos/dog/linked")
    os.symlink("../../elsewhere/2.png", "photos/dog/file.png")
    listing = folders.listed(Path("photos"))
    assert listing.splits["train"]["cat"] == ("cat/0.png", "cat/1.png", "cat/more/1.png")
    assert listing.splits["train"]["dog"] == ("dog/0.png", "dog/1.png", "dog/file.png", "dog/linked/2.png")
    assert len(read().train.targets) == 7


def test_a_check_lists_no_more_names_than_it_may():
    folder(Path("photos"), {"train": 20, "val": 1})
    listing = folders.listed(Path("photos"), 15)
    assert not listing.is_whole
    assert set(listing.splits) == {"train", "validation"}
    assert list(listing.splits["train"]) == ["cat", "dog"]
    assert listing.size("train") is None


def test_headers_tell_the_size_of_upright_images():
    image = picture(0, (20, 16), 1)
    for name in ("a.png", "b.jpg"):
        image.save(name)
        assert headers.size(Path(name)) == (20, 16)
    turned = Image.Exif()
    turned[0x0112] = 6
    image.save("c.jpg", exif=turned, progressive=True)
    assert headers.size(Path("c.jpg")) == (16, 20)
    image.save("d.bmp")
    assert headers.size(Path("d.bmp")) is None
    for damaged in (b"", b"\xff\xd8", b"\xff\xd8\xff\xe1\xff\xff", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0\0\0"):
        Path("e.jpg").write_bytes(damaged)
        assert headers.size(Path("e.jpg")) is None


def test_images_of_several_sizes_are_told_which_resize_to_write():
    folder(Path("photos"), {"": 3}, size=None)
    data = spec(size=(8, 8))
    del data["train"]["data"]["transform"]
    said, report = found_in(data)
    assert "images-differ" in dict(said)
    assert any("write `transform: [{Resize: [8, 8]}]`" in (item.fault.help() or "") for item in report)
    assert found_in(spec())[0] == []
    square, _ = found_in(spec(data={"transform": [{"Resize": 8}, {"CenterCrop": 8}]}))
    assert square == []
    smaller_edge, _ = found_in(spec(data={"transform": [{"Resize": 8}]}))
    assert [slug for slug, _ in smaller_edge] == ["images-differ"]


def test_an_input_of_another_size_is_found_by_the_transforms():
    folder(Path("photos"), {"": 3})
    data = spec()
    data["input"] = [3, 9, 9]
    ((slug, message),) = found_in(data)[0]
    assert (slug, message) == (
        "input-not-the-data",
        "the samples of photos are 3 x 8 x 8, the network's input is 3 x 9 x 9",
    )
    grey = spec(data={"transform": [{"Resize": [8, 8]}, "Grayscale"]})
    grey["input"] = [1, 8, 8]
    assert found_in(grey)[0] == []


# Files -> samples


def test_images_of_any_mode_become_colors():
    Path("photos/a").mkdir(parents=True)
    Path("photos/b").mkdir()
    color = picture(0, (20, 16), 1)
    color.save("photos/b/color.webp", lossless=True)
    color.convert("P").save("photos/a/palette.gif", save_all=True, append_images=[color.convert("L")])
    color.convert("L").save("photos/a/grey.bmp")
    color.convert("1").save("photos/a/bits.tif")
    color.convert("CMYK").save("photos/a/print.jpg")
    Image.fromarray(np.full((20, 16), 0x80FF, np.uint16)).save("photos/a/deep.png")
    clear = Image.new("RGBA", (16, 20), (0, 0, 0, 0))
    clear.paste((200, 10, 10, 255), (4, 4, 8, 8))
    clear.save("photos/a/clear.png")
    whole = read()
    files = request().train.data.kind.listing(Path()).splits["train"]
    images = dict(zip(files["a"] + files["b"], whole.train.inputs, strict=True))
    assert whole.train.inputs.shape == (7, 3, 20, 16)
    np.testing.assert_array_equal(images["b/color.webp"], np.asarray(color).transpose(2, 0, 1))
    assert (images["a/deep.png"] == 0x80).all()
    np.testing.assert_array_equal(images["a/grey.bmp"][0], np.asarray(color.convert("L")))
    assert set(np.unique(images["a/bits.tif"])) <= {0, 255}
    assert images["a/clear.png"][:, 0, 0].tolist() in ([0, 0, 0], [255, 255, 255])
    assert images["a/clear.png"][:, 5, 5].tolist() == [200, 10, 10]


def test_images_are_upright():
    folder(Path("photos"), {"": 1})
    turned = Image.Exif()
    turned[0x0112] = 6
    picture(0, (16, 20), 9).save("photos/cat/0.png", exif=turned)
    whole = read()
    wanted = np.rot90(np.asarray(picture(0, (16, 20), 9)), -1).transpose(2, 0, 1)
    np.testing.assert_array_equal(whole.train.inputs[0], wanted)


def test_a_large_jpeg_is_read_at_a_smaller_scale_and_looks_the_same():
    Path("photos/cat").mkdir(parents=True)
    Path("photos/dog").mkdir()
    y, x = np.mgrid[0:375, 0:500]
    smooth = np.stack([x % 256, y % 256, (x + y) % 256], 2).astype(np.uint8)
    turned = Image.Exif()
    turned[0x0112] = 6
    Image.fromarray(smooth).save("photos/cat/1.jpg", quality=95)
    Image.fromarray(smooth).save("photos/dog/1.jpg", quality=95, exif=turned)
    for size in ((64, 48), 64):
        crop = TRANSFORMS["CenterCrop"](size=48)
        first, second = read(TRANSFORMS["Resize"](size=size), crop).train.inputs.astype(int)
        plain = Image.open("photos/cat/1.jpg")
        resize = TRANSFORMS["Resize"](size=size)
        height, width = resize.of(375, 500)
        wanted = np.asarray(plain.resize((width, height), Image.Resampling.BILINEAR)).astype(int)
        top, left = round((height - 48) / 2), round((width - 48) / 2)
        wanted = wanted[top : top + 48, left : left + 48].transpose(2, 0, 1)
        assert np.abs(first - wanted).mean() < 4
        assert second.shape == first.shape


def test_decoded_images_are_kept_and_changed_files_are_read_again(monkeypatch):
    folder(Path("photos"), {"": 2})
    first = read(RESIZE)
    asked_of = []
    monkeypatch.setattr(photographs, "read", lambda *args: asked_of.append(args) or first.train.inputs)
    again = read(RESIZE)
    assert again.digest == first.digest
    np.testing.assert_array_equal(again.train.inputs, first.train.inputs)
    assert not asked_of
    picture(2, (20, 16), 77).save("photos/cat/0.png")
    read(RESIZE)
    assert asked_of


def test_all_files_that_cannot_be_read_are_named_at_once():
    folder(Path("photos"), {"": 30})
    for index in range(25):
        Path(f"photos/cat/{index}.png").write_bytes(b"no image")
    half = Path("photos/dog/1.png").read_bytes()
    Path("photos/dog/1.png").write_bytes(half[: len(half) // 2])
    os.symlink("nowhere", "photos/dog/lost.png")
    fault = refused(RESIZE)
    assert (fault.slug, fault.count, len(fault.reasons)) == ("files-unreadable", 27, photographs.MOST_NAMED)
    assert fault.reasons[0] == "`cat/0.png`: it is no image"
    assert fault.notes()[-1] == "and 7 more"


def test_what_is_wrong_with_a_file_is_said():
    folder(Path("photos"), {"": 2})
    half = Path("photos/dog/1.png").read_bytes()
    Path("photos/dog/1.png").write_bytes(half[: len(half) // 2])
    os.symlink("nowhere", "photos/dog/lost.png")
    Image.fromarray(np.ones((9, 9), np.float32)).save("photos/cat/real.tif")
    Path("photos/cat/start.jpg").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1 1\n")
    reasons = refused(RESIZE).reasons
    assert "`cat/real.tif`: its values are real numbers, of which none says what is white" in reasons
    assert "`cat/start.jpg`: it is no image" in reasons
    assert "`dog/lost.png`: no such file or directory" in reasons
    assert any(reason.startswith("`dog/1.png`: it is damaged") for reason in reasons)


def test_a_header_that_promises_too_much_takes_no_memory():
    folder(Path("photos"), {"": 2})
    good = bytearray(Path("photos/cat/0.png").read_bytes())
    good[16:24] = struct.pack(">II", 2**20, 2**20)
    Path("photos/cat/0.png").write_bytes(good)
    (reason,) = refused(RESIZE).reasons
    assert reason.startswith("`cat/0.png`: ")


def test_other_sizes_than_those_that_were_looked_at_are_found_when_they_are_read():
    folder(Path("photos"), {"": 60})
    picture(0, (20, 17), 1).save("photos/cat/1.png")
    assert request().facts.sample == (3, 20, 16)
    fault = refused()
    assert (fault.slug, fault.field) == ("images-differ", "transform")
    assert fault.message() == "the images of photos differ in size: `cat/0.png` is 20 x 16, and `cat/1.png` is 20 x 17"


def test_who_watches_a_training_is_told_how_far_the_reading_is(monkeypatch, capsys):
    from archc.cli.progress import Bar
    from archc.front import read_file
    from archc.runs.run import start
    from archc.training.progress import Reading, Started

    folder(Path("photos"), {"train": 40})
    monkeypatch.setattr(photographs, "PROGRESS_SECONDS", 0.0)
    events = []
    Path("spec.json").write_text(json.dumps(spec(epochs=1)))
    start(read_file("spec.json"), observer=events.append)
    reading = [event for event in events if isinstance(event, Reading)]
    assert reading == [Reading(done, 80) for done in (16, 32, 48, 64, 80)]
    assert isinstance(events[len(reading)], Started)
    monkeypatch.setenv("FORCE_COLOR", "1")  # rich takes it for a terminal
    with Bar(colour=False) as bar:
        bar(Reading(3, 80))
    assert "3 of 80 files" in capsys.readouterr().err


# Folders that are none


def test_folders_that_cannot_be_used_say_why():
    Path("photos").mkdir()
    assert refused().message() == "`photos` cannot be used: it has no sub-folders, whose names would be the classes"
    picture(0, (9, 9), 1).save("photos/1.png")
    assert "its images are in no sub-folder" in refused().message()
    Path("photos/cat").mkdir()
    assert "there is no image in it" in refused().message()
    picture(0, (9, 9), 1).save("photos/cat/1.png")
    assert "it has one sub-folder, `cat`, and so one class" in refused().message()
    Path("photos/dog").mkdir()
    assert "no image is in its sub-folder `dog`" in refused().message()
    assert "no such file or directory" in refused(root="nowhere").message()
    assert "not a directory" in refused(root="photos/1.png").message()
    assert refused(root="a\0b").field == "root"


def test_a_folder_in_a_folder_is_told_the_inner_one():
    folder(Path("photos/photos"), {"": 2})
    assert refused().help() == "write `root: photos/photos`"


def test_classes_have_to_be_those_of_the_folders():
    folder(Path("photos"), {"train": 2, "test": 2})
    assert "there is no sub-folder `bird`; there is `cat`, `dog`" in refused(classes=("cat", "bird")).message()
    assert "the sub-folder `dog` is not in it" in refused(classes=("cat",)).message()
    assert "it has a name twice" in refused(classes=("cat", "dog", "dog")).message()
    Path("photos/test/bird").mkdir()
    picture(0, (20, 16), 1).save("photos/test/bird/1.png")
    assert "its test split has the class `bird`, and `train` has no such folder" in refused().message()


def test_a_class_that_a_split_lacks_is_said():
    folder(Path("photos"), {"train": 2, "test": 2})
    for index in range(2):
        Path(f"photos/test/dog/{index}.png").unlink()
    (remark,) = request().facts.remarks
    assert (remark.slug, remark.split, remark.classes) == ("class-missing", "test", ("dog",))


# Runs


def test_a_training_on_a_folder_predicts_its_files_as_it_was_trained():
    folder(Path("photos"), {"train": 24, "val": 4, "test": 4}, size=None, ending="jpg")
    data = spec(data={"transform": [{"Resize": [8, 8]}, {"Normalize": "auto"}], "augment": ["RandomHorizontalFlip"]})
    run = api.train(data, run="run")
    assert run.result["test"]["accuracy"] == 1
    (prediction,) = run.predict("photos/test/dog/1.jpg")
    assert (prediction.class_name, prediction.note) == ("dog", None)
    assert json.loads(Path("run/fitted.json").read_text())["pixels"]["centre"]
    os.rename("photos", "elsewhere")
    opened = api.open("run")
    assert opened.predict("elsewhere/test/dog/1.jpg")[0].probabilities == prediction.probabilities
    with pytest.raises(RunError):
        opened.predict("elsewhere/test/dog/nothing.jpg")


def test_without_a_transform_a_file_of_another_size_is_stretched_and_it_is_said():
    folder(Path("photos"), {"train": 8}, size=(8, 8))
    data = spec()
    del data["train"]["data"]["transform"]
    run = api.train(data, run="run")
    picture(1, (30, 20), 1).save("large.png")
    (prediction,) = run.predict("large.png")
    assert prediction.note == "resized from 30 x 20 to 8 x 8 pixels"


def test_an_image_may_be_its_own_target():
    folder(Path("photos"), {"train": 24, "test": 4})
    data = spec(data={"target": "input"}, loss="MSELoss", epochs=60)
    data["layers"] = [
        "Flatten",
        {"Linear": 12},
        {"Linear": 192},
        {"Unflatten": {"dim": 1, "unflattened_size": [3, 8, 8]}},
    ]
    assert request(RESIZE, target="input").facts.target == Numbers((3, 8, 8))
    run = api.train(data, run="run")
    assert run.result["test"]["loss"] < 0.01
    assert len(run.predict("photos/test/cat/0.png")[0].outputs) == 192


def test_a_faulty_folder_is_a_fault_of_the_spec():
    with pytest.raises(SpecError) as error:
        api.train(spec(root="nowhere"))
    assert "folder-unusable" in str(error.value.report.diagnostics[0].slug)
