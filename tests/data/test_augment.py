"""Augmentations: each as torchvision does it, and each a function of the seed, the epoch and the sample."""

import math

import pytest
import torch

from archc.data.augment import Augmenter, colour, geometry, position
from archc.data.augment.draws import uniform
from archc.data.torchvision_import import import_torchvision
from archc.errors import Interrupted
from archc.recipe.augmentations import AUGMENTATIONS
from archc.runs.run import resume, start
from tests.support.trainings import Recorder, interrupt_at

torchvision = import_torchvision()
functional = torchvision.transforms.functional
MODES = {
    "nearest": torchvision.transforms.InterpolationMode.NEAREST,
    "bilinear": torchvision.transforms.InterpolationMode.BILINEAR,
}
GIVEN = {
    "ColorJitter": {"brightness": 0.4, "contrast": 0.4, "saturation": 0.4, "hue": 0.2},
    "RandomAffine": {"degrees": 10.0, "translate": (0.1, 0.2), "scale": (0.9, 1.1), "shear": 5.0},
    "RandomCrop": {"size": (12, 9), "padding": 2},
    "RandomErasing": {"value": "random"},
    "RandomResizedCrop": {"size": (12, 9)},
    "RandomRotation": {"degrees": 30.0},
}
ROWS = torch.tensor([5, 0, 1000, 7, 3, 2, 9, 11])


def images(count=8, channels=3, height=12, width=9):
    generator = torch.Generator().manual_seed(0)
    return torch.randint(0, 256, (count, channels, height, width), generator=generator, dtype=torch.uint8)


def made(name, **given):
    return AUGMENTATIONS[name](**{**GIVEN.get(name, {}), **given})


def numbers(draws):
    return uniform(ROWS, draws, "test", 1)


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_what_happens_to_a_sample_does_not_depend_on_its_batch(name):
    augment = Augmenter([made(name)], 1)
    whole = augment(images(), ROWS, 1)
    order = torch.randperm(8)
    for part in order.split(3):
        assert torch.equal(augment(images()[part], ROWS[part], 1), whole[part])


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_another_epoch_seed_or_place_is_another_change(name):
    many = images(64)
    rows = torch.arange(64)
    term = made(name)
    first = Augmenter([term], 1)(many, rows, 1)
    assert first.dtype == torch.uint8
    assert first.shape == many.shape
    assert not torch.equal(first, many)
    assert not torch.equal(first, Augmenter([term], 1)(many, rows, 2))
    assert not torch.equal(first, Augmenter([term], 2)(many, rows, 1))
    assert not torch.equal(first, Augmenter([term], 1)(many, rows + 64, 1))


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("padding", [0, 2, (1, 3), (1, 2, 3, 4)])
@pytest.mark.parametrize("mode", ["constant", "edge", "reflect", "symmetric"])
def test_a_crop_is_a_piece_of_torchvisions_padded_image(padding, mode, channels):
    term = made("RandomCrop", padding=padding, padding_mode=mode, fill=9)
    drawn, batch = numbers(2), images(channels=channels)
    sides = padding if isinstance(padding, int) else list(padding)
    padded = functional.pad(batch, sides, fill=9, padding_mode=mode)
    tops = (drawn[:, 0] * (padded.shape[2] - 12 + 1)).long().tolist()
    lefts = (drawn[:, 1] * (padded.shape[3] - 9 + 1)).long().tolist()
    expected = [padded[i, :, tops[i] : tops[i] + 12, lefts[i] : lefts[i] + 9] for i in range(8)]
    assert torch.equal(position.crop(batch, term, drawn), torch.stack(expected))


@pytest.mark.parametrize(("flip", "axis", "name"), [("horizontal", 3, "Horizontal"), ("vertical", 2, "Vertical")])
def test_a_flip_happens_to_its_share_of_the_samples(flip, axis, name):
    batch, rows = images(400), torch.arange(400)
    function = {"horizontal": position.flip_horizontal, "vertical": position.flip_vertical}[flip]
    drawn = uniform(rows, 1, "test", 1)
    flipped = function(batch, made(f"Random{name}Flip", p=0.25), drawn)
    chosen = drawn[:, 0] < 0.25
    assert 60 < chosen.sum() < 140
    assert torch.equal(flipped[chosen], batch[chosen].flip(axis))
    assert torch.equal(flipped[~chosen], batch[~chosen])


