"""What each layer is: its arguments, its shape rule, its costs. Pure functions of ints."""

from collections.abc import Mapping
from typing import Final

from archc.layers.activation import LeakyReLU, LogSoftmax, ReLU, Sigmoid, Softmax, Tanh
from archc.layers.base import Layer, Shape
from archc.layers.container import Add, Concat, Multiply, Residual, Sequential
from archc.layers.conv import Conv2d
from archc.layers.dropout import Dropout, Dropout2d
from archc.layers.linear import Identity, Linear
from archc.layers.norm import BatchNorm1d, BatchNorm2d
from archc.layers.pool import AdaptiveAvgPool2d, AvgPool2d, MaxPool2d
from archc.layers.shape import Flatten

LAYERS: Final[Mapping[str, type[Layer]]] = {
    "AdaptiveAvgPool2d": AdaptiveAvgPool2d,
    "Add": Add,
    "AvgPool2d": AvgPool2d,
    "BatchNorm1d": BatchNorm1d,
    "BatchNorm2d": BatchNorm2d,
    "Concat": Concat,
    "Conv2d": Conv2d,
    "Dropout": Dropout,
    "Dropout2d": Dropout2d,
    "Flatten": Flatten,
    "Identity": Identity,
    "LeakyReLU": LeakyReLU,
    "Linear": Linear,
    "LogSoftmax": LogSoftmax,
    "MaxPool2d": MaxPool2d,
    "Multiply": Multiply,
    "ReLU": ReLU,
    "Residual": Residual,
    "Sequential": Sequential,
    "Sigmoid": Sigmoid,
    "Softmax": Softmax,
    "Tanh": Tanh,
}

__all__ = ["LAYERS", "Layer", "Shape"]
