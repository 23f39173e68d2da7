"""Images with a class for each pixel: pairs of files, masks in numbers and colors, and what moves both alike."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from archc import api
from archc.data import image_masks, kinds
from archc.data.augment import Augmenter
from archc.data.splits import Split
from archc.diagnostics.fault import Fault
from archc.recipe.augmentations import AUGMENTATIONS
from archc.recipe.data.base import Positions
from archc.recipe.data.image_masks import ImageMasks
from archc.recipe.transforms import TRANSFORMS
from tests.support.asking import asked

COLOURS = {"ground": (0, 0, 0), "thing": (255, 0, 0), "other": (0, 0, 255)}
PALETTE = [0, 0, 0, 255, 0, 0, 0, 0, 255]


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def scene(seed, size=(16, 20)):
    """An image with a red and a blue rectangle, and which pixel is of which."""
    random = np.random.default_rng(seed)
    numbers = np.zeros(size, np.uint8)
    for number in (1, 2):
        top, left = random.integers(0, 8, 2)
        numbers[top : top + 6, left : left + 8] = number
    pixels = random.integers(0, 60, (*size, 3)).astype(np.uint8)
    pixels[numbers == 1, 0] += 180
    pixels[numbers == 2, 2] += 180
    return pixels, numbers


def written(root="street", parts=("",), count=6, form="palette", size=(16, 20)):
    """`root/PART/images/0.png` and `root/PART/masks/0.png`, ... Returns the class numbers of all."""
    found = []
    for part in parts:
        for folder in ("images", "masks"):
            Path(root, part, folder).mkdir(parents=True, exist_ok=True)
        for index in range(count):
            pixels, numbers = scene(index + 100 * len(part), size)
            Image.fromarray(pixels).save(Path(root, part, "images", f"{index}.png"))
            mask = Image.fromarray(numbers)
            if form == "palette":
                mask.putpalette(PALETTE)
            elif form == "colours":
                mask = Image.fromarray(np.asarray(list(COLOURS.values()), np.uint8)[numbers])
            mask.save(Path(root, part, "masks", f"{index}.png"))
            found.append(numbers)
    return np.stack(found)


def request(*transform, **keys):
    return asked(ImageMasks(root="street", **keys), loss="CrossEntropyLoss", transform=transform)


def read(*transform, **keys):
    return kinds.read(request(*transform, **keys))


def refused(*transform, **keys):
    with pytest.raises(Fault) as error:
        read(*transform, **keys)
    return error.value


@pytest.mark.parametrize("form", ["palette", "grey", "colours"])
def test_masks_say_classes_by_numbers_or_by_colours(form):
    numbers = written(form=form)
    whole = read(classes=COLOURS if form == "colours" else None)
    np.testing.assert_array_equal(whole.train.targets, numbers)
    assert whole.train.targets.dtype == np.uint8
    names = tuple(COLOURS) if form == "colours" else ("0", "1", "2")
    assert whole.facts.target == Positions(names, (16, 20))
    assert (whole.facts.train, whole.facts.sample) == (6, (3, 16, 20))


def test_what_a_check_knows():
    written(parts=("train", "val"))
    facts = request(classes=("a", "b", "c")).facts
    assert (facts.train, facts.has_validation, facts.has_test) == (6, True, False)
    assert (facts.sample, facts.target) == ((3, 16, 20), Positions(("a", "b", "c"), (16, 20)))
    assert request(TRANSFORMS["Resize"](size=(8, 9))).facts.target == Positions((), (8, 9))


def test_transforms_move_masks_alike_and_make_no_class_between_two():
    numbers = written()
    numbers[numbers == 1] = 2
    for index, mask in enumerate(numbers):
        Image.fromarray(mask).save(f"street/masks/{index}.png")
    resize, gray = TRANSFORMS["Resize"](size=(8, 10), interpolation="bicubic"), TRANSFORMS["Grayscale"]()
    whole = read(resize, gray)
    assert whole.train.inputs.shape == (6, 1, 8, 10)
    assert set(np.unique(whole.train.targets)) == {0, 2}
    np.testing.assert_array_equal(whole.train.targets[0], numbers[0][1::2, 1::2])


def test_pixels_from_beyond_the_image_are_of_no_class():
    numbers = written()
    whole = read(TRANSFORMS["Pad"](padding=2, fill=(1, 2, 3)))
    assert (whole.train.targets[:, :2] == -100).all()
    np.testing.assert_array_equal(whole.train.targets[:, 2:-2, 2:-2], numbers)
    crop = read(TRANSFORMS["CenterCrop"](size=(20, 4)))
    assert (crop.train.targets[:, :2] == -100).all()
    np.testing.assert_array_equal(crop.train.targets[:, 2:-2], numbers[:, :, 8:12])
    mirrored = read(TRANSFORMS["Pad"](padding=2, padding_mode="symmetric"))
    np.testing.assert_array_equal(mirrored.train.targets[:, 1, 2:-2], numbers[:, 0])


MOVING = [
    AUGMENTATIONS["RandomHorizontalFlip"](),
    AUGMENTATIONS["RandomVerticalFlip"](),
    AUGMENTATIONS["RandomCrop"](size=(16, 20), padding=4),
    AUGMENTATIONS["RandomCrop"](size=(16, 20), padding=4, padding_mode="reflect"),
    AUGMENTATIONS["RandomRotation"](degrees=40),
    AUGMENTATIONS["RandomAffine"](degrees=20, translate=(0.2, 0.2), shear=10),
    AUGMENTATIONS["RandomResizedCrop"](size=(16, 20), interpolation="nearest"),
]


@pytest.mark.parametrize("left_out", [-100, 255])
@pytest.mark.parametrize("term", MOVING, ids=lambda term: type(term).__name__)
def test_a_mask_moves_as_its_image_does(term, left_out):
    """The image is the mask itself: so it stays, but where new pixels came in."""
    numbers = torch.from_numpy(np.stack([scene(seed)[1] for seed in range(32)]))
    batch = Split(numbers[:, None] + 1, numbers)
    moved = Augmenter([term], 3, left_out=left_out).batch(batch, torch.arange(32), 1)
    images = moved.inputs[:, 0].long() - 1
    inside = images >= 0
    assert torch.equal(moved.targets[inside], images[inside])
    assert (moved.targets[~inside] == left_out).all()
    assert not torch.equal(moved.targets, numbers.long())


@pytest.mark.parametrize("name", ["ColorJitter", "RandomErasing"])
def test_what_changes_colours_leaves_masks_alone(name):
    numbers = torch.from_numpy(np.stack([scene(seed)[1] for seed in range(8)]))
    term = AUGMENTATIONS[name](**({"brightness": 0.5} if name == "ColorJitter" else {"p": 1.0}))
    moved = Augmenter([term], 3, left_out=-100).batch(Split(numbers[:, None] + 9, numbers), torch.arange(8), 1)
    assert torch.equal(moved.targets, numbers.long())
    assert not torch.equal(moved.inputs, numbers[:, None] + 9)


def test_a_number_that_the_loss_leaves_out_is_no_class():
    written()
    mask = np.asarray(Image.open("street/masks/0.png")).copy()
    mask[0] = 255
    Image.fromarray(mask).save("street/masks/0.png")
    assert "it has the class number 255, and there are 0 to 2" in refused(classes=tuple(COLOURS)).reasons[0]
    term = request(classes=tuple(COLOURS))
    ignoring = term._replace(train=term.train.replace(loss=term.train.loss.replace(ignore_index=255)))
    whole = kinds.read(ignoring)
    assert (whole.train.targets[0, 0] == 255).all()
    assert kinds.read(ignoring._replace(facts=whole.facts)).facts.classes == tuple(COLOURS)


def test_what_is_wrong_with_masks_is_said_of_all():
    written(form="colours")
    reasons = refused().reasons
    assert len(reasons) == 6
    assert reasons[0].endswith("it has colors; `classes` can say them, as in `classes: {road: [128, 64, 128]}`")
    fewer = {"ground": (0, 0, 0), "thing": (255, 0, 0)}
    assert "is [0, 0, 255], which is the color of no class" in refused(classes=fewer).reasons[0]
    Image.fromarray(np.zeros((9, 9), np.uint8)).save("street/masks/3.png")
    assert refused(classes=COLOURS).reasons == ("`masks/3.png`: it is 9 x 9, and its image is 16 x 20",)


def test_folders_that_are_no_pairs_say_why():
    written()
    Path("street/masks/5.png").rename("street/masks/7.png")
    assert "there is no counterpart of `images/5.png`, `masks/7.png`" in refused().message()
    Path("street/masks/7.png").rename("street/masks/5.png")
    Image.open("street/images/1.png").save("street/images/1.jpg")
    assert "the name of `images/1.png`, but for its ending, is there twice" in refused().message()
    Path("street/masks").rename("street/labels")
    assert refused().message() == "`street` cannot be used: there is no folder `masks` in it"


def test_two_classes_have_two_colours():
    written(form="colours")
    for wrong, slug in (
        ({"a": [0, 0, 0], "b": 0}, "contradiction"),
        ({"a": [0, 0, 256]}, "wrong-value"),
        ([], "wrong-value"),
    ):
        (found,) = [item for item in api.check(spec(classes=wrong)) if item.slug != "batch-larger-than-data"]
        assert found.slug == slug


def spec(**data):
    layers = [
        {"Conv2d": {"out_channels": 8, "kernel_size": 3, "padding": 1}},
        "ReLU",
        {"Conv2d": {"out_channels": 3, "kernel_size": 1}},
    ]
    data = {"name": "ImageMasks", "root": "street", "augment": ["RandomHorizontalFlip"], **data}
    train = {"data": data, "loss": "CrossEntropyLoss", "optimizer": {"Adam": {"lr": 0.02}}, "epochs": 12}
    return {"archc": 1, "input": [3, 16, 20], "layers": layers, "train": {**train, "batch_size": 8, "seed": 1}}


def test_pixels_are_learnt_and_an_image_is_predicted():
    written(parts=("train", "test"), count=24, form="colours")
    colours = {name: list(colour) for name, colour in COLOURS.items()}
    run = api.train(spec(classes=colours), run="run")
    assert run.result["test"]["accuracy"] > 0.95
    opened = api.open("run")
    assert opened.network.train.data.kind.colours == COLOURS
    (prediction,) = opened.predict("street/test/images/3.png")
    assert prediction.note is None


def test_masks_alone_say_how_many_classes_there_are_and_the_run_keeps_it():
    written(parts=("train", "test"), count=8)
    assert api.check(spec()).ok
    assert api.check(spec(transform=[{"Resize": [16, 20]}])).ok
    api.train(spec(), run="run", set={"train.epochs": 1})
    Path("street").rename("elsewhere")
    assert api.open("run").network.train.data.kind.classes == ("0", "1", "2")


def test_the_numbers_of_masks_survive_the_transforms_one_by_one():
    numbers = np.arange(12, dtype=np.int32).reshape(3, 4)
    np.testing.assert_array_equal(image_masks.sized(numbers, []), numbers)
    large = image_masks.sized(numbers + 2**14, [TRANSFORMS["Resize"](size=(6, 8))])
    np.testing.assert_array_equal(large, (numbers + 2**14).repeat(2, 0).repeat(2, 1))