@pytest.mark.parametrize("center", [None, (2.0, 3.0)])
@pytest.mark.parametrize("mode", MODES)
def test_a_rotation_is_torchvisions(mode, center):
    term, drawn, batch = made("RandomRotation", interpolation=mode, fill=7, center=center), numbers(1), images()
    middle = list(center) if center else None
    angles = (-30 + 60 * drawn[:, 0]).tolist()
    expected = [
        functional.rotate(image, angle, MODES[mode], center=middle, fill=[7.0])
        for image, angle in zip(batch, angles, strict=True)
    ]
    assert torch.equal(geometry.rotate(batch, term, drawn), torch.stack(expected))


@pytest.mark.parametrize("mode", MODES)
def test_an_affine_map_is_torchvisions(mode):
    term, batch = made("RandomAffine", shear=(-5, 5, -3, 3), interpolation=mode, fill=(1, 2, 3)), images()
    drawn = numbers(6)
    expected = [
        functional.affine(
            image,
            angle=-10 + 20 * a,
            translate=[round(-0.9 + 1.8 * x), round(-2.4 + 4.8 * y)],
            scale=0.9 + 0.2 * s,
            shear=[-5 + 10 * p, -3 + 6 * q],
            interpolation=MODES[mode],
            fill=[1.0, 2.0, 3.0],
        )
        for image, (a, x, y, s, p, q) in zip(batch, drawn.tolist(), strict=True)
    ]
    difference = geometry.affine(batch, term, drawn).int() - torch.stack(expected).int()
    assert (difference != 0).float().mean() < 0.01


@pytest.mark.parametrize("mode", MODES)
def test_a_resized_crop_is_torchvisions(mode):
    term, drawn, batch = made("RandomResizedCrop", interpolation=mode), numbers(22), images()
    pieces = torch.stack(geometry.pieces(term, (12, 9), drawn), 1).tolist()
    expected = [
        functional.resized_crop(image, *piece, [12, 9], MODES[mode]) for image, piece in zip(batch, pieces, strict=True)
    ]
    difference = geometry.resized_crop(batch, term, drawn).int() - torch.stack(expected).int()
    assert difference.abs().max() <= (1 if mode == "bilinear" else 0)  # a half is rounded up or down


@pytest.mark.parametrize(
    ("scale", "ratio"), [((0.3, 0.5), (0.75, 1.3)), ((1.0, 1.0), (3.0, 4.0)), ((1, 1), (0.1, 0.2))]
)
def test_a_piece_lies_in_the_image_and_has_its_size_and_shape(scale, ratio):
    rows = torch.arange(200)
    term = made("RandomResizedCrop", size=(40, 30), scale=scale, ratio=ratio)
    tops, lefts, tall, wide = geometry.pieces(term, (40, 30), uniform(rows, 22, "test", 1))
    assert (tops >= 0).all()
    assert (lefts >= 0).all()
    assert (tops + tall <= 40).all()
    assert (lefts + wide <= 30).all()
    share = (tall * wide) / 1200
    if scale != (0.3, 0.5):  # none fits: the middle, as torchvision takes it
        assert (share < 1).all()
        assert ((wide / tall) - (ratio[0] if ratio[0] > 1 else ratio[1])).abs().max() < 0.1
    else:
        assert scale[0] - 0.1 < share.min() <= share.max() < scale[1] + 0.1


