"""E35x: what a layer keeps for each token of its input, and how many of those the data has."""

from __future__ import annotations

from archc.diagnostics.fault import Family, Fault, Remedy, Stage

fault = Family("E3", Stage.SHAPES, "Shapes")


@fault("E350", "tokens-unknown")
class TokensUnknown(Fault):
    """An Embedding keeps a vector for each token. How many there are, data of `Text` says; else the layer has to.

    ```yaml bad
    archc: 1
    input: {shape: [64], dtype: int64}
    layers:
      - Embedding: {embedding_dim: 8}  # error: tokens-unknown
    ```

    ```yaml good
    archc: 1
    input: {shape: [64], dtype: int64}
    layers:
      - Embedding: {num_embeddings: 10000, embedding_dim: 8}
    ```
    """

    gives_output = True

    def message(self) -> str:
        return "`num_embeddings` is left out, and nothing else says how many tokens there are"

    def help(self) -> str:
        return "write it: one more than the largest number that the input has"


@fault("E351", "too-few-vectors")
class TooFewVectors(Fault):
    """An Embedding has fewer vectors than the data has tokens, so that some would have none.

    ```yaml bad
    archc: 1
    input: {shape: [64], dtype: int64}
    layers:
      - Embedding: {num_embeddings: 128, embedding_dim: 8}  # error: too-few-vectors
      - Flatten
      - Linear: 2
    train:
      data: {name: Text, file: mail.csv, text: body, target: kind, tokens: bytes, length: 64, classes: [ham, spam]}
      loss: CrossEntropyLoss
      optimizer: Adam
      epochs: 1
    ```

    ```yaml good
    archc: 1
    input: {shape: [64], dtype: int64}
    layers:
      - Embedding: {embedding_dim: 8}
      - Flatten
      - Linear: 2
    train:
      data: {name: Text, file: mail.csv, text: body, target: kind, tokens: bytes, length: 64, classes: [ham, spam]}
      loss: CrossEntropyLoss
      optimizer: Adam
      epochs: 1
    ```
    """

    gives_output = True

    written: int
    tokens: int

    def message(self) -> str:
        return f"`num_embeddings` is {self.written:,}, and the data has {self.tokens:,} tokens"

    def help(self) -> str:
        return f"leave it out, or write {self.tokens}"

    def remedy(self) -> Remedy:
        return Remedy(f"write {self.tokens}", str(self.tokens))
