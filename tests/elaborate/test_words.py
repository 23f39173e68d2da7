"""The words of other tools, each with what archc says to them, and that its fix leads to a spec that is accepted."""

import json
import re

import pytest

from archc.edit.repair import mend
from tests.support.reading import front, layer, train

VALIDATED = "{name: MNIST, validation: {first: 5000}}"


def mended(text, name="x.yaml"):
    """The text after all fixes, and what is still wrong with it."""
    after = mend(front(text, name=name), lambda source: front(source.text, name=name), unsafe=True).front
    return after.source.text, [d.slug for d in after.report]


def said(text):
    """What a spec is told: each slug with its help."""
    return [(d.slug, "".join(d.helps)) for d in front(text).report]


FIGURES = {
    "val_acc": "val_accuracy",
    "acc": "val_accuracy",
    "accuracy": "val_accuracy",
    "valid/loss": "val_loss",
    "valid_acc_epoch": "val_accuracy",
    "eval_loss": "val_loss",
    "eval/accuracy": "val_accuracy",
    "validation_loss": "val_loss",
    "val.loss": "val_loss",
    "loss/val": "val_loss",
    "test_acc": "val_accuracy",
    "epoch_val_acc": "val_accuracy",
    "val_sparse_categorical_accuracy": "val_accuracy",
    "train_acc": "train_accuracy",
    "training/loss": "train_loss",
    "val_f1": "val_f1",
    "val_F1Score": "val_f1",
}


@pytest.mark.parametrize("word", FIGURES)
@pytest.mark.parametrize("key", ["early_stopping", "scheduler"])
def test_a_figure_by_another_tools_name_is_one_of_archcs(word, key):
    value = f"{{monitor: {word}}}" if key == "early_stopping" else f"{{ReduceLROnPlateau: {{monitor: {word}}}}}"
    metrics = "[f1]" if "f1" in word.lower() else None
    text, left = mended(train(data=VALIDATED, metrics=metrics, **{key: value}))
    assert f"monitor: {FIGURES[word]}}}" in text
    assert left == []


def test_a_figure_is_replaced_in_json_too():
    spec = {
        "archc": 1,
        "input": [1, 28, 28],
        "layers": ["Flatten", {"Linear": 10}],
        "train": {
            "data": {"name": "MNIST", "validation": {"first": 5000}},
            "loss": "CrossEntropyLoss",
            "optimizer": "SGD",
            "epochs": 1,
            "early_stopping": {"monitor": "val_acc"},
        },
    }
    text, left = mended(json.dumps(spec), "x.json")
    assert json.loads(text)["train"]["early_stopping"] == {"monitor": "val_accuracy"}
    assert left == []


FIGURES_WITH_MORE = {
    ("{name: MNIST}", "val_acc"): "write `monitor: val_accuracy`, and add `validation: {fraction: 0.1}` to `data`",
    ("{name: MNIST}", "val_accuracy"): "add `validation: {fraction: 0.1}` to `data`",
    (VALIDATED, "f1_score"): "write `monitor: val_f1`, and add `metrics: [f1]`",
    (VALIDATED, "val_f1"): "add `metrics: [f1]`",
    (VALIDATED, "error_rate"): "write `monitor: val_error_rate`, and add `metrics: [error_rate]`",
    (VALIDATED, "val_auc"): "areas under curves are of two classes: take `val_balanced_accuracy` or `val_f1`",
    (VALIDATED, "banana"): "",
}


@pytest.mark.parametrize(("data", "word"), FIGURES_WITH_MORE)
def test_a_figure_that_needs_more_says_what(data, word):
    (told,) = said(train(data=data, early_stopping=f"{{monitor: {word}}}"))
    assert told == ("figure-not-measured", FIGURES_WITH_MORE[data, word])


METRICS = {
    "[acc]": "[accuracy]",
    "acc": "[accuracy]",
    "accuracy": "[accuracy]",
    "[f1_score, val_acc]": "[f1, accuracy]",
    "[MulticlassAccuracy]": "[accuracy]",
    "[top5]": "[top5_accuracy]",
    "[err, ece]": "[error_rate, calibration_error]",
    "[kappa, mcc]": "[cohen_kappa, matthews_corrcoef]",
}


@pytest.mark.parametrize("written", METRICS)
def test_metrics_by_other_tools_names_are_archcs(written):
    text, left = mended(train(data=VALIDATED, metrics=written))
    assert f"  metrics: {METRICS[written]}\n" in text
    assert left == []


