"""The loop: the weights that come out, and what does and does not change them."""

import math
from pathlib import Path

import pytest
import torch
from torch import nn

import archc
from archc.errors import RunError, SpecError
from archc.machine import device as devices
from archc.machine import randomness
from archc.recipe.losses import LOSSES, CrossEntropyLoss, NLLLoss
from archc.recipe.optimizers import OPTIMIZERS
from archc.runs.preparation import Needs, prepare
from archc.runs.run import start
from archc.training import optimizer
from archc.training.assembly import assemble
from archc.training.engine import Engine
from archc.training.objective import Objective, probabilities
from archc.training.progress import EpochEnded, Evaluated, Started, StepProgress
from archc.training.tasks.classification import encode
from tests.support.trainings import NAMES, Recorder, faults, layers, message, write_data

CPU = torch.device("cpu")


def trained(front, name="run", **options):
    return start(front, directory=name, **options)


def engine_of(front):
    job = prepare(front.network, Path.cwd(), Needs(device="cpu"))
    return Engine(assemble(job.network, job.train, job.splits, job.device))


def test_training_learns(spec):
    result = trained(spec()).result
    assert result["test"]["accuracy"] > 0.8
    assert result["test"]["samples"] == 40
    assert (result["epochs"], result["steps"]) == (3, 24)


def test_two_runs_of_a_spec_give_the_same_bytes(spec):
    first, second = trained(spec(), "a"), trained(spec(), "b")
    assert first.result["weights_sha256"] == second.result["weights_sha256"]
    assert (first.directory / "last.safetensors").read_bytes() == (second.directory / "last.safetensors").read_bytes()


def test_another_seed_gives_other_weights(spec):
    first, second = trained(spec(), "a"), trained(spec({"train.seed": 6}), "b")
    assert first.result["weights_sha256"] != second.result["weights_sha256"]


@pytest.mark.parametrize("every", ["2 epochs", "1 step", "5 steps"])
def test_how_often_it_evaluates_does_not_change_the_weights(spec, every):
    plain = trained(spec(), "a")
    other = trained(spec({"train.evaluate": f"{{every: {every}}}"}), "b")
    assert other.result["weights_sha256"] == plain.result["weights_sha256"]


def test_the_first_weights_are_those_of_hand_written_code(spec):
    front = spec()
    torch.manual_seed(5)
    by_hand = nn.Sequential(
        nn.Flatten(), nn.Linear(784, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 10)
    )
    with randomness.separate(CPU):
        model = engine_of(front).parts.model
    assert all(
        torch.equal(a, b) for a, b in zip(by_hand.state_dict().values(), model.state_dict().values(), strict=True)
    )


def test_the_steps_are_those_of_hand_written_code(spec):
    """Plain SGD, without dropout: the same batches give the same weights, up to rounding."""
    front = spec({"train.optimizer": "{SGD: {lr: 0.1}}", "layers": layers(without=("Dropout",)), "train.epochs": 1})
    with randomness.separate(CPU):
        engine = engine_of(front)
        torch.manual_seed(5)
        by_hand = nn.Sequential(nn.Flatten(), nn.Linear(784, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 10))
        sgd = torch.optim.SGD(by_hand.parameters(), lr=0.1)
        train = engine.parts.splits.train
        for rows in randomness.epoch_order(len(train), 5, 1, shuffle=True).split(16):
            sgd.zero_grad()
            nn.CrossEntropyLoss()(by_hand(train.inputs[rows] / 255), train.targets[rows]).backward()
            sgd.step()
        assert [type(event) for event in engine.events()] == [Evaluated, EpochEnded]
    for ours, theirs in zip(engine.parts.model.parameters(), by_hand.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-6)


def test_a_callers_random_numbers_are_undisturbed(spec):
    front = spec()
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    run = trained(front)
    run.model()
    assert torch.equal(torch.rand(3), expected)


def test_the_order_of_an_epoch_depends_on_seed_and_epoch_alone():
    orders = [randomness.epoch_order(50, seed, epoch, shuffle=True) for seed, epoch in ((1, 1), (1, 2), (2, 1))]
    torch.rand(5)
    assert torch.equal(orders[0], randomness.epoch_order(50, 1, 1, shuffle=True))
    assert not torch.equal(orders[0], orders[1])
    assert not torch.equal(orders[0], orders[2])
    assert all(sorted(order.tolist()) == list(range(50)) for order in orders)
    assert randomness.epoch_order(5, 1, 1, shuffle=False).tolist() == [0, 1, 2, 3, 4]


