"""Learned vectors: for whole numbers, for positions, and for the class token of a vision transformer."""

from typing import Annotated, Literal, Self

from archc.diagnostics import catalog
from archc.layers.base import FEATURES, SEQUENCE, STEPS, TO_FLOAT, Layer, Origin, Reach, Readings, Shape
from archc.terms.record import Doc
from archc.terms.values import Flag, Index, NonNegative, Positive, Size, choice

_EmbedDim = Annotated[Size | None, Doc("Features of the input; inferred.")]
_NumEmbeddings = Annotated[
    Size | None, Doc("How many numbers there are: one more than the largest; inferred from data of `Text`.")
]


def _check_padding(size: int | None, index: int | None) -> None:
    if size is not None and index is not None and not -size <= index < size:
        raise catalog.axes.NoSuchIndex(field="padding_idx", index=index, size=size)


def _rows(written: int | None, tokens: int | None, padding: int | None) -> int:
    """How many vectors there are, one for each token of the data.

    Raises:
        Fault: neither the layer nor the data says it, or the layer has fewer than the data has tokens.
    """
    size = tokens if written is None else written
    if size is None:
        raise catalog.tokens.TokensUnknown(field="num_embeddings")
    if tokens is not None and size < tokens:
        raise catalog.tokens.TooFewVectors(field="num_embeddings", written=size, tokens=tokens)
    _check_padding(size, padding)
    return size


class Embedding(Layer):
    """A learned vector for each of the numbers 0 to `num_embeddings - 1`.

    Shape: `(*) -> (*, embedding_dim)`. The input holds whole numbers: `input: {shape: [...], dtype: int64}`.
    """

    family = "embedding"
    only_matrices = True
    positional = 2
    of_data = ("num_embeddings",)
    dtypes = {"int64": "float32"}

    num_embeddings: _NumEmbeddings = None
    embedding_dim: Annotated[Size, Doc("Size of each vector.")]
    padding_idx: Annotated[Index | None, Doc("A number whose vector is zero and not learned.")] = None
    max_norm: Annotated[NonNegative | None, Doc("Vectors of a larger norm are shortened to it.")] = None
    norm_type: Annotated[Positive, Doc("The p of that norm.")] = 2.0
    scale_grad_by_freq: Annotated[Flag, Doc("Divide gradients by how often a number is in the batch.")] = False
    sparse: Annotated[Flag, Doc("Make gradients sparse; few optimizers take them.")] = False

    def check(self) -> None:
        _check_padding(self.num_embeddings, self.padding_idx)

    def for_tokens(self, tokens: int | None) -> Self:
        return self.replace(num_embeddings=_rows(self.num_embeddings, tokens, self.padding_idx))

    def infer(self, x: Shape) -> Shape:
        return (*x, self.embedding_dim)

    def reads(self, x: Shape) -> Readings:
        return ("steps",) if len(x) == 1 else ()

    def origins(self, x: Shape) -> tuple[Origin, ...]:
        return (*range(len(x)), "features")

    def params(self, x: Shape) -> int:
        return (self.num_embeddings or 0) * self.embedding_dim

    def reach(self, x: Shape) -> Reach:
        return None


class EmbeddingBag(Layer):
    """The mean, sum or largest values of the learned vectors of a bag of numbers from 0 to `num_embeddings - 1`.

    Shape: `(length) -> (embedding_dim)`. All bags have one length; `padding_idx` fills shorter ones and counts nothing.
    """

    family = "embedding"
    only_matrices = True
    positional = 2
    of_data = ("num_embeddings",)
    dtypes = {"int64": "float32"}
    ranks = {1: "steps"}

    num_embeddings: _NumEmbeddings = None
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
        _check_padding(self.num_embeddings, self.padding_idx)
        for name in ("scale_grad_by_freq", "sparse"):
            if self.mode == "max" and getattr(self, name):
                reason = "torch has no such gradient of the largest values"
                raise catalog.values.Contradiction(field=name, first="mode", second=name, reason=reason)

    def for_tokens(self, tokens: int | None) -> Self:
        return self.replace(num_embeddings=_rows(self.num_embeddings, tokens, self.padding_idx))

    def infer(self, x: Shape) -> Shape:
        return (self.embedding_dim,)

    def origins(self, x: Shape) -> tuple[Origin, ...]:
        return ("features",)

    def params(self, x: Shape) -> int:
        return (self.num_embeddings or 0) * self.embedding_dim

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