@pytest.mark.parametrize(("metric", "help_"), [("perplexity", "take `loss`"), ("loss", "delete it")])
def test_a_metric_that_archc_does_not_measure_says_which_does(metric, help_):
    ((_, told),) = said(train(metrics=f"[{metric}]"))
    assert help_ in told


VALUES = {
    ("precision", "fp16"): "float16",
    ("precision", "16"): "float16",
    ("precision", "16-mixed"): "float16",
    ("precision", "bf16-mixed"): "bfloat16",
    ("precision", "32"): "float32",
    ("log", "tensorboard"): "[tensorboard]",
    ("early_stopping", "{monitor: train_loss, mode: minimize}"): "{monitor: train_loss, mode: min}",
}


@pytest.mark.parametrize(("key", "value"), VALUES)
def test_a_value_by_another_tools_word_is_archcs(key, value):
    text, left = mended(train(**{key: value}))
    assert f"  {key}: {VALUES[key, value]}\n" in text
    assert left == []


CONVERSIONS = ["ToTensor", "ToImage", "PILToTensor", "{ToDtype: {dtype: float32, scale: true}}", "ConvertImageDtype"]


@pytest.mark.parametrize("conversion", CONVERSIONS)
@pytest.mark.parametrize("others", ["", "{Normalize: {mean: 0.5, std: 0.5}}"])
def test_a_conversion_to_what_samples_are_does_nothing_and_goes(conversion, others):
    elements = ", ".join(filter(None, (conversion, others)))
    spec = train(data=f"{{name: MNIST, transform: [{elements}]}}")
    assert [d.severity for d in front(spec).report] == ["warning"]
    text, left = mended(spec)
    rest = f", transform: [{others}]" if others else ""
    assert f"  data: {{name: MNIST{rest}}}\n" in text
    assert left == []


def test_a_conversion_goes_with_its_line():
    data = "\n    name: MNIST\n    transform:\n      - ToTensor\n      - Normalize: {mean: 0.5, std: 0.5}"
    assert mended(train(data=data))[0] == train(data=data.replace("      - ToTensor\n", ""))
    data = "\n    name: MNIST\n    transform:\n      - ToTensor"
    assert mended(train(data=data))[0] == train(data="\n    name: MNIST")


def test_numbers_that_would_leave_pixels_from_0_to_255_are_refused():
    (told,) = front(train(data="{name: MNIST, transform: [{ToDtype: float32}]}")).report
    assert told.slug == "contradiction"
    assert "write `scale: true`" in told.message


@pytest.mark.parametrize("std", ["0.5", "[0.5]", "[0.2, 0.3, 0.4]"])
@pytest.mark.parametrize("mean", ["0.5", "[0.5]", "[0.5, 0.5, 0.4]"])
def test_one_number_of_normalize_is_that_of_each_channel(mean, std):
    report = front(train(data=f"{{name: MNIST, transform: [{{Normalize: {{mean: {mean}, std: {std}}}}}]}}")).report
    three = "," in mean + std
    assert [d.slug for d in report] == ["channels-differ"] * three


WITH_BATCH_FIRST = [
    "LSTM: {hidden_size: 3, batch_first: true}",
    "GRU: {batch_first: true, hidden_size: 3}",
    "RNN: {hidden_size: 3, batch_first: true}",
    "MultiheadAttention: {num_heads: 2, batch_first: true}",
    "TransformerEncoderLayer: {nhead: 2, batch_first: true}",
    "TransformerEncoder: {nhead: 2, num_layers: 2, batch_first: true}",
]


@pytest.mark.parametrize("line", WITH_BATCH_FIRST)
def test_batch_first_is_what_archc_does(line):
    with_it = front(layer(line, "[10, 4]"))
    without = front(layer(re.sub(r", batch_first: true|batch_first: true, ", "", line), "[10, 4]"))
    assert not with_it.report.diagnostics
    assert with_it.network == without.network


@pytest.mark.parametrize("line", WITH_BATCH_FIRST)
def test_batch_first_is_never_false(line):
    spec = layer(line.replace("true", "false"), "[10, 4]")
    ((slug, told),) = said(spec)
    assert slug == "one-value-alone"
    assert "Permute: [0, 2, 1]" in told
    assert not mended(spec)[1]


def test_the_schema_knows_batch_first():
    from archc.reference.schema import json_schema

    assert '"batch_first": {"const": true' in json.dumps(json_schema())


