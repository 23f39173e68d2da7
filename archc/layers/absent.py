"""The classes of torch.nn that are no layers of archc, each with the reason."""

from collections.abc import Mapping
from typing import Final

_TWO_INPUTS: Final = "it takes two tensors, and a Sequential hands on one"
_LOSS: Final = "it is a loss: name it in `train: {loss: ...}`"
_INDICES: Final = "it needs the indices of a MaxPool beside its input, and a Sequential hands on one tensor"
_CELL: Final = "it is one step of a recurrent network, with a state beside its input"
_LAZY: Final = "archc infers the sizes of every layer: write `{}`"
_LISTS: Final = "it only stores modules or parameters, and cannot be run"

ABSENT: Final[Mapping[str, str]] = {
    "AdaptiveLogSoftmaxWithLoss": "it takes the targets beside its input and returns a loss",
    "Bilinear": _TWO_INPUTS,
    "CosineSimilarity": _TWO_INPUTS,
    "PairwiseDistance": _TWO_INPUTS,
    "Transformer": "it takes a source and a target; `TransformerEncoder` takes one sequence",
    "TransformerDecoder": "it takes the encoder's output beside its input; `TransformerEncoder` takes one sequence",
    "TransformerDecoderLayer": "it takes the encoder's output beside its input; "
    "`TransformerEncoderLayer` takes one sequence",
    "MaxUnpool1d": _INDICES,
    "MaxUnpool2d": _INDICES,
    "MaxUnpool3d": _INDICES,
    "RNNBase": "it is the base of `RNN`, `LSTM` and `GRU`",
    "RNNCellBase": "it is the base of the recurrent cells",
    "RNNCell": f"{_CELL}; write `RNN`",
    "LSTMCell": f"{_CELL}; write `LSTM`",
    "GRUCell": f"{_CELL}; write `GRU`",
    "Module": "it is the base of every module",
    "Container": "it is an old name of `Module`",
    "ModuleDict": _LISTS,
    "ModuleList": _LISTS,
    "ParameterDict": _LISTS,
    "ParameterList": _LISTS,
    "Parameter": "it is a tensor",
    "Buffer": "it is a tensor",
    "UninitializedBuffer": "it is a tensor",
    "UninitializedParameter": "it is a tensor",
    "DataParallel": "it spreads a network over devices, which is no part of an architecture",
    "SyncBatchNorm": "it is a BatchNorm over several processes; write `BatchNorm2d`, and convert the built model",
    "CrossMapLRN2d": "it is an old form of `LocalResponseNorm`",
    "LazyBatchNorm1d": _LAZY.format("BatchNorm1d"),
    "LazyBatchNorm2d": _LAZY.format("BatchNorm2d"),
    "LazyBatchNorm3d": _LAZY.format("BatchNorm3d"),
    "LazyConv1d": _LAZY.format("Conv1d"),
    "LazyConv2d": _LAZY.format("Conv2d"),
    "LazyConv3d": _LAZY.format("Conv3d"),
    "LazyConvTranspose1d": _LAZY.format("ConvTranspose1d"),
    "LazyConvTranspose2d": _LAZY.format("ConvTranspose2d"),
    "LazyConvTranspose3d": _LAZY.format("ConvTranspose3d"),
    "LazyInstanceNorm1d": _LAZY.format("InstanceNorm1d"),
    "LazyInstanceNorm2d": _LAZY.format("InstanceNorm2d"),
    "LazyInstanceNorm3d": _LAZY.format("InstanceNorm3d"),
    "LazyLinear": _LAZY.format("Linear"),
    "BCELoss": _LOSS,
    "BCEWithLogitsLoss": _LOSS,
    "CTCLoss": _LOSS,
    "CosineEmbeddingLoss": _LOSS,
    "CrossEntropyLoss": _LOSS,
    "GaussianNLLLoss": _LOSS,
    "HingeEmbeddingLoss": _LOSS,
    "HuberLoss": _LOSS,
    "KLDivLoss": _LOSS,
    "L1Loss": _LOSS,
    "LinearCrossEntropyLoss": _LOSS,
    "MSELoss": _LOSS,
    "MarginRankingLoss": _LOSS,
    "MultiLabelMarginLoss": _LOSS,
    "MultiLabelSoftMarginLoss": _LOSS,
    "MultiMarginLoss": _LOSS,
    "NLLLoss": _LOSS,
    "NLLLoss2d": _LOSS,
    "PoissonNLLLoss": _LOSS,
    "SmoothL1Loss": _LOSS,
    "SoftMarginLoss": _LOSS,
    "TripletMarginLoss": _LOSS,
    "TripletMarginWithDistanceLoss": _LOSS,
}
"""For each class of torch.nn that is no layer: the reason, as it goes on after "`X` is no layer: "."""
