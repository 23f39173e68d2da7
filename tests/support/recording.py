"""A recorder of steps without a CUDA device: it runs them again, with the settings that they had when recorded."""

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from archc.machine import randomness
from archc.training import optimizer as optimizers

CPU = torch.device("cpu")


class Unwaiting(TorchDispatchMode):
    """Refuses what a recording on CUDA refuses: an operation after which Python has to wait for the device.

    Such are numbers for Python (`item`, `bool`) and sizes that depend on values (`nonzero`, a mask as an
    index, `unique`). Copies to another device cannot be seen here.
    """

    WAIT = frozenset(
        {"_local_scalar_dense", "is_nonzero", "equal", "nonzero", "masked_select", "unique", "_unique2", "unique_dim"}
    )

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        name = func.overloadpacket.__name__
        masked = name in ("index", "index_put", "index_put_") and any(
            index is not None and index.dtype in (torch.bool, torch.uint8) for index in args[1]
        )
        if name in self.WAIT or masked:
            raise RuntimeError(f"operation not permitted when stream is capturing: {name}")
        return func(*args, **(kwargs or {}))


class Replaying:
    """What `CudaRecorder` does, by calling the function again. `follow` the parts of a training before its first step.

    As kernels that are recorded, a replay keeps the numbers of the optimizer's groups, and reads their tensors.
    """

    def __init__(self):
        self.ran_beside = 0
        self.replays = 0
        self.capturable = []

    def follow(self, parts):
        self.parts = parts
        return self

    def beside(self, function):
        self.ran_beside += 1
        return function()

    def record(self, function):
        groups = self.parts.optimizer.param_groups
        self.settings = [dict(group) for group in groups]
        self.capturable = [group.get("capturable") for group in groups]
        self.function = function
        before, generators = [(tensor, tensor.clone()) for tensor in self.tensors()], randomness.states(CPU)
        with Unwaiting():
            self.gives = function()
        with torch.no_grad():
            for tensor, copied in before:
                tensor.copy_(copied)
            for tensor in self.gives:
                tensor.fill_(float("nan"))
        randomness.restore(generators, CPU)
        return self.gives

    def tensors(self):
        return [*self.parts.model.state_dict().values(), *optimizers.tensors(self.parts.optimizer).values()]

    def replay(self):
        self.replays += 1
        groups = self.parts.optimizer.param_groups
        kept = [dict(group) for group in groups]
        for group, settings in zip(groups, self.settings, strict=True):
            group.update(settings)
        for tensor, value in zip(self.gives, self.function(), strict=True):
            tensor.copy_(value)
        for group, settings in zip(groups, kept, strict=True):
            group.update(settings)


class Refusing(Replaying):
    """torch's answer to a step that waits for the device."""

    def record(self, function):
        raise RuntimeError("operation not permitted when stream is capturing\nCUDA error")


class Lying(Replaying):
    """A device whose recorded step is another one."""

    def replay(self):
        super().replay()
        with torch.no_grad():
            next(self.parts.model.parameters()).add_(1)