DOTTED = {
    "${vars.width}": "${width}",
    "${vars['width']}": "${width}",
    "${vars[width] + 1}": "${width + 1}",
    "${vars.width * vars.depth}": "${width * depth}",
    "${vars.width if vars.depth > 1 else 2}": "${width if depth > 1 else 2}",
    "${cfg.model.width}": "${width}",
    "${width.value}": "${width}",
    "{{ vars.width }}": "${width}",
}


@pytest.mark.parametrize("written", DOTTED)
def test_a_name_with_parts_is_a_name_alone(written):
    spec = f'archc: 1\ninput: [4]\nvars: {{width: 8, depth: 2}}\nlayers: [{{Linear: "{written}"}}, Flatten]\n'
    text, left = mended(spec)
    assert f'"{DOTTED[written]}"' in text
    assert left in ([], ["unused-variable"])


def test_a_part_of_a_blocks_parameters_is_one_of_them():
    head = "archc: 1\ninput: [4]\nvars: {n: 3}\n"
    spec = head + 'blocks: {b: {params: {n: int}, layers: [{Linear: "${params.n + vars.n}"}]}}\nlayers: [{b: 3}]\n'
    assert said(spec)[0] == ("wrong-expression", "write `n + n`, as in `${n + n}`: names stand alone")


def test_a_part_that_is_no_name_gets_no_fix():
    spec = 'archc: 1\ninput: [4]\nlayers: [{Linear: "${oc.env}"}]\n'
    assert said(spec)[0][1].startswith("names stand alone")
    assert mended(spec) == (spec, ["wrong-expression"])


KEYS = {
    "grad_clip: 1.0": "gradient_clip: 1.0",
    "gradient_clip_val: 0.5": "gradient_clip: 0.5",
    "max_grad_norm: 1.0": "gradient_clip: 1.0",
    "clipvalue: 0.5": "gradient_clip: {value: 0.5}",
    "fp16: true": "precision: float16",
    "use_amp: true": "precision: float16",
    "mixed_precision: bf16": "precision: bfloat16",
    "mixed_precision: 'no'": "precision: float32",
    "bf16: true": "precision: bfloat16",
    "warmup_steps: 10": "warmup: 10 steps",
    "save_steps: 10": "checkpoint: {every: 10 steps}",
    "save_every_n_epochs: 1": "checkpoint: {every: 1 epoch}",
    "save_total_limit: 2": "checkpoint: {keep: 2}",
    "check_val_every_n_epoch: 2": "evaluate: {every: 2 epochs}",
    "eval_steps: 100": "evaluate: {every: 100 steps}",
    "patience: 4": "early_stopping: {patience: 4}",
    "monitor: val_loss": "early_stopping: {monitor: val_loss}",
    "early_stopping_patience: 4": "early_stopping: {patience: 4}",
    "early_stopping: true": "early_stopping: {monitor: val_loss, patience: 3}",
    "early_stopping: 4": "early_stopping: {patience: 4}",
    "checkpoint: true": "checkpoint: {every: 1 epoch, keep: 3}",
    "lr: 0.1": "optimizer: {SGD: {lr: 0.1}}",
    "learning_rate: 0.1": "optimizer: {SGD: {lr: 0.1}}",
    "optimizer__momentum: 0.9": "optimizer: {SGD: {momentum: 0.9}}",
    "wd: 0.01": "optimizer: {SGD: {weight_decay: 0.01}}",
    "label_smoothing: 0.1": "loss: {CrossEntropyLoss: {label_smoothing: 0.1}}",
    "augment: [RandomErasing]": "data: {name: MNIST, validation: {first: 5000}, augment: [RandomErasing]}",
    "logger: tensorboard": "log: [tensorboard]",
    "l1_lambda: 1e-4": "penalty: {l1: 1e-4}",
    "penalty: 1e-4": "penalty: {l1: 1e-4}",
    "log_every_n_steps: 50": "log: {every: 50 steps}",
    "logging_steps: 50": "log: {every: 50 steps}",
    "log: 50 steps": "log: {every: 50 steps}",
    "ema_decay: 0.9": "ema: 0.9",
    "seed_everything: 3": "seed: 3",
    "lr_scheduler_type: exponential": "scheduler: ExponentialLR",
}
"""Keys of other trainers under `train`, with what the spec has after all fixes."""


def with_line(line):
    key, _, value = line.partition(": ")
    return train(**{"data": VALIDATED, "epochs": "20", key: value})


