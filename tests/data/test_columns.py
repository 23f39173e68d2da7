"""What becomes of a table's columns: categories, holes, scales, classes, labels; its dialects, and its splits."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from archc import api
from archc.data import kinds
from archc.data.batches import Preparation
from archc.data.whole import Arrays
from archc.diagnostics.fault import Fault
from archc.errors import RunError
from archc.recipe.data import Classes, Labels, Numbers
from archc.recipe.data.sheet import in_order
from archc.recipe.data.table import Table
from tests.support.asking import asked

BIRDS = "weight,island,sex,kind\n1.5,Dream,m,a\n2.5,Biscoe,f,b\n3.5,Dream,f,a\n4.5,Torgersen,m,c\n"


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def table(text=BIRDS, loss="CrossEntropyLoss", name="birds.csv", **keys):
    """The request of a table, whose text is written."""
    Path(name).write_text(text)
    return asked(Table(**{"file": name, "target": ("kind",), **keys}), loss)


def prepared(request):
    """(rows, features) as a network gets them, and what was learnt of the training rows."""
    whole = kinds.read(request)
    kind = request.train.data.kind.settled(whole.facts)
    fitted = kinds.fit(kind, whole.train)
    data = request.train.data.replace(kind=kind)
    inputs = torch.from_numpy(np.array(whole.train.inputs))
    return Preparation(data, torch.device("cpu"), fitted)(inputs).tolist(), fitted


def refused(request):
    with pytest.raises(Fault) as error:
        kinds.read(request)
    return error.value


CATEGORIES = {"island": "one-hot", "sex": "one-hot"}


def test_categories_become_1_among_zeros_in_the_order_of_the_columns():
    request = table(categorical=CATEGORIES)
    assert request.facts.sample == (6,)
    rows, _ = prepared(request)
    assert rows[0] == [1.5, 0, 1, 0, 0, 1]  # weight; Biscoe, Dream, Torgersen; f, m
    assert rows[3] == [4.5, 0, 0, 1, 0, 1]


def test_an_index_is_for_an_embedding():
    request = table(categorical={"island": "index", "sex": "index"}, drop=("weight",))
    assert (request.facts.sample, request.facts.dtype) == ((2,), "int64")
    rows, _ = prepared(request)
    assert rows == [[1, 1], [0, 0], [1, 0], [2, 1]]
    with pytest.raises(Fault) as error:
        table(categorical={"island": "index"}, drop=("sex",))
    assert "`weight` is a number" in error.value.message()


def test_categories_may_be_written_and_others_are_refused_by_their_line():
    request = table(categorical={"island": {"one-hot": ["Torgersen", "Dream", "Biscoe", "Skua"]}}, drop=("sex",))
    assert request.facts.sample == (5,)
    assert prepared(request)[0][1] == [2.5, 0, 0, 1, 0]
    fault = refused(table(categorical={"island": {"one-hot": ["Dream"]}}, drop=("sex",)))
    assert "line 3, `island`: `Biscoe` is none of the categories" in fault.message()


def test_a_column_of_texts_that_is_no_category_is_told_what_to_write():
    fault = refused(table(drop=("sex",)))
    assert fault.message() == "the column `island` of `birds.csv` holds texts, as `Dream` in line 2"
    assert "categorical: {island: one-hot}" in fault.help()


HOLES = "a,b,c,kind\n1,,x,0\n2,4,NA,1\n,8,y,0\n6,4,y,1\n"


def test_every_hole_is_told_with_its_line_and_column():
    fault = refused(table(HOLES, categorical={"c": "one-hot"}))
    assert fault.message() == (
        "`birds.csv` has 3 cells that cannot be used: line 2, `b`: it is empty; "
        "line 3, `c`: `NA` says that there is no value; line 4, `a`: it is empty"
    )
    assert fault.help() == "say what stands for it, as in `missing: {b: median}`, or leave the column out: `drop: [b]`"


def test_no_more_than_ten_wrong_cells_are_listed():
    fault = refused(table("a,kind\n" + "".join(f"{row},0\nx{row},1\n" for row in range(30))))
    assert fault.message().count("is no number") == 10
    assert "has 30 cells" in fault.message()
    assert fault.message().endswith("and 20 more")


@pytest.mark.parametrize(
    ("missing", "expected"),
    [
        ("mean", [[1, 16 / 3, 1, 0], [2, 4, 0, 1], [3, 8, 0, 1], [6, 4, 0, 1]]),
        ("median", [[1, 4, 1, 0], [2, 4, 0, 1], [2, 8, 0, 1], [6, 4, 0, 1]]),
        ("most_frequent", [[1, 4, 1, 0], [2, 4, 0, 1], [1, 8, 0, 1], [6, 4, 0, 1]]),
        ("drop", [[6, 4, 1]]),
        # Without the row that is dropped: so is the mean, and of `x` and `y` the first.
        ({"a": "drop", "b": "mean", "c": "most_frequent"}, [[1, 4, 1, 0], [2, 4, 1, 0], [6, 4, 0, 1]]),
    ],
)
def test_holes_are_filled_as_missing_says(missing, expected):
    rows, _ = prepared(table(HOLES, categorical={"c": "one-hot"}, missing=missing))
    found = [row[: len(expected[0])] for row in rows]
    if missing == "drop":
        assert [row[:2] for row in rows] == [[6, 4]]
    else:
        assert np.array(found) == pytest.approx(np.array(expected))


def test_a_target_is_never_made_up():
    text = "a,kind\n1,2\n2,\n3,4\n"
    assert "line 3, `kind`: it is empty" in refused(table(text, "MSELoss", missing="mean")).message()
    assert kinds.read(table(text, "MSELoss", missing="drop")).train.targets.tolist() == [2, 4]


@pytest.mark.parametrize(("scale", "expected"), [("standard", [-1.3416408, 1.3416408]), ("minmax", [0, 1])])
def test_scales_are_those_of_the_training_rows_alone(scale, expected):
    request = table("a,kind\n1,0\n2,1\n3,0\n4,1\n", scale=scale)
    whole = kinds.read(request)
    kind = request.train.data.kind.settled(whole.facts)
    assert prepared(request)[0][0] == pytest.approx([expected[0]])
    fitted = kinds.fit(kind, Arrays(whole.train.inputs[:2], whole.train.targets[:2]))
    prepare = Preparation(request.train.data.replace(kind=kind), torch.device("cpu"), fitted)
    values = prepare(torch.tensor([[1.0], [2.0], [4.0]])).flatten().tolist()
    assert values == pytest.approx([-1, 1, 5] if scale == "standard" else [0, 1, 3])


def test_a_column_without_variance_is_moved_and_not_divided():
    rows, _ = prepared(table("a,b,kind\n7,1,0\n7,3,1\n", scale="standard"))
    assert rows == [[0, -1], [0, 1]]


@pytest.mark.parametrize(
    ("loss", "text", "target", "expected"),
    [
        ("CrossEntropyLoss", "a,t\n1,10\n2,9\n", ("t",), Classes(("9", "10"))),
        ("CrossEntropyLoss", "a,t\n1,no\n2,yes\n", ("t",), Classes(("no", "yes"))),
        ("MSELoss", "a,t\n1,10\n2,9\n", ("t",), Numbers(())),
        ("MSELoss", "a,t\n1,no\n2,yes\n", ("t",), Classes(("no", "yes"))),
        ("MSELoss", "a,t,u\n1,10,2\n2,9,2\n", ("t", "u"), Numbers((2,))),
        ("BCEWithLogitsLoss", "a,t,u\n1,1,0\n2,0,0\n", ("t", "u"), Labels(("t", "u"))),
    ],
)
def test_what_a_target_is_follows_from_its_cells_and_the_loss(loss, text, target, expected):
    request = table(text, loss, target=target)
    assert request.facts.target == expected
    assert kinds.read(request).facts.target == expected


def test_classes_are_told_only_by_the_data_where_a_file_is_long(monkeypatch):
    monkeypatch.setattr("archc.recipe.data.sheet.MOST_COUNTED", 10)
    monkeypatch.setattr("archc.recipe.data.sheet.FIRST_ROWS", 2)
    request = table(categorical=CATEGORIES)
    assert (request.facts.sample, request.facts.target) == (None, Classes(()))
    whole = kinds.read(request)
    assert (whole.facts.sample, whole.facts.target) == ((6,), Classes(("a", "b", "c")))


def test_a_network_that_does_not_fit_a_long_table_is_told_when_it_is_read(monkeypatch):
    monkeypatch.setattr("archc.recipe.data.sheet.MOST_COUNTED", 10)
    monkeypatch.setattr("archc.recipe.data.sheet.FIRST_ROWS", 2)
    Path("birds.csv").write_text(BIRDS)
    spec = birds(layers=[{"Linear": 2}])
    assert api.check(spec).ok
    with pytest.raises(RunError) as error:
        api.train(spec, run="run")
    assert "birds.csv has 3 classes" in str(error.value)
    with pytest.raises(RunError) as error:
        api.train({**birds(), "input": [7]}, run="run")
    assert "the samples of birds.csv are 6, the network's input is 7" in str(error.value)


def birds(**changes):
    data = {"name": "Table", "file": "birds.csv", "target": "kind", "categorical": ["island", "sex"]}
    train = {"data": data, "loss": "CrossEntropyLoss", "optimizer": {"Adam": {"lr": 0.1}}, "epochs": 40}
    return {"archc": 1, "input": [6], "layers": [{"Linear": 3}], "train": train, **changes}


def test_classes_have_the_order_in_which_they_are_named():
    whole = kinds.read(table(classes=("c", "b", "a"), categorical=CATEGORIES))
    assert whole.train.targets.tolist() == [2, 1, 2, 0]
    numbered = kinds.read(table("x,kind\n1,0\n2,1\n", classes=("no", "yes"))).train
    assert numbered.targets.tolist() == [0, 1]
    fault = refused(table(classes=("a", "b"), categorical=CATEGORIES))
    assert fault.message() == "birds.csv has the class `c`, which `classes` does not name"


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        (BIRDS.replace(",", ";"), {"delimiter": ";"}),
        (BIRDS.replace(",", ";").replace(".", ","), {"delimiter": ";", "decimal": ","}),
        (BIRDS.partition("\n")[2], {"columns": ("weight", "island", "sex", "kind")}),
        (BIRDS.replace(",", "|"), {"delimiter": "|"}),
    ],
    ids=["semicolons", "decimal commas", "no header", "bars"],
)
def test_dialects_give_the_same_rows(text, keys):
    expected = kinds.read(table(categorical=CATEGORIES)).train
    found = kinds.read(table(text, categorical=CATEGORIES, **keys)).train
    assert found.inputs.tolist() == expected.inputs.tolist()
    assert found.targets.tolist() == expected.targets.tolist()


def test_a_dialect_that_is_met_is_told_how_to_be_written():
    with pytest.raises(Fault) as error:
        table(BIRDS.replace(",", ";"))
    assert error.value.help() == 'write `delimiter: ";"`'
    fault = refused(table('a,kind\n"1,5",0\n"2,5",1\n'))
    assert fault.help() == 'write `decimal: ","`'


def test_splits_are_files_of_their_own():
    Path("more").mkdir()
    Path("more/train.csv").write_text(BIRDS)
    Path("more/val.csv").write_text(BIRDS.rpartition("4.5")[0])
    Path("more/test.csv").write_text("kind,sex,island,weight\na,m,Dream,9\n")
    for file in ("more", {"train": "more/train.csv", "validation": "more/val.csv", "test": "more/test.csv"}):
        request = asked(Table(file=file, target=("kind",), categorical=CATEGORIES), "CrossEntropyLoss")
        whole = kinds.read(request)
        assert {name: len(split.targets) for name, split in whole.splits().items()} == {
            "train": 4,
            "validation": 3,
            "test": 1,
        }
        assert whole.test.inputs.tolist() == [[9, 1, 1]]
        assert request.facts.has_validation


def test_a_category_that_only_a_test_file_has_is_refused():
    Path("test.csv").write_text("weight,island,sex,kind\n1,Mars,m,a\n")
    fault = refused(table(file={"train": "birds.csv", "test": "test.csv"}, categorical=CATEGORIES))
    assert (
        fault.message()
        == "`test.csv` has a cell that cannot be used: line 2, `island`: `Mars` is none of the categories"
    )


def test_a_folder_without_a_training_file_or_with_two_is_refused():
    Path("more").mkdir()
    Path("more/test.csv").write_text(BIRDS)
    with pytest.raises(Fault) as error:
        table(file="more")
    assert "without a file for training" in error.value.message()
    Path("more/train.csv").write_text(BIRDS)
    Path("more/train.tsv").write_text(BIRDS)
    with pytest.raises(Fault) as error:
        table(file="more")
    assert "two files for one split" in error.value.message()


def test_a_run_knows_its_classes_categories_and_scales_where_its_table_is_no_more():
    Path("birds.csv").write_text(BIRDS)
    spec = birds()
    spec["train"]["data"] |= {"scale": "standard"}
    run = api.train(spec, run="run")
    kept = json.loads(Path("run/fitted.json").read_text())
    assert kept["inputs"]["centre"] == [3, 0, 0]
    before = api.evaluate(run, "train")
    Path("birds.csv").rename("elsewhere.csv")
    Path("new.csv").write_text("sex,weight,island\nm,1.5,Dream\nf,2.5,Biscoe\n")
    run = api.open("run")
    assert [prediction.class_name for prediction in run.predict("new.csv")] == ["a", "b"]
    Path("new.csv").write_text("sex,weight,island\nm,1.5,Mars\n")
    with pytest.raises(RunError) as error:
        run.predict("new.csv")
    assert "line 2, `island`: `Mars` is none of the categories" in str(error.value)
    # Figures are those of the scales that were learnt, whatever the table has become.
    Path("birds.csv").write_text(BIRDS.replace("1.5", "1.5", 1))
    assert api.evaluate(run, "train")["loss"] == before["loss"]


def test_a_table_is_read_once(monkeypatch):
    request = table(categorical=CATEGORIES)
    first = kinds.read(request)
    with monkeypatch.context() as patch:
        patch.setattr("archc.data.cells.reading", None)
        again = kinds.read(request)
    assert again.facts == first.facts
    assert again.train.inputs.tolist() == first.train.inputs.tolist()
    whole = kinds.read(table(BIRDS + "9,Dream,m,d\n", categorical=CATEGORIES))
    assert whole.facts.classes == ("a", "b", "c", "d")


def test_names_that_are_numbers_sort_as_numbers():
    assert in_order({"10", "9", "-1"}) == ("-1", "9", "10")
    assert in_order({"10", "9", "x"}) == ("10", "9", "x")


@pytest.mark.parametrize("loss", ["MSELoss", "GaussianNLLLoss"])
def test_numbers_are_learnt_in_a_scale_and_told_in_their_own_units(loss):
    draws = np.random.default_rng(3).random((200, 2))
    prices = 30_000 * draws[:, 0] + 50_000 * draws[:, 1] + 100_000
    lines = [f"{a},{b},{price}" for (a, b), price in zip(draws, prices, strict=True)]
    Path("houses.csv").write_text("\n".join(["a,b,price", *lines]))
    outputs = 1 if loss == "MSELoss" else 2
    layers = [{"Linear": outputs}] if outputs == 1 else [{"Linear": outputs}, "Softplus"]
    data = {"name": "Table", "file": "houses.csv", "target": "price", "scale": "standard"}
    if loss != "MSELoss":  # the mean is a Softplus here: the scale has to be above 0
        data["scale"] = "minmax"
    train = {"data": data, "loss": loss, "optimizer": {"Adam": {"lr": 0.05}}, "epochs": 60}
    run = api.train({"archc": 1, "input": [2], "layers": layers, "train": train}, run="run")
    figures = api.evaluate(run, "train")
    assert figures["mae"] < (500 if loss == "MSELoss" else 10_000)
    (first, *_) = run.predict("houses.csv")
    assert abs(first.outputs[0] - prices[0]) < (2_000 if loss == "MSELoss" else 30_000)
    if loss != "MSELoss":
        raw = run.model()(torch.tensor((draws[:1] - draws.min(0)) / np.ptp(draws, 0), dtype=torch.float32))[0]
        assert first.outputs[1] == pytest.approx(raw[1].item() * np.ptp(prices) ** 2, rel=1e-3)
