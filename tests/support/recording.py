"""A recorder of steps without a CUDA device: it runs them again, with the settings that they had when recorded."""

import torch

from archc.machine import randomness
from archc.training import optimizer as optimizers

CPU = torch.device("cpu")


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
