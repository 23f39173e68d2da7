"""What would go wrong while training is found before: one diagnostic each, and nothing where it would go well."""

import pytest

from tests.support.reading import findings, front, train

OUTPUTS = {
    ("Linear: 10", "CrossEntropyLoss"): [],
    ("Linear: 9", "CrossEntropyLoss"): ["too-few-outputs: Linear"],
    ("Linear: 12", "CrossEntropyLoss"): ["more-outputs-than-classes: Linear"],
    ("Linear: 12", "MSELoss"): ["too-few-outputs: Linear"],
    ("Linear: 10", "MSELoss"): [],
    ("Linear: 10", "NLLLoss"): ["nll-without-log-softmax: loss: NLLLoss"],
    ("Sequential: [{Linear: 10}, {LogSoftmax: 1}]", "NLLLoss"): [],
    ("Sequential: [{Linear: 10}, {LogSoftmax: 1}]", "CrossEntropyLoss"): ["log-softmax-without-nll: LogSoftmax"],
    ("Sequential: [{Linear: 10}, {LogSoftmax: 1}]", "MSELoss"): ["log-softmax-without-nll: LogSoftmax"],
    ("Sequential: [{Linear: 10}, {Softmax: 1}]", "CrossEntropyLoss"): ["softmax-before-cross-entropy: Softmax"],
    ("Sequential: [{Linear: 10}, {Softmax: 1}]", "MSELoss"): [],
    ("Sequential: [{Linear: 10}, {Residual: [{Linear: 10}, {Softmax: 1}]}]", "CrossEntropyLoss"): [],
    ("Linear: 10", "{CrossEntropyLoss: {weight: [1, 2]}}"): [
        "class-weights-differ: loss: {CrossEntropyLoss: {weight: [1, 2]}}"
    ],
    ("Linear: 8", "{CrossEntropyLoss: {weight: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]}}"): ["too-few-outputs: Linear"],
}


@pytest.mark.parametrize(("last", "loss"), OUTPUTS)
def test_the_last_layer_and_the_loss_fit_the_classes(last, loss):
    text = train(loss=loss).replace("{Linear: 10}", "{" + last + "}")
    assert findings(text) == OUTPUTS[last, loss]


@pytest.mark.parametrize(
    ("shape", "first"),
    [("[3, 28, 28]", "Flatten"), ("[784]", "Identity"), ("{shape: [1, 28, 28], dtype: int64}", "Tanh")],
)
def test_an_input_that_is_not_the_datas_is_said(shape, first):
    text = train().replace("[1, 28, 28]", shape).replace("[Flatten,", f"[{first}, Flatten,")
    assert findings(text) == [f"input-not-the-data: input: {shape}"]


def test_an_output_that_is_an_image_is_said_once():
    text = train().replace("Flatten, {Linear: 10}", "{Conv2d: {out_channels: 10, kernel_size: 28}}")
    assert findings(text) == ["too-few-outputs: Conv2d"]
    assert "`Flatten`" in front(text).report.diagnostics[0].helps[0]


NORM = "Flatten, {Linear: 32}, BatchNorm1d, {Linear: 10}"
LONELY = {
    (60_000, 100): [],
    (60_000, 59_999): ["last-batch-of-one"],
    (60_000, 1): ["last-batch-of-one"],
    (60_000, 7): [],
    (60_001 - 10_000, 100): ["last-batch-of-one"],
    (50_000, 100): [],
    (1, 64): ["last-batch-of-one"],
    (2, 64): ["batch-larger-than-data"],
}


@pytest.mark.parametrize(("samples", "batch"), LONELY)
def test_a_batch_norm_never_sees_a_single_sample(samples, batch):
    validation = f", validation: {{first: {60_000 - samples}}}" if samples < 60_000 else ""
    text = train(data=f"{{name: MNIST{validation}}}", batch_size=str(batch)).replace("Flatten, {Linear: 10}", NORM)
    slugs = [d.slug for d in front(text).report]
    assert [slug for slug in slugs if slug != "batch-larger-than-data" or LONELY[samples, batch] == [slug]] == (
        LONELY[samples, batch]
    )


