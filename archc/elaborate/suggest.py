"""A wrong name -> the right one: by case, by the words of other frameworks, by edit distance."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from archc.elaborate.nearest import distance, fold, nearest

__all__ = ["ARGUMENT_SYNONYMS", "LAYER_SYNONYMS", "distance", "fold", "suggest"]

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
    return nearest(folded, tuple(known))
