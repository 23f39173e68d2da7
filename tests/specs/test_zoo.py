"""The zoo: each spec is the network of its paper, as torchvision builds it."""

import json
import re
from math import sqrt

import jsonschema
import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

import archc
from archc import front
from archc.backends.source import render
from archc.backends.table import render_json
from archc.data.torchvision_import import import_torchvision
from archc.diagnostics.report import Report
from archc.reference.schema import json_schema
from archc.source import SourceFile
from archc.syntax.read import parse
from archc.syntax.tree import data_of
from tests.support.places import SPECS
from tests.support.reading import not_allowed

ZOO = sorted((SPECS / "zoo").glob("*.yaml"))

FIGURES = {
    "alexnet": (61_100_840, 714_188_480, [1000]),
    "convnext_tiny": (28_589_128, 4_455_531_264, [1000]),
    "densenet121": (7_978_856, 2_834_161_664, [1000]),
    "efficientnet_b0": (5_288_548, 385_814_752, [1000]),
    "feature_pyramid": (1_411_381, 138_674_176, [21, 32, 32]),
    "googlenet": (6_624_904, 1_498_376_192, [1000]),
    "inception_v3": (23_834_568, 5_713_216_096, [1000]),
    "lenet5": (61_706, 416_520, [10]),
    "mnasnet1_0": (4_383_312, 314_415_872, [1000]),
    "mobilenet_v2": (3_504_872, 300_774_272, [1000]),
    "mobilenet_v3_large": (5_483_032, 216_589_760, [1000]),
    "mobilenet_v3_small": (2_542_856, 56_510_400, [1000]),
    "regnet_y_400mf": (4_344_144, 401_842_848, [1000]),
    "resnet101": (44_549_160, 7_801_405_440, [1000]),
    "resnet152": (60_192_808, 11_513_626_624, [1000]),
    "resnet18": (11_689_512, 1_814_073_344, [1000]),
    "resnet34": (21_797_672, 3_663_761_408, [1000]),
    "resnet50": (25_557_032, 4_089_184_256, [1000]),
    "resnext50_32x4d": (25_028_904, 4_230_479_872, [1000]),
    "shufflenet_v2_x1_0": (2_278_604, 144_907_992, [1000]),
    "squeezenet1_0": (1_248_424, 818_924_576, [1000]),
    "squeezenet1_1": (1_235_496, 349_151_936, [1000]),
    "unet": (31_030_658, 150_428_424_448, [2, 388, 388]),
    "unet_plus_plus": (9_159_714, 4_849_827_840, [2, 96, 96]),
    "vgg11": (132_863_336, 7_609_090_048, [1000]),
    "vgg13": (133_047_848, 11_308_466_176, [1000]),
    "vgg16": (138_357_544, 15_470_264_320, [1000]),
    "vgg16_bn": (138_365_992, 15_470_264_320, [1000]),
    "vgg19": (143_667_240, 19_632_062_464, [1000]),
    "vit_b_16": (86_567_656, 17_563_828_224, [1000]),
    "wavenet": (72_800, 73_400_320, [256, 1024]),
    "wide_resnet50_2": (68_883_240, 11_398_021_120, [1000]),
}
"""Parameters, MACs for one sample, output: the totals of `archc show --format json`."""

SMALL = {
    "inception_v3": (3, 75, 75),
    "lenet5": (1, 32, 32),
    "unet": (1, 188, 188),
    "vit_b_16": (3, 32, 32),
    "wavenet": (256, 64),
}
"""The samples whose outputs are compared, where they are not 3 x 64 x 64."""

OPTIONS = {
    "googlenet": {"aux_logits": False, "init_weights": False},
    "inception_v3": {"aux_logits": False, "init_weights": False},
}


class UNet(nn.Module):
    """Torchvision has none: the network of the paper's figure 1."""

    def __init__(self):
        super().__init__()
        widths = (64, 128, 256, 512, 1024)
        self.down = nn.ModuleList(self.double(a, b) for a, b in zip((1, *widths), widths, strict=False))
        pairs = list(zip(widths[:0:-1], widths[-2::-1], strict=True))
        self.ups = nn.ModuleList(nn.ModuleList([nn.ConvTranspose2d(a, b, 2, 2), self.double(a, b)]) for a, b in pairs)
        self.last = nn.Conv2d(64, 2, 1)

    def double(self, a, b):
        return nn.Sequential(nn.Conv2d(a, b, 3), nn.ReLU(), nn.Conv2d(b, b, 3), nn.ReLU())

    def forward(self, x):
        across = []
        for double in self.down:
            across.append(double(x))
            x = nn.functional.max_pool2d(across[-1], 2)
        x = across.pop()
        for up, double in self.ups:
            x = up(x)
            skip = across.pop()
            edge = (skip.shape[-1] - x.shape[-1]) // 2
            skip = skip[..., edge : edge + x.shape[-2], edge : edge + x.shape[-1]]
            x = double(torch.cat([skip, x], 1))
        return self.last(x)