@pytest.mark.parametrize("line", [line for line in KEYS if "lr_scheduler_type" not in line])
def test_a_key_of_another_trainer_is_written_as_archcs(line):
    text, left = mended(with_line(line))
    assert f"  {KEYS[line]}\n" in text
    assert left == []


@pytest.mark.parametrize("line", KEYS)
def test_the_entry_that_is_meant_is_in_the_help_of_a_key(line):
    told = said(with_line(line))[0][1]
    assert re.search(r"write `|did you mean|is a key of|is an argument of", told)


GONE = [
    "drop_last: true",
    "verbose: 1",
    "num_workers: 4",
    "pin_memory: true",
    "fp16: false",
    "save_top_k: 1",
    "enable_progress_bar: true",
    "eval_batch_size: 100",
    "output_dir: x",
    "fast_dev_run: true",
    "gpus: 1",
    "devices: 1",
    "devices: [0, 1]",
    "callbacks: none",
    "accumulate_grad_batches: 1",
    "warmup_epochs: 0",
    "early_stopping: false",
    "checkpoint: 'off'",
]


@pytest.mark.parametrize("line", GONE)
def test_a_key_that_asks_for_nothing_here_goes(line):
    spec = with_line(line)
    assert said(spec)[0][1].startswith("delete it: ")
    assert mended(spec) == (train(data=VALIDATED, epochs="20"), [])


@pytest.mark.parametrize("word", ["accumulate_grad_batches", "gradient_accumulation_steps"])
@pytest.mark.parametrize("size", [None, 16])
def test_batches_that_are_accumulated_are_parts_of_one(word, size):
    text, left = mended(train(**({"batch_size": f"{size}"} if size else {}), **{word: "4"}))
    assert left == []
    plan = front(text).spec.train
    assert (plan.accumulate, plan.batch_size, plan.part_size) == (4, 4 * (size or 64), size or 64)


IN_DATA = {
    "batch_size: 32": ("{name: MNIST}", "batch_size: 32"),
    "shuffle: false": ("{name: MNIST}", "shuffle: false"),
    "drop_last: true": ("{name: MNIST}", None),
    "download: true": ("{name: MNIST}", None),
    "train: true": ("{name: MNIST}", None),
    "val_split: 0.1": ("{name: MNIST, validation: {fraction: 0.1}}", None),
}


@pytest.mark.parametrize("line", IN_DATA)
def test_a_key_of_a_data_loader_goes_where_it_belongs(line):
    text, left = mended(train(data=f"{{name: MNIST, {line}}}"))
    data, beside = IN_DATA[line]
    assert f"  data: {data}\n" in text
    assert beside is None or f"  {beside}\n" in text
    assert left == []


NEEDLESS = {
    "Linear: {out_features: 2, dtype: float32}": "Linear: {out_features: 2}",
    "Linear: {out_features: 2, device: cuda}": "Linear: {out_features: 2}",
    "Linear: {device: cuda, out_features: 2}": "Linear: {out_features: 2}",
    "Linear: {out_features: 2, kernel_initializer: he_normal}": "Linear: {out_features: 2}",
}


@pytest.mark.parametrize("line", NEEDLESS)
def test_an_argument_that_asks_for_nothing_here_goes(line):
    text = layer(line, "[4, 4]")
    assert said(text)[0][1].startswith("delete it: ")
    assert mended(text) == (layer(NEEDLESS[line], "[4, 4]"), [])


def test_what_is_wrong_with_a_schedule_is_told_beside_an_argument_that_goes():
    text = train(optimizer="{Adam: {lr: 1e-5}}", scheduler="{CosineAnnealingLR: {eta_min: 1e-4, verbose: True}}")
    assert [slug for slug, _ in said(text)] == ["lowest-rate-above-the-rate", "unknown-argument"]
    assert ", verbose" not in mended(text)[0]


INTERVALS = {
    "warmup: 500": "warmup: 500 steps",
    "warmup: 1": "warmup: 1 epoch",
    "evaluate: {every: 2}": "evaluate: {every: 2 epochs}",
    "evaluate: {every: epoch}": "evaluate: {every: 1 epoch}",
    "evaluate: {every: 100 iterations}": "evaluate: {every: 100 steps}",
    "checkpoint: {every: 10 min}": "checkpoint: {every: 10 minutes}",
    "checkpoint: {every: 100 Batches}": "checkpoint: {every: 100 steps}",
}


