"""A network -> files that other programs read: weights as safetensors."""

from __future__ import annotations

import torch
from safetensors.torch import save

from archc import __version__
from archc.backends.torch import build
from archc.network import Network


def weights(network: Network, seed: int) -> bytes:
    """The freshly initialised weights of a network as the bytes of a safetensors file.

    They are those that hand-written code has after `torch.manual_seed(seed)`; torch's global generator is left as it
    was. The keys are those of `state_dict()`, so `load_state_dict` takes them as they are.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        state = build(network).state_dict()
    metadata = {"format": "pt", "archc": __version__, "network": network.name, "seed": str(seed)}
    return save({name: tensor.contiguous() for name, tensor in state.items()}, metadata)