class FeaturePyramid(nn.Module):
    """Torchvision has it within its detectors: figure 3 of arXiv:1612.03144, and of arXiv:1901.02446 for the head."""

    def __init__(self, classes=21, width=64):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 32, 7, 2, 3, bias=False), nn.BatchNorm2d(32), nn.ReLU())
        widths = (32, 64, 128, 256)
        self.stages = nn.ModuleList(self.stage(a, b) for a, b in zip((32, *widths), widths, strict=False))
        self.lateral = nn.ModuleList(nn.Conv2d(channels, width, 1) for channels in reversed(widths))
        self.smooth = nn.ModuleList(nn.Conv2d(width, width, 3, padding=1) for _ in widths)
        self.head = nn.Conv2d(width, classes, 1)

    def stage(self, a, b):
        twice = nn.Sequential(
            nn.Conv2d(a, b, 3, 2, 1, bias=False),
            nn.BatchNorm2d(b),
            nn.ReLU(),
            nn.Conv2d(b, b, 3, 1, 1, bias=False),
            nn.BatchNorm2d(b),
        )
        return nn.ModuleList([twice, nn.Sequential(nn.Conv2d(a, b, 1, 2, bias=False), nn.BatchNorm2d(b))])

    def forward(self, x):
        x = self.stem(x)
        bottom_up = []
        for twice, shortcut in self.stages:
            x = torch.relu(twice(x) + shortcut(x))
            bottom_up.append(x)
        top_down = []
        for lateral, x in zip(self.lateral, reversed(bottom_up), strict=True):
            above = nn.functional.interpolate(top_down[-1], scale_factor=2) if top_down else 0
            top_down.append(lateral(x) + above)
        levels = [smooth(x) for smooth, x in zip(self.smooth, reversed(top_down), strict=True)]
        size = levels[0].shape[-2:]
        return self.head(sum(nn.functional.interpolate(level, size) for level in levels))


class UNetPlusPlus(nn.Module):
    """Torchvision has none: equation 1 of arXiv:1807.10165."""

    def __init__(self, depth=5):
        super().__init__()
        self.depth = depth
        self.conv = nn.ModuleDict()
        for i, j in self.places():
            width = 32 * 2**i
            taken = j * width + 2 * width if j else width // 2 if i else 3
            self.conv[f"{i}{j}"] = self.double(taken, width)
        self.final = nn.Conv2d(32, 2, 1)

    def places(self):
        return [(diagonal - j, j) for diagonal in range(self.depth) for j in range(diagonal + 1)]

    def double(self, a, b):
        layers = [[nn.Conv2d(c, b, 3, padding=1, bias=False), nn.BatchNorm2d(b), nn.ReLU()] for c in (a, b)]
        return nn.Sequential(*layers[0], *layers[1])

    def forward(self, image):
        x = {}
        for i, j in self.places():
            if j == 0:
                taken = nn.functional.max_pool2d(x[i - 1, 0], 2) if i else image
            else:
                below = nn.functional.interpolate(x[i + 1, j - 1], scale_factor=2, mode="bilinear", align_corners=True)
                taken = torch.cat([*(x[i, k] for k in range(j)), below], 1)
            x[i, j] = self.conv[f"{i}{j}"](taken)
        return self.final(x[0, self.depth - 1])