@pytest.mark.parametrize("line", INTERVALS)
def test_an_interval_as_other_tools_have_it_is_one_of_archcs(line):
    assert mended(with_line(line)) == (with_line(INTERVALS[line]), [])


@pytest.mark.parametrize("value", ["0.1", "5%", "0 epochs", "'1.5 epochs'", "-1"])
def test_an_interval_that_is_none_gets_no_fix(value):
    text = with_line(f"warmup: {value}")
    assert mended(text) == (text, ["wrong-value"])


def test_a_key_under_two_names_is_told_as_such():
    assert said(with_line("max_epochs: 5")) == [("unknown-key", "`epochs` is written too: delete one of the two")]


def test_keys_of_train_at_the_top_without_it_are_only_told():
    text = "archc: 1\ninput: [1, 28, 28]\nlayers: [Flatten, {Linear: 10}]\nepochs: 3\nlr: 0.1\n"
    assert [slug for slug, _ in said(text)] == ["unknown-key", "unknown-key"]
    assert mended(text)[0] == text


def test_keys_of_train_at_the_top_go_into_it():
    head = "archc: 1\ninput: [1, 28, 28]\nlayers: [Flatten, {Linear: 10}]\n"
    rest = "train:\n  data: MNIST\n  optimizer: SGD\n"
    text, left = mended(f"{head}epochs: 3\nloss: CrossEntropyLoss\n{rest}")
    assert text == f"{head}{rest}  epochs: 3\n  loss: CrossEntropyLoss\n"
    assert left == []


LISTS = {
    "train: [{data: MNIST}, {loss: CrossEntropyLoss}, {optimizer: SGD}, {epochs: 3}]\n": (
        "train: {data: MNIST, loss: CrossEntropyLoss, optimizer: SGD, epochs: 3}\n"
    ),
    "train:\n  - data: MNIST\n  - loss: CrossEntropyLoss\n    epochs: 3\n  - optimizer:\n      SGD: 0.1\n": (
        "train:\n    data: MNIST\n    loss: CrossEntropyLoss\n    epochs: 3\n    optimizer:\n      SGD: 0.1\n"
    ),
}


HOW = {False: "its keys without `- `", True: "all its keys in one mapping"}


@pytest.mark.parametrize("written", LISTS)
def test_a_section_as_a_list_becomes_a_mapping(written):
    head = "archc: 1\ninput: [1, 28, 28]\nlayers: [Flatten, {Linear: 10}]\n"
    assert said(head + written) == [
        ("wrong-structure", f"`train` is no list: write {HOW[written.startswith('train: [')]}")
    ]
    assert mended(head + written) == (head + LISTS[written], [])


def test_entries_are_moved_in_json_too():
    train_ = {
        "data": "MNIST",
        "loss": "CrossEntropyLoss",
        "optimizer": "SGD",
        "lr": 0.1,
        "fp16": True,
        "val_split": 0.1,
    }
    spec = {"archc": 1, "input": [1, 28, 28], "layers": ["Flatten", {"Linear": 10}], "epochs": 2, "train": train_}
    text, left = mended(json.dumps(spec), "x.json")
    assert json.loads(text)["train"] == {
        "data": {"name": "MNIST", "validation": {"fraction": 0.1}},
        "loss": "CrossEntropyLoss",
        "optimizer": {"SGD": {"lr": 0.1}},
        "precision": "float16",
        "epochs": 2,
    }
    assert left == []


CROP, FLIP, NORMALIZE = (
    "{RandomCrop: {size: 28, padding: 2}}",
    "RandomHorizontalFlip",
    "{Normalize: {mean: 0.5, std: 0.5}}",
)
MOVED = {
    f"transform: [{CROP}]": f"augment: [{CROP}]",
    f"transform: [{CROP}, {FLIP}, ToTensor, {NORMALIZE}]": f"augment: [{CROP}, {FLIP}], transform: [{NORMALIZE}]",
    f"augment: [{FLIP}, {NORMALIZE}]": f"transform: [{NORMALIZE}], augment: [{FLIP}]",
    f"augment: [{CROP}], transform: [{FLIP}]": f"augment: [{CROP}, {FLIP}]",
    "augment: [ToTensor]": None,
}


@pytest.mark.parametrize("written", MOVED)
def test_random_changes_go_under_augment_and_the_others_under_transform(written):
    text, left = mended(train(data=f"{{name: MNIST, {written}}}"))
    rest = f", {MOVED[written]}" if MOVED[written] else ""
    assert f"  data: {{name: MNIST{rest}}}\n" in text
    assert left == []