def test_steps_can_end_in_the_middle_of_an_epoch(spec):
    watcher = Recorder()
    run = trained(spec({"train.steps": 11}), observer=watcher)
    assert (run.result["steps"], run.result["epochs"], run.result["best"]["step"]) == (11, 1, 11)
    ends = [event for event in watcher.events if isinstance(event, EpochEnded)]
    assert [(event.epoch, event.step) for event in ends] == [(1, 8), (2, 11)]


def test_the_observer_is_told_of_everything(spec, every_step):
    watcher = Recorder()
    run = trained(spec({"train.epochs": 1}), observer=watcher)
    first, *steps, evaluated, ended, result = watcher.events
    assert isinstance(first, Started)
    assert (first.steps, first.train, first.validation, first.test) == (8, 120, 30, 40)
    assert [event.step for event in steps] == list(range(1, 8))
    assert all(isinstance(event, StepProgress) and event.seconds_left >= 0 for event in steps)
    assert (evaluated.step, evaluated.best, evaluated.ends_epoch) == (8, True, True)
    assert evaluated.figures.keys() == {"val_loss", "val_accuracy"}
    assert evaluated.figures.items() <= ended.figures.items()
    assert result == run.result


def test_the_figures_do_not_depend_on_how_often_they_are_fetched(spec, monkeypatch):
    ends = []
    for seconds in (0.0, 1e9):
        monkeypatch.setattr("archc.training.engine.PROGRESS_SECONDS", seconds)
        watcher = Recorder()
        trained(spec(), f"run{seconds}", observer=watcher)
        ends.append([event._replace(seconds=0) for event in watcher.events if isinstance(event, EpochEnded)])
    assert ends[0] == ends[1]


def test_the_best_weights_are_those_of_the_lowest_validation_loss(spec):
    watcher = Recorder()
    run = trained(spec({"train.optimizer": "{Adam: {lr: 0.3}}", "train.epochs": 6}), observer=watcher)
    losses = [event.figures["val_loss"] for event in watcher.events if isinstance(event, Evaluated)]
    best = run.result["best"]
    assert best["val_loss"] == min(losses)
    assert best["epoch"] == losses.index(min(losses)) + 1


def test_without_validation_the_last_weights_are_the_best(spec):
    run = trained(spec({"train.data.validation": None}))
    assert run.result["best"] == {"epoch": 3, "step": 30, "val_loss": None, "val_accuracy": None}
    assert (run.directory / "best.safetensors").read_bytes() == (run.directory / "last.safetensors").read_bytes()


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_trains_with_the_kernels_that_archc_chooses(spec, name):
    matrices = [{"Linear": {"out_features": size, "bias": False}} for size in (16, 10)]
    made = ["Flatten", matrices[0], "ReLU", matrices[1]] if name == "Muon" else layers()
    front = spec({"train.optimizer": name, "train.epochs": 1, "layers": made})
    assert trained(front).result["test"]["loss"] > 0


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_chosen_kernels_step_as_torchs_plain_ones(name):
    weights = [torch.nn.Parameter(torch.linspace(-1, 1, 12).view(3, 4)) for _ in range(2)]
    made = [
        optimizer.make(OPTIMIZERS[name](), [weights[0]], CPU),
        getattr(torch.optim, name)([weights[1]], **({} if name == "Muon" else {"foreach": False})),
    ]
    for _ in range(3):
        for weight, single in zip(weights, made, strict=True):
            (weight**2).sum().backward()
            single.step()
            single.zero_grad()
    torch.testing.assert_close(weights[0], weights[1])


def test_kernels_that_a_spec_names_are_kept():
    assert optimizer.kernels(OPTIMIZERS["Adam"](), CPU) == {"fused": True}
    assert optimizer.kernels(OPTIMIZERS["RMSprop"](), CPU) == {"foreach": True}
    # torch 2.11 stops at a fused Adagrad on CUDA.
    assert optimizer.kernels(OPTIMIZERS["Adagrad"](), torch.device("cuda")) == {"foreach": True}
    assert optimizer.kernels(OPTIMIZERS["Adam"](foreach=False), CPU) == {}
    assert (
        optimizer.make(OPTIMIZERS["Adam"](fused=False), [nn.Parameter(torch.ones(1))], CPU).defaults["fused"] is False
    )