class WaveNet(nn.Module):
    """Torchvision has none: figure 4 of arXiv:1609.03499. The last layer has no output but its skip."""

    def __init__(self, residual=32, skip=64, dilations=(1, 2, 4, 8, 16)):
        super().__init__()
        self.first = nn.Conv1d(256, residual, 2)
        self.layers = nn.ModuleList()
        for dilation in dilations:
            layer = nn.ModuleDict()
            layer["filter"] = nn.Conv1d(residual, residual, 2, dilation=dilation)
            layer["gate"] = nn.Conv1d(residual, residual, 2, dilation=dilation)
            layer["skip"] = nn.Conv1d(residual, skip, 1)
            if dilation != dilations[-1]:
                layer["out"] = nn.Conv1d(residual, residual, 1)
            self.layers.append(layer)
        self.last = nn.Sequential(nn.ReLU(), nn.Conv1d(skip, 64, 1), nn.ReLU(), nn.Conv1d(64, 256, 1))

    def forward(self, x):
        x = self.first(nn.functional.pad(x, (1, 0)))
        skips = []
        for layer in self.layers:
            past = nn.functional.pad(x, (layer["filter"].dilation[0], 0))
            z = torch.tanh(layer["filter"](past)) * torch.sigmoid(layer["gate"](past))
            skips.append(layer["skip"](z))
            x = layer["out"](z) + x if "out" in layer else x
        return self.last(torch.stack(skips).sum(0))


def lenet5():
    """Torchvision has none."""
    return nn.Sequential(
        nn.Sequential(nn.Conv2d(1, 6, 5), nn.Tanh(), nn.AvgPool2d(2)),
        nn.Sequential(nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2)),
        nn.Sequential(nn.Conv2d(16, 120, 5), nn.Tanh(), nn.Flatten()),
        nn.Sequential(nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10)),
    )


def torchvision_model(name, **options):
    """Torchvision's network without weights. RegNet computes its widths with tensors, which meta ones have not."""
    models = import_torchvision().models
    with torch.device("cpu" if name.startswith("regnet") else "meta"):
        return models.get_model(name, weights=None, **OPTIONS.get(name, {}), **options)


def judge(name, **options):
    """The network that the spec must be."""
    by_hand = {
        "feature_pyramid": FeaturePyramid,
        "lenet5": lenet5,
        "unet": UNet,
        "unet_plus_plus": UNetPlusPlus,
        "wavenet": WaveNet,
    }
    if name not in by_hand:
        return torchvision_model(name, **options)
    with torch.device("meta"):
        return by_hand[name]()


def ours(network):
    with torch.device("meta"):
        return archc.build(network)


