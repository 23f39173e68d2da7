"""torchvision, importable also where its compiled part does not fit the torch that is installed.

torchvision's CUDA wheels do not load beside a CPU-only torch: their library needs CUDA, so that the operators
`torchvision::nms` and `torchvision::qnms` are missing, and `import torchvision` fails when it describes them to torch's
compiler. Data sets and transforms need no operator; declaring the two is enough.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Final

import torch

_SIGNATURE: Final = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
_OPERATORS: Final = ("torchvision::nms", "torchvision::qnms")


def import_torchvision() -> ModuleType:
    """The module `torchvision`, with `torchvision.datasets` loaded.

    Raises:
        ImportError: it is not installed.
    """
    try:
        return _import()
    except RuntimeError as error:
        if "torchvision::" not in str(error):
            raise
    for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
        del sys.modules[name]
    for operator in _OPERATORS:
        if not _is_defined(operator):
            torch.library.define(operator, _SIGNATURE)
    return _import()


def _import() -> ModuleType:
    import torchvision
    import torchvision.datasets

    module: ModuleType = torchvision
    return module


def _is_defined(operator: str) -> bool:
    namespace, name = operator.split("::")
    return hasattr(getattr(torch.ops, namespace), name)