def test_a_random_change_is_moved_between_lists_of_lines():
    keys = "\n    name: MNIST\n    augment:\n      - RandomErasing\n    transform:\n"
    crop, normalize = "      - RandomCrop: {size: 28, padding: 2}", "      - Normalize: {mean: 0.5, std: 0.5}"
    text, left = mended(train(data=f"{keys}{crop}\n{normalize}"))
    meant = keys.replace("    transform", f"{crop.replace('RandomCrop: ', '{RandomCrop: ')}}}\n    transform")
    assert text == train(data=f"{meant}{normalize}")
    assert left == []


TERMS = {
    ("loss", "Adam"): "`Adam` is an optimizer: write it under `optimizer`",
    ("optimizer", "nn.CrossEntropyLoss()"): "`CrossEntropyLoss` is a loss: write it under `loss`",
    ("optimizer", "StepLR"): "`StepLR` is a scheduler: write it under `scheduler`",
    ("loss", "nn.CrossEntropyLoss()"): "did you mean `CrossEntropyLoss`?",
    ("loss", "CrossEntropyLoss()"): "did you mean `CrossEntropyLoss`?",
    ("optimizer", "torch.optim.SGD(model.parameters(), lr=0.1)"): "write `SGD: 0.1`",
    ("data", "{name: MNIST, transform: [transforms.RandomCrop(28)]}"): (
        "`RandomCrop` is an augmentation: write it under `augment`"
    ),
}


@pytest.mark.parametrize(("key", "value"), TERMS)
def test_a_term_under_another_key_or_as_python_has_it_is_told_its_own(key, value):
    ((slug, told),) = said(train(**{key: value}))
    assert (slug, told) == ("unknown-choice", TERMS[key, value])


BRANCHES = ["Concat: [c1, c2]", "Add: [c1, [ReLU]]", "Multiply: {branches: [[ReLU], c1]}"]


@pytest.mark.parametrize("line", BRANCHES)
def test_a_branch_by_name_leads_to_a_graph(line):
    for slug, told in said(layer(line)):
        assert slug == "wrong-structure"
        assert told.startswith("a branch is a list of layers, and what other layers give has no name here")
        assert "`Graph`" in told


COMMENTED = """archc: 1
input: [1, 28, 28]
layers: [Flatten, {Linear: 10}]
train:
  data:
    name: MNIST
  loss: CrossEntropyLoss  # the loss
  optimizer:
    Adam:
      eps: 1e-7  # of the paper
  epochs: 5
  lr: 0.1
  val_split: 0.1
  label_smoothing: 0.1
"""


def test_entries_go_into_blocks_and_comments_stay():
    text, left = mended(COMMENTED)
    assert left == []
    assert "    name: MNIST\n    validation: {fraction: 0.1}\n" in text
    assert "  loss: {CrossEntropyLoss: {label_smoothing: 0.1}}  # the loss\n" in text
    assert "      lr: 0.1\n      eps: 1e-7  # of the paper\n" in text
    flow = COMMENTED.replace("\n    Adam:\n      eps: 1e-7  # of", " {Adam: {eps: 1e-7}}  # of")
    assert "  optimizer: {Adam: {eps: 1e-7, lr: 0.1}}  # of the paper\n" in mended(flow)[0]


IN_JSON = {
    '"layers": {"c1": {"Linear": 2}}': "put the layers in `[...]`, each in `{...}`",
    '"layers": ["ReLU"], "train": [{"epochs": 1}]': "`train` is no list: write all its keys in one mapping",
}


@pytest.mark.parametrize("part", IN_JSON)
def test_help_for_json_has_no_dashes(part):
    text = f'{{"archc": 1, "input": [4], {part}}}'
    assert IN_JSON[part] in [help_ for d in front(text, name="x.json").report for help_ in d.helps]


def test_what_others_ask_of_checkpoints_goes():
    text = with_line("checkpoint: {every: 1 epoch, monitor: val_loss, mode: min}")
    assert {help_ for _, help_ in said(text)} == {
        "delete it: a run keeps its best weights, by what `early_stopping` watches"
    }
    assert mended(text) == (with_line("checkpoint: {every: 1 epoch}"), [])


def test_transforms_as_a_mapping_are_a_list():
    text = train(data="{name: MNIST, transform: {Normalize: {mean: [0.5], std: [0.5]}}}")
    assert said(text)[0] == ("wrong-structure", "put each in `{...}`, and all in `[...]`")