def test_erasing_covers_one_rectangle_of_its_size_and_leaves_the_rest():
    batch, rows = images(300, 1, 20, 20).clamp(min=1), torch.arange(300)
    erased = position.erase(batch, made("RandomErasing", value=0, p=0.5), uniform(rows, 24, "test", 1))
    covered = erased != batch
    happened = covered.flatten(1).any(1)
    assert 110 < happened.sum() < 190
    for mask in covered[happened][:, 0]:
        heights, widths = mask.any(1).nonzero()[:, 0], mask.any(0).nonzero()[:, 0]
        height, width = len(heights), len(widths)
        assert mask.sum() == height * width
        assert heights[-1] - heights[0] + 1 == height
        assert 0.01 < height * width / 400 < 0.36
        assert 0.2 < height / width < 4.5


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", ["brightness", "contrast", "saturation", "hue"])
def test_a_change_of_colour_is_torchvisions(name, channels):
    batch = images(channels=channels)
    batch[0] = batch[0, :1]  # grey
    amounts = torch.linspace(-0.5, 0.5, 8) if name == "hue" else torch.linspace(0, 2, 8)
    adjust = getattr(functional, f"adjust_{name}")
    expected = torch.stack([adjust(image, float(amount)) for image, amount in zip(batch, amounts, strict=True)])
    found = getattr(colour, name)(batch, amounts.view(-1, 1, 1, 1))
    assert (found.int() - expected.int()).abs().max() <= 1
    assert (found != expected).float().mean() < 0.02


def test_colours_are_changed_one_after_the_other_in_the_samples_own_order():
    term, drawn, batch = made("ColorJitter"), numbers(8), images()
    changes = (colour.brightness, colour.contrast, colour.saturation, colour.hue)
    limits = ((0.6, 1.4), (0.6, 1.4), (0.6, 1.4), (-0.2, 0.2))
    expected = []
    for image, row in zip(batch, drawn, strict=True):
        single = image[None]
        for index in row[4:].argsort().tolist():
            low, high = limits[index]
            single = changes[index](single, (low + row[index] * (high - low)).float().view(1, 1, 1, 1))
        expected.append(single[0])
    assert (colour.jitter(batch, term, drawn).int() - torch.stack(expected).int()).abs().max() <= 1
    assert len({tuple(row.argsort().tolist()) for row in drawn[:, 4:]}) > 3


def splitmix(number):
    """The reference, in Python's own integers."""
    mask = 2**64 - 1
    number = ((number ^ (number >> 30)) * 0xBF58476D1CE4E5B9) & mask
    number = ((number ^ (number >> 27)) * 0x94D049BB133111EB) & mask
    return number ^ (number >> 31)


def test_the_random_numbers_are_those_of_splitmix():
    from archc.data.augment.draws import mixed, signed

    given = [1, 2**63, 2**64 - 5, 0x9E3779B97F4A7C15]
    found = mixed(torch.tensor([signed(number) for number in given]))
    assert [number % 2**64 for number in found.tolist()] == [splitmix(number) for number in given]


def test_the_random_numbers_are_uniform_and_independent():
    drawn = uniform(torch.arange(20_000), 3, "test", 1)
    assert drawn.min() >= 0
    assert drawn.max() < 1
    assert (drawn.mean(0) - 0.5).abs().max() < 0.01
    assert (drawn.std(0) - math.sqrt(1 / 12)).abs().max() < 0.01
    correlation = torch.corrcoef(torch.cat((drawn, drawn.roll(1, 0)), 1).T)
    assert (correlation - torch.eye(6)).abs().max() < 0.03


AUGMENT = "[{RandomCrop: {size: 28, padding: 2}}, {RandomRotation: 10}, RandomErasing]"


@pytest.mark.parametrize("step", [5, 9])
def test_a_resumed_run_sees_the_same_changes(spec, every_step, step):
    front = spec({"train.data.augment": AUGMENT, "train.epochs": 2})
    whole = start(front, directory="whole")
    with pytest.raises(Interrupted):
        start(front, directory="stopped", observer=Recorder(interrupt_at(step)))
    assert resume("stopped").result["weights_sha256"] == whole.result["weights_sha256"]
    plain = start(spec({"train.epochs": 2}), directory="plain")
    assert plain.result["weights_sha256"] != whole.result["weights_sha256"]