def random_state(model):
    """Random weights that keep the size of activations, and running statistics that are not those of a new model.

    A tensor repeats a few random numbers, as VGG has 138 million.
    """
    generator = torch.Generator().manual_seed(20)
    noise = torch.randn(65_537, generator=generator)
    made = model.state_dict()  # with the versions of its modules
    for name, tensor in list(made.items()):
        start = int(torch.randint(len(noise), (), generator=generator))
        values = noise.roll(start).repeat(tensor.numel() // len(noise) + 1)[: tensor.numel()].view(tensor.shape)
        kind = name.rpartition(".")[2]
        if not tensor.is_floating_point():
            made[name] = torch.zeros_like(tensor, device="cpu")
        elif kind == "running_var" or (kind == "weight" and tensor.dim() == 1):
            made[name] = 1 + 0.2 * values.clamp(-3, 3)
        elif tensor.dim() == 1:
            made[name] = 0.1 * values
        else:
            made[name] = values * sqrt(2 / max(1, tensor[0].numel()))
    return made


def scale_last(names):
    """ConvNeXt's layer scale is a tensor of the block itself, so that it comes before those of its layers."""
    ordered = [name for name in names if not name.endswith("layer_scale")]
    for name in names:
        if name.endswith("layer_scale"):
            block = name.replace("layer_scale", "block.")
            ordered.insert(max(i for i, other in enumerate(ordered) if other.startswith(block)) + 1, name)
    return ordered


def token_after_patches(names):
    """ViT's class token is a tensor of the network itself, so that it comes before those of the patches it precedes."""
    token, *patches = names[:3]
    return [*patches, token, *names[3:]]


ORDER = {"convnext_tiny": scale_last, "vit_b_16": token_after_patches}
"""Where torchvision makes its tensors in another order than it uses them."""

LAYERS_OF_OURS = {"layer_scale": "weight", "class_token": "weight", "pos_embedding": "weight"}
"""Tensors that are a layer's here."""


def matched(name, model, state):
    """The state of torchvision's network under the names of ours: one tensor after the other, shape by shape."""
    mine, theirs = model.state_dict(), ORDER.get(name, list)(list(state))
    assert [tuple(tensor.shape) for tensor in mine.values()] == [tuple(state[their].shape) for their in theirs]
    kinds = [their.rpartition(".")[2] for their in theirs]
    assert [key.rpartition(".")[2] for key in mine] == [LAYERS_OF_OURS.get(kind, kind) for kind in kinds]
    return {key: state[their] for key, their in zip(mine, theirs, strict=True)}


def settings(model):
    """What evaluation does not show: the momentum of batch norms, and how often something is dropped in training.

    EfficientNet makes a StochasticDepth for every block, and uses that of residual blocks.
    """
    modules = list(model.modules())
    unused = [
        m.stochastic_depth
        for m in modules
        if hasattr(m, "stochastic_depth") and not getattr(m, "use_res_connect", True)
    ]
    dropping = [m for m in modules if type(m).__name__ in ("Dropout", "StochasticDepth") and m not in unused]
    momenta = [m.momentum for m in modules if isinstance(m, nn.BatchNorm2d)]
    return {"momentum": momenta, "p": [m.p for m in dropping if m.p]}


def outputs(path, change=lambda state: None):
    """The outputs of torchvision's network and of ours for one sample, with the same weights."""
    shape = SMALL.get(path.stem, (3, 64, 64))
    options = {"image_size": shape[-1]} if path.stem.startswith("vit") else {}
    network = front.read_file(str(path), input_shape=shape).network
    theirs, mine = judge(path.stem, **options).eval(), ours(network).eval()
    for name, values in settings(theirs).items():
        assert settings(mine)[name] == pytest.approx(values), name
    state = random_state(theirs)
    theirs.load_state_dict(state, assign=True)
    moved = matched(path.stem, mine, state)
    change(moved)
    mine.load_state_dict(moved, assign=True)
    x = torch.randn(1, *shape, generator=torch.Generator().manual_seed(5))
    with torch.no_grad():
        y, z = theirs(x), mine(x)
    assert z.shape[1:] == network.output
    return y, z


def test_every_spec_of_the_zoo_has_its_figures_and_no_other():
    assert [path.stem for path in ZOO] == sorted(FIGURES)


@pytest.mark.parametrize("path", ZOO, ids=lambda path: path.stem)
def test_it_checks_without_a_warning_and_has_its_figures(path):
    report = archc.check(path)
    assert not_allowed(report) == []
    data = json.loads(render_json(archc.load(path)))
    assert (data["totals"]["params"], data["totals"]["macs"], data["output"]["shape"]) == FIGURES[path.stem]
    assert path.read_text().startswith("# yaml-language-server: $schema=../../schema/archc.schema.json\n# ")


@pytest.mark.parametrize("path", ZOO, ids=lambda path: path.stem)
def test_the_schema_accepts_it(path):
    tree = parse(SourceFile(path.name, path.read_text()), Report()).tree
    jsonschema.Draft7Validator(json_schema()).validate(data_of(tree))


@pytest.mark.parametrize("path", ZOO, ids=lambda path: path.stem)
def test_its_source_builds_the_same_modules(path):
    network = archc.load(path)
    text = render(network, path.name)
    namespace = {"__name__": "generated"}
    with torch.device("meta"):
        exec(compile(text, path.name, "exec"), namespace)
        assert re.sub(r"Pyramid|Nested|Stack", "Graph", repr(namespace["build"]())) == repr(archc.build(network))


@pytest.mark.parametrize("path", ZOO, ids=lambda path: path.stem)
def test_parameters_and_macs_are_those_of_torchvision(path):
    params, macs, output = FIGURES[path.stem]
    model = judge(path.stem).eval().to("meta")
    assert sum(p.numel() for p in model.parameters()) == params
    with FlopCounterMode(display=False) as counter:
        y = model(torch.empty(1, *archc.load(path).input, device="meta"))
    assert counter.get_total_flops() == 2 * macs
    assert list(y.shape[1:]) == output


@pytest.mark.slow
@pytest.mark.parametrize("path", ZOO, ids=lambda path: path.stem)
def test_outputs_are_those_of_torchvision_under_its_weights(path):
    theirs, mine = outputs(path)
    assert theirs.std() > 1e-3
    torch.testing.assert_close(mine, theirs, rtol=1e-5, atol=1e-5 * float(theirs.abs().max().clamp(min=1)))


@pytest.mark.parametrize("kind", ["running_mean", "running_var", "bias"])
def test_a_single_wrong_tensor_shows_in_the_outputs(kind):
    def change(state):
        name = [name for name in state if name.endswith(kind)][10]
        state[name] = state[name].roll(1)

    theirs, mine = outputs(next(path for path in ZOO if path.stem == "resnet18"), change)
    assert (mine - theirs).abs().max() > 1e-3 * theirs.abs().max()
