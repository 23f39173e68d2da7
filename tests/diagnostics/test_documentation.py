"""Examples in the documentation of faults: written without their head, shown whole."""

from archc.diagnostics.documentation import documentation, examples


class Documented:
    """A sentence.

    ```yaml bad [4]
    layers: [ReLU]  # error: x
    ```

    ```yaml good
    train:
      optimizer: Adam
      metrics: [f1]
    ```

    ```yaml good
    input: [4]
    layers: [ReLU]
    ```
    """


def test_an_example_without_its_head_is_shown_as_a_whole_spec():
    assert [example.text for example in examples(Documented)] == [
        "archc: 1\ninput: [4]\nlayers: [ReLU]  # error: x\n",
        "archc: 1\ninput: [1, 28, 28]\nlayers: [Flatten, {Linear: 10}]\ntrain:\n  data: {name: MNIST}\n"
        "  loss: CrossEntropyLoss\n  optimizer: Adam\n  epochs: 5\n  metrics: [f1]\n",
        "input: [4]\nlayers: [ReLU]\n",
    ]


def test_the_sentence_stays_and_the_fence_says_the_kind_alone():
    assert documentation(Documented).startswith("A sentence.\n\n```yaml bad\narchc: 1\n")