@pytest.mark.parametrize(
    ("samples", "batch", "accumulate", "said", "remedy"),
    [
        (60_000, 4, 4, "`accumulate: 4` cuts batches of 4 into parts of one,", "write `accumulate: 2`"),
        (60_000, 60, 60, "`accumulate: 60` cuts batches of 60 into parts of one,", "write `accumulate: 30`"),
        (60_000, 2, 2, "`accumulate: 2` cuts batches of 2 into parts of one,", "delete `accumulate`"),
        (60_000, 7, 3, "`accumulate: 3` cuts batches of 7 into parts of 3, and leaves one of one", "accumulate: 2"),
        (60_000, 1, 1, "`batch_size: 1` makes batches of one sample,", "`batch_size: 2`"),
        (60_000 - 9_999, 100, 2, "50,001 samples in batches of 100 leave a last batch of one,", "`batch_size: 101`"),
    ],
)
def test_what_leaves_a_batch_norm_a_single_sample_is_named(samples, batch, accumulate, said, remedy):
    validation = f", validation: {{first: {60_000 - samples}}}" if samples < 60_000 else ""
    changes = {"data": f"{{name: MNIST{validation}}}", "batch_size": str(batch), "accumulate": str(accumulate)}
    text = train(**changes).replace("Flatten, {Linear: 10}", NORM)
    (found,) = front(text).report.errors
    assert found.message.startswith(said)
    assert remedy in found.helps[0]


def test_what_sets_the_number_of_outputs_is_marked_where_others_follow_it():
    text = train(loss="BCELoss").replace("{Linear: 10}", "{Linear: 1}, Sigmoid, Flatten")
    assert findings(text) == ["too-few-outputs: Linear"]
    (found,) = front(text).report.errors
    assert found.helps == ("write `Linear: 10` here; one output alone tells two classes apart",)
    assert findings(text.replace("Linear: 1}", "Linear: 10}")) == []
    assert findings(text.replace("BCELoss", "MSELoss").replace("Linear: 1}", "Linear: 12}")) == [
        "too-few-outputs: Linear"
    ]
    assert findings(text.replace("Flatten]", "{Unflatten: {dim: 1, unflattened_size: [1, 1]}}]")) == [
        "too-few-outputs: Unflatten"
    ]


def test_a_batch_norm_over_an_image_sees_its_positions():
    text = train(batch_size="59999").replace("[Flatten,", "[BatchNorm2d, Flatten,")
    assert findings(text) == []


def test_the_batch_size_that_is_offered_leaves_no_last_batch_of_one():
    text = train(batch_size="59999").replace("Flatten, {Linear: 10}", NORM)
    better = front(text).report.errors[0].fault.better
    assert 60_000 % better != 1
    assert findings(text.replace("59999", str(better))) in ([], [f"batch-larger-than-data: batch_size: {better}"])


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"batch_size": "60000"}, []),
        ({"batch_size": "60001"}, ["batch-larger-than-data: batch_size: 60001"]),
        (
            {"data": "{name: MNIST, source: bundled}", "batch_size": "6001"},
            ["batch-larger-than-data: batch_size: 6001"],
        ),
        ({"data": "{name: MNIST, source: /elsewhere}", "batch_size": "60001"}, []),
        ({"evaluate": "{every: 50 steps}"}, ["nothing-to-evaluate: evaluate: {every: 50 steps}"]),
        ({"data": "{name: MNIST, validation: {first: 59999}}", "batch_size": "1"}, []),
        ({"data": "{name: MNIST, validation: {fraction: 0.5}}", "evaluate": "{every: 1 epoch}"}, []),
    ],
)
def test_splits_and_batches_fit_the_data(changes, expected):
    assert findings(train(**changes)) == expected


NORMALIZE = "{name: MNIST, transform: [{Normalize: {mean: %s, std: %s}}]}"


@pytest.mark.parametrize(("mean", "ok"), [("[0.5]", True), ("[0.5, 0.5]", False), ("[0, 0, 0]", False)])
def test_a_normalize_has_the_channels_of_the_data(mean, ok):
    std = mean.replace("0", "1")
    assert [d.slug for d in front(train(data=NORMALIZE % (mean, std))).report] == ([] if ok else ["channels-differ"])


def test_without_a_train_section_nothing_is_compared():
    assert findings("archc: 1\ninput: [3]\nlayers: [ReLU]\n") == []


def test_whole_numbers_are_not_made_real_by_a_transform():
    text = """\
archc: 1
input: {shape: [1, 4, 6], dtype: int64}
layers: [{Embedding: {num_embeddings: 5, embedding_dim: 2}}, Flatten, {Linear: 3}]
train:
  data:
    name: InMemory
    sample: [1, 4, 6]
    dtype: int64
    classes: [a, b, c]
    transform: [{Normalize: {mean: [0.5], std: [0.5]}}]
  loss: CrossEntropyLoss
  optimizer: SGD
  epochs: 1
"""
    assert findings(text) == ["not-images: transform: [{Normalize: {mean: [0.5], std: [0.5]}}]"]
