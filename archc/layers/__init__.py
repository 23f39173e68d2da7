"""What each layer is: its arguments, its shape rule, its costs. Pure functions of ints."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Final

from archc.layers.base import Layer, Shape

_MODULES: Final[Mapping[str, str]] = {
    "AdaptiveAvgPool1d": "pool_adaptive",
    "AdaptiveAvgPool2d": "pool_adaptive",
    "AdaptiveAvgPool3d": "pool_adaptive",
    "AdaptiveMaxPool1d": "pool_adaptive",
    "AdaptiveMaxPool2d": "pool_adaptive",
    "AdaptiveMaxPool3d": "pool_adaptive",
    "Add": "container",
    "AlphaDropout": "dropout",
    "AvgPool1d": "pool",
    "AvgPool2d": "pool",
    "AvgPool3d": "pool",
    "BatchNorm1d": "norm",
    "BatchNorm2d": "norm",
    "BatchNorm3d": "norm",
    "CELU": "rectifier",
    "ChannelShuffle": "pixels",
    "CircularPad1d": "padding",
    "CircularPad2d": "padding",
    "CircularPad3d": "padding",
    "ClassToken": "embedding",
    "Concat": "container",
    "ConstantPad1d": "padding",
    "ConstantPad2d": "padding",
    "ConstantPad3d": "padding",
    "Conv1d": "conv",
    "Conv2d": "conv",
    "Conv3d": "conv",
    "ConvTranspose1d": "conv_transpose",
    "ConvTranspose2d": "conv_transpose",
    "ConvTranspose3d": "conv_transpose",
    "Dropout": "dropout",
    "Dropout1d": "dropout",
    "Dropout2d": "dropout",
    "Dropout3d": "dropout",
    "ELU": "rectifier",
    "Embedding": "embedding",
    "FeatureAlphaDropout": "dropout",
    "Flatten": "shape",
    "Fold": "pixels",
    "FractionalMaxPool2d": "pool_adaptive",
    "FractionalMaxPool3d": "pool_adaptive",
    "GELU": "activation",
    "GLU": "softmax",
    "GRU": "recurrent",
    "GroupNorm": "norm_sample",
    "Hardshrink": "rectifier",
    "Hardsigmoid": "activation",
    "Hardswish": "activation",
    "Hardtanh": "rectifier",
    "Identity": "linear",
    "InstanceNorm1d": "norm",
    "InstanceNorm2d": "norm",
    "InstanceNorm3d": "norm",
    "LPPool1d": "pool_adaptive",
    "LPPool2d": "pool_adaptive",
    "LPPool3d": "pool_adaptive",
    "LSTM": "recurrent",
    "LayerNorm": "norm_sample",
    "LayerScale": "branch",
    "LeakyReLU": "rectifier",
    "Linear": "linear",
    "LocalResponseNorm": "norm_sample",
    "LogSigmoid": "activation",
    "LogSoftmax": "softmax",
    "MaxPool1d": "pool",
    "MaxPool2d": "pool",
    "MaxPool3d": "pool",
    "Mean": "shape",
    "Mish": "activation",
    "MultiheadAttention": "attention",
    "Multiply": "container",
    "PReLU": "rectifier",
    "Permute": "shape",
    "PixelShuffle": "pixels",
    "PixelUnshuffle": "pixels",
    "PositionEmbedding": "embedding",
    "RMSNorm": "norm_sample",
    "RNN": "recurrent",
    "RReLU": "rectifier",
    "ReLU": "rectifier",
    "ReLU6": "rectifier",
    "ReflectionPad1d": "padding",
    "ReflectionPad2d": "padding",
    "ReflectionPad3d": "padding",
    "ReplicationPad1d": "padding",
    "ReplicationPad2d": "padding",
    "ReplicationPad3d": "padding",
    "Residual": "container",
    "SELU": "rectifier",
    "Select": "shape",
    "Sequential": "container",
    "SiLU": "activation",
    "Sigmoid": "activation",
    "Softmax": "softmax",
    "Softmax2d": "softmax",
    "Softmin": "softmax",
    "Softplus": "activation",
    "Softshrink": "rectifier",
    "Softsign": "activation",
    "StochasticDepth": "branch",
    "Tanh": "activation",
    "Tanhshrink": "activation",
    "Threshold": "rectifier",
    "TransformerEncoder": "attention",
    "TransformerEncoderLayer": "attention",
    "Unflatten": "shape",
    "Unfold": "pixels",
    "Upsample": "pixels",
    "UpsamplingBilinear2d": "pixels",
    "UpsamplingNearest2d": "pixels",
    "ZeroPad1d": "padding",
    "ZeroPad2d": "padding",
    "ZeroPad3d": "padding",
}
"""Each layer, with the module of this folder that holds its class."""


class _Table(Mapping[str, type[Layer]]):
    """The classes by name. A class is imported when it is first asked for: a spec uses a few of them."""

    def __getitem__(self, name: str) -> type[Layer]:
        module = import_module(f"archc.layers.{_MODULES[name]}")
        found: type[Layer] = getattr(module, name)
        return found

    def __contains__(self, name: object) -> bool:
        return name in _MODULES

    def __iter__(self) -> Iterator[str]:
        return iter(_MODULES)

    def __len__(self) -> int:
        return len(_MODULES)


LAYERS: Final[Mapping[str, type[Layer]]] = _Table()

__all__ = ["LAYERS", "Layer", "Shape"]
