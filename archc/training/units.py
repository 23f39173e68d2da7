"""Numbers that are learnt in a scale of their own, as deviations from a mean: there and back again."""

from __future__ import annotations

import torch
from torch import Tensor

from archc.data.fitted import Scale


class Units:
    """The scale of targets with (N, ...) numbers each, as many as the scale has.

    Networks learn `(target - centre) / spread`; figures and predictions are in the targets' own units.
    """

    def __init__(self, scale: Scale) -> None:
        self._scale = scale
        self._on: dict[torch.device, tuple[Tensor, Tensor]] = {}

    def learnt(self, targets_n: Tensor) -> Tensor:
        """Targets in their own units -> as a network learns them."""
        centre, spread = self._at(targets_n)
        return ((targets_n.reshape(len(targets_n), -1) - centre) / spread).view_as(targets_n)

    def own(self, outputs_n: Tensor) -> Tensor:
        """Outputs of a network -> in the units of the targets."""
        centre, spread = self._at(outputs_n)
        return (outputs_n.reshape(len(outputs_n), -1) * spread + centre).view_as(outputs_n)

    def variances(self, outputs_n: Tensor) -> Tensor:
        """Variances that a network gives -> in the square of the units of the targets."""
        _, spread = self._at(outputs_n)
        return (outputs_n.reshape(len(outputs_n), -1) * spread.square()).view_as(outputs_n)

    def _at(self, values_n: Tensor) -> tuple[Tensor, Tensor]:
        """The scale on the device of these values. Copied there once: a copy waits for the device."""
        device = values_n.device
        if device not in self._on:
            centre, spread = (torch.tensor(part, dtype=torch.float32, device=device) for part in self._scale)
            self._on[device] = centre, spread
        return self._on[device]
