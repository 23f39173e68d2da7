"""A network -> files that other programs read: weights as safetensors."""

from __future__ import annotations

import json

import torch
from safetensors.torch import save

from archc.backends.torch import build
from archc.network import Network
from archc.version import __version__


def weights(network: Network, seed: int) -> bytes:
    """The freshly initialised weights of a network as the bytes of a safetensors file.

    They are those that hand-written code has after `torch.manual_seed(seed)`; torch's global generator is left as it
    was. The keys are those of `state_dict()`, so `load_state_dict` takes them as they are.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        state = build(network).state_dict()
    metadata = {"format": "pt", "archc": __version__, "network": network.name, "seed": str(seed)}
    return in_one_order(save({name: tensor.contiguous() for name, tensor in state.items()}, metadata))


def in_one_order(data: bytes) -> bytes:
    """A safetensors file with its metadata sorted by key: safetensors writes them in another order in each call.

    A file is the length of its header (8 bytes, little-endian), the header as JSON, filled up with spaces to a multiple
    of 8 bytes, and the tensors, whose places in the header count from its end.
    """
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + data[8 + length :]