def test_an_argument_for_cuda_alone_is_a_fault_elsewhere(spec):
    with pytest.raises(RunError) as error:
        trained(spec({"train.optimizer": "{Adam: {lr: 1e-2, capturable: true}}"}), device="cpu")
    assert faults(error) == ["cuda-only-argument"]


@pytest.mark.parametrize("loss", ["MSELoss", "{CrossEntropyLoss: {label_smoothing: 0.1, reduction: sum}}"])
def test_other_losses_learn(spec, loss):
    assert trained(spec({"train.loss": loss})).result["test"]["accuracy"] > 0.8


def test_nll_loss_takes_log_probabilities(spec):
    front = spec({"train.loss": "NLLLoss", "layers": layers(last=[{"LogSoftmax": 1}])})
    plain, nll = trained(spec(name="other.yaml"), "a"), trained(front, "b")
    assert math.isclose(plain.result["test"]["loss"], nll.result["test"]["loss"], rel_tol=1e-3)


@pytest.mark.parametrize(
    "loss",
    [
        CrossEntropyLoss(),
        CrossEntropyLoss(weight=(0.5, 2.0, 1.0), label_smoothing=0.2),
        CrossEntropyLoss(ignore_index=1),
        CrossEntropyLoss(weight=(0.5, 2.0, 1.0), ignore_index=2),
        NLLLoss(weight=(0.5, 2.0, 1.0)),
        LOSSES["MSELoss"](),
    ],
    ids=repr,
)
def test_the_loss_of_a_split_is_torchs_mean_however_it_is_cut_into_batches(loss):
    generator = torch.Generator().manual_seed(0)
    outputs = torch.randn(11, 3, generator=generator).log_softmax(1)
    labels = torch.randint(0, 3, (11,), generator=generator)
    objective = Objective(loss, CPU, encode, outputs=3)
    cuts = (slice(0, 4), slice(4, 11))
    total = sum(objective.total(outputs[rows], labels[rows]) for rows in cuts)
    mean = total / sum(objective.share(labels[rows]) for rows in cuts)
    torch.testing.assert_close(mean, objective(outputs, labels))


def test_a_softmax_is_the_exponential_of_a_log_softmax():
    logits_nc = torch.randn(4, 3)
    softmax = probabilities(logits_nc, "softmax")
    torch.testing.assert_close(softmax, probabilities(logits_nc.log_softmax(1), "exp"))


WILD = "{SGD: {lr: 1e30}}"


def test_a_loss_that_is_not_finite_stops_the_run_and_names_the_step(spec):
    front = spec({"train.optimizer": WILD, "layers": layers(without=("BatchNorm1d",)), "train.loss": "MSELoss"})
    with pytest.raises(RunError) as error:
        trained(front)
    assert faults(error) == ["loss-not-finite"]
    assert "at step 2 (epoch 1)" in message(error)
    assert "no checkpoint was saved" in message(error)


def test_the_last_good_checkpoint_is_named_when_the_loss_is_not_finite(spec, monkeypatch, every_step):
    poisoned = []

    def poison(event):
        if event.step == 13:
            with torch.no_grad():
                next(poisoned[0].parts.model.parameters()).fill_(math.nan)

    original = Engine.events
    monkeypatch.setattr(Engine, "events", lambda self: (poisoned.append(self), original(self))[1])
    with pytest.raises(RunError) as error:
        trained(spec(), observer=Recorder(poison))
    assert "the loss is nan at step 14 (epoch 2)" in message(error)
    assert "run/checkpoints/step-00000008" in message(error)


def test_weights_that_are_not_finite_are_not_kept(spec, monkeypatch):
    front = spec({"train.optimizer": WILD, "layers": layers(without=("BatchNorm1d",)), "train.steps": 1})
    monkeypatch.setattr(torch.Tensor, "isfinite", lambda self: torch.zeros(1, dtype=torch.bool))
    with pytest.raises(RunError) as error:
        trained(front)
    assert "the loss is followed by weights that are not finite at step 1 (epoch 1)" in message(error)


def test_weights_that_are_not_finite_at_an_epochs_end_are_told_of_that_epoch(spec, monkeypatch):
    front = spec({"train.epochs": 1})
    monkeypatch.setattr(torch.Tensor, "isfinite", lambda self: torch.zeros(1, dtype=torch.bool))
    with pytest.raises(RunError) as error:
        trained(front)
    assert "at step 8 (epoch 1)" in message(error)


