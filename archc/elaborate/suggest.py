"""A wrong name -> the right one: by case, by the words of other frameworks, by edit distance."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

LAYER_SYNONYMS: Final = {
    "dense": "Linear",
    "fullyconnected": "Linear",
    "fc": "Linear",
    "conv": "Conv2d",
    "convolution": "Conv2d",
    "convolution2d": "Conv2d",
    "maxpooling2d": "MaxPool2d",
    "maxpool": "MaxPool2d",
    "averagepooling2d": "AvgPool2d",
    "avgpool": "AvgPool2d",
    "globalaveragepooling2d": "AdaptiveAvgPool2d",
    "adaptiveaveragepool2d": "AdaptiveAvgPool2d",
    "batchnormalization": "BatchNorm2d",
    "batchnorm": "BatchNorm2d",
    "spatialdropout2d": "Dropout2d",
    "relu": "ReLU",
    "rectifier": "ReLU",
    "logistic": "Sigmoid",
    "reshape": "Flatten",
}
"""Other frameworks' words for layers, folded."""

ARGUMENT_SYNONYMS: Final = {
    "filters": ("out_channels",),
    "units": ("out_features",),
    "kernel": ("kernel_size",),
    "kernelsize": ("kernel_size",),
    "ksize": ("kernel_size",),
    "size": ("kernel_size", "output_size"),
    "poolsize": ("kernel_size",),
    "strides": ("stride",),
    "pad": ("padding",),
    "dilationrate": ("dilation",),
    "usebias": ("bias",),
    "rate": ("p",),
    "prob": ("p",),
    "probability": ("p",),
    "alpha": ("negative_slope",),
    "axis": ("dim",),
    "epsilon": ("eps",),
    "learningrate": ("lr",),
    "channels": ("out_channels", "num_features"),
    "features": ("out_features", "num_features"),
    "out": ("out_features", "out_channels"),
    "inputdim": ("in_features",),
    "batchsize": ("batch_size",),
    "dataset": ("data", "name"),
    "criterion": ("loss",),
    "optim": ("optimizer",),
    "numepochs": ("epochs",),
    "inputshape": ("input",),
    "inputsize": ("input",),
    "std": ("std",),
}
"""Other frameworks' words for arguments and keys, folded, with those of torch that they may mean."""


def fold(name: str) -> str:
    """A name without case, underscores and hyphens."""
    return name.replace("_", "").replace("-", "").casefold()


def suggest(name: str, known: Iterable[str], synonyms: dict[str, str] | None = None) -> str | None:
    """The one known name that `name` most likely means; None where none or several are as likely."""
    known = list(known)
    folded = fold(name)
    same = [candidate for candidate in known if fold(candidate) == folded]
    if len(same) == 1:
        return same[0]
    if synonyms and synonyms.get(folded) in known:
        return synonyms[folded]
    for candidate in ARGUMENT_SYNONYMS.get(folded, ()):
        if candidate in known:
            return candidate
    return _nearest(folded, known)


def _nearest(folded: str, known: list[str]) -> str | None:
    """The known name at the least edit distance, if it is small for its length and no other is as near."""
    if len(folded) > 64:
        return None
    near = sorted(
        (steps, candidate)
        for candidate in known
        if abs(len(folded) - len(fold(candidate))) <= (most := _most_steps(folded, fold(candidate)))
        and (steps := distance(folded, fold(candidate))) <= most
    )
    if not near or (len(near) > 1 and near[0][0] == near[1][0]):
        return None
    return near[0][1]


def _most_steps(a: str, b: str) -> int:
    """The edit distance up to which two words are near."""
    return max(1, min(len(a), len(b)) // 3)


def distance(a: str, b: str) -> int:
    """The number of insertions, deletions, replacements and swaps of neighbours between two words.

    Source: optimal string alignment, https://en.wikipedia.org/wiki/Damerau-Levenshtein_distance
    """
    two_back: list[int] = []
    back = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            cost = min(back[j] + 1, row[j - 1] + 1, back[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, two_back[j - 2] + 1)
            row.append(cost)
        two_back, back = back, row
    return back[-1]
