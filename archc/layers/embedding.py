"""Learned vectors: for whole numbers, for positions, and for the class token of a vision transformer."""

from typing import Annotated, Literal

from archc.diagnostics import catalog
from archc.layers.base import FEATURES, SEQUENCE, STEPS, TO_FLOAT, Layer, Origin, Reach, Readings, Shape
from archc.terms.record import Doc
from archc.terms.values import Flag, Index, NonNegative, Positive, Size, choice

_EmbedDim = Annotated[Size | None, Doc("Features of the input; inferred.")]


class Embedding(Layer):
    """A learned vector for each of the numbers 0 to `num_embeddings - 1`.

    Shape: `(*) -> (*, embedding_dim)`. The input holds whole numbers: `input: {shape: [...], dtype: int64}`.
    """

    family = "embedding"
    only_matrices = True
    positional = 2
    dtypes = {"int64": "float32"}

    num_embeddings: Annotated[Size, Doc("How many numbers there are: one more than the largest.")]
    embedding_dim: Annotated[Size, Doc("Size of each vector.")]
    padding_idx: Annotated[Index | None, Doc("A number whose vector is zero and not learned.")] = None
    max_norm: Annotated[NonNegative | None, Doc("Vectors of a larger norm are shortened to it.")] = None
    norm_type: Annotated[Positive, Doc("The p of that norm.")] = 2.0
    scale_grad_by_freq: Annotated[Flag, Doc("Divide gradients by how often a number is in the batch.")] = False
    sparse: Annotated[Flag, Doc("Make gradients sparse; few optimizers take them.")] = False

    def check(self) -> None:
        size = self.num_embeddings
        if self.padding_idx is not None and not -size <= self.padding_idx < size:
            raise catalog.axes.NoSuchIndex(field="padding_idx", index=self.padding_idx, size=size)

    def infer(self, x: Shape) -> Shape:
        return (*x, self.embedding_dim)

    def reads(self, x: Shape) -> Readings:
        return ("steps",) if len(x) == 1 else ()

    def origins(self, x: Shape) -> tuple[Origin, ...]:
        return (*range(len(x)), "features")

    def params(self, x: Shape) -> int:
        return self.num_embeddings * self.embedding_dim

    def reach(self, x: Shape) -> Reach:
        return None


class EmbeddingBag(Layer):
    """The mean, sum or largest values of the learned vectors of a bag of numbers from 0 to `num_embeddings - 1`.

    Shape: `(length) -> (embedding_dim)`. All bags have one length; `padding_idx` fills shorter ones and counts nothing.
    """

    family = "embedding"
    only_matrices = True
    positional = 2
    dtypes = {"int64": "float32"}
    ranks = {1: "steps"}

    num_embeddings: Annotated[Size, Doc("How many numbers there are: one more than the largest.")]
    embedding_dim: Annotated[Size, Doc("Size of each vector.")]
    max_norm: Annotated[NonNegative | None, Doc("Vectors of a larger norm are shortened to it.")] = None
    norm_type: Annotated[Positive, Doc("The p of that norm.")] = 2.0
    scale_grad_by_freq: Annotated[Flag, Doc("Divide gradients by how often a number is in the batch.")] = False
    mode: Annotated[
        Literal["mean", "sum", "max"], choice("mean", "sum", "max"), Doc("What is made of the vectors of a bag.")
    ] = "mean"
    sparse: Annotated[Flag, Doc("Make gradients sparse; few optimizers take them.")] = False
    padding_idx: Annotated[Index | None, Doc("A number whose vector is zero, not learned, and left out.")] = None

    def check(self) -> None:
        size = self.num_embeddings
        if self.padding_idx is not None and not -size <= self.padding_idx < size:
            raise catalog.axes.NoSuchIndex(field="padding_idx", index=self.padding_idx, size=size)
        for name in ("scale_grad_by_freq", "sparse"):
            if self.mode == "max" and getattr(self, name):
                reason = "torch has no such gradient of the largest values"
                raise catalog.values.Contradiction(field=name, first="mode", second=name, reason=reason)

    def infer(self, x: Shape) -> Shape:
        return (self.embedding_dim,)

    def origins(self, x: Shape) -> tuple[Origin, ...]:
        return ("features",)

    def params(self, x: Shape) -> int:
        return self.num_embeddings * self.embedding_dim

    def reach(self, x: Shape) -> Reach:
        return None


class ClassToken(Layer):
    """Put a learned vector before the first step of a sequence, from which a vision transformer reads the class.

    Shape: `(L, embed_dim) -> (1 + L, embed_dim)`. The vector begins as zeros.
    """

    family = "embedding"
    url = "https://arxiv.org/abs/2010.11929"
    positional = 1
    ranks = SEQUENCE
    dtypes = TO_FLOAT
    sizes = {"embed_dim": FEATURES}

    embed_dim: _EmbedDim = None

    def infer(self, x: Shape) -> Shape:
        return (1 + x[0], x[1])

    def params(self, x: Shape) -> int:
        return x[1]

    def reach(self, x: Shape) -> Reach:
        return None


class PositionEmbedding(Layer):
    """Add a learned vector to each step of a sequence: `y = x + weight`.

    Shape: `(num_positions, embed_dim) -> (num_positions, embed_dim)`. After `ClassToken` its position is one of them.
    The vectors begin with a standard deviation of 0.02.
    """

    family = "embedding"
    url = "https://arxiv.org/abs/2010.11929"
    positional = 2
    ranks = SEQUENCE
    dtypes = TO_FLOAT
    sizes = {"num_positions": STEPS, "embed_dim": FEATURES}

    num_positions: Annotated[Size | None, Doc("Steps of the input; inferred.")] = None
    embed_dim: _EmbedDim = None

    def params(self, x: Shape) -> int:
        return x[0] * x[1]