@pytest.mark.parametrize(("ignored", "told"), [(0, True), (-100, False)])
def test_a_batch_of_ignored_samples_alone_has_a_hint(spec, monkeypatch, ignored, told):
    front = spec({"train.loss": f"{{CrossEntropyLoss: {{ignore_index: {ignored}}}}}"})
    original = nn.functional.cross_entropy
    monkeypatch.setattr(nn.functional, "cross_entropy", lambda *given, **more: original(*given, **more) * math.nan)
    with pytest.raises(RunError) as error:
        trained(front)
    assert ("`ignore_index`" in message(error)) == told


def test_too_little_memory_is_a_fault(spec, monkeypatch):
    def fail(self, rows):
        raise RuntimeError("[enforce fail at alloc_cpu.cpp:1] DefaultCPUAllocator: can't allocate memory")

    monkeypatch.setattr(Engine, "train_on", fail)
    with pytest.raises(RunError) as error:
        trained(spec())
    assert faults(error) == ["out-of-memory"]


def test_a_convolutional_network_trains_in_the_channels_last_layout(spec):
    convolutions = [{"Conv2d": {"out_channels": 8, "kernel_size": 5, "stride": 4}}]
    convolutions += [{"Conv2d": {"out_channels": 4, "kernel_size": 3}}]
    front = spec({"layers": layers(first=[*convolutions, "Flatten"]), "train.epochs": 1})
    with randomness.separate(CPU):
        engine = engine_of(front)
    assert engine.parts.model[1].weight.is_contiguous(memory_format=torch.channels_last)
    saved = trained(front).model().state_dict()["1.weight"]
    assert saved.is_contiguous()


@pytest.mark.parametrize("name", ["tpu", "cuda:99", "no such", "cpu:1", "meta"])
def test_a_device_that_is_not_there_is_a_fault(spec, name):
    with pytest.raises(RunError) as error:
        trained(spec(), device=name)
    assert faults(error) == ["no-such-device"]
    assert "`cpu`" in message(error)


def test_auto_is_a_device_that_is_there():
    assert devices.choose("auto").type in ("cuda", "mps", "cpu")


@pytest.mark.parametrize("pack", [False, True])
def test_a_last_batch_of_one_is_found_by_the_size_that_the_files_of_a_folder_promise(spec, pack):
    write_data(Path("data"), train=97 + 30, pack=pack)
    assert [diagnostic.slug for diagnostic in spec().report] == ["last-batch-of-one"]


def test_a_folder_whose_files_promise_nothing_is_accepted(spec):
    for name in NAMES:
        Path("data").mkdir(exist_ok=True)
        Path("data", name).write_bytes(b"no IDX")
    assert spec().report.ok
    with pytest.raises(RunError) as error:
        trained(spec())
    assert faults(error) == ["data-corrupt"]


def test_auto_does_not_train_on_a_part_of_the_data_set(spec, tmp_path):
    write_data(tmp_path / "given/MNIST/raw")
    with pytest.raises(RunError) as error:
        trained(spec({"train.data.source": "auto"}), data_dir=str(tmp_path / "given"))
    assert faults(error) == ["data-corrupt"]
    assert "has 150 images, and MNIST has 60,000" in message(error)


def test_a_network_without_parameters_is_a_fault(spec):
    with pytest.raises(SpecError) as error:
        trained(spec({"layers": ["Flatten"]}))
    assert "nothing-to-train" in faults(error)


def test_train_is_public(spec):
    spec()
    run = archc.train("small.yaml", set={"train.epochs": 1}, run="run", device="cpu")
    assert run.model()(torch.zeros(2, 1, 28, 28)).shape == (2, 10)
    assert not run.model().training


@pytest.mark.parametrize(
    ("outputs", "finite"), [([0.2, 0.7], True), ([1 + 1e-6, -1e-6], True), ([math.nan, 0.5], False)]
)
def test_bce_is_finite_of_all_probabilities_and_is_no_number_of_what_is_none(outputs, finite):
    objective = Objective(LOSSES["BCELoss"](), torch.device("cpu"), encode, outputs=2)
    given, labels = torch.tensor([outputs], requires_grad=True), torch.tensor([0])
    for compute in (objective, objective.total):
        assert compute(given, labels).isfinite().item() == finite
    if outputs == [0.2, 0.7]:
        objective(given, labels).backward()
        mine, given.grad = given.grad, None
        nn.BCELoss()(given, torch.tensor([[1.0, 0.0]])).backward()
        assert torch.equal(mine, given.grad)
