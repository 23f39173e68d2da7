"""A table of numbers as data: what its first line says, what is wrong with its cells, and a training on it."""

import json
from pathlib import Path

import numpy as np
import pytest

from archc import api
from archc.data import kinds
from archc.diagnostics.fault import Fault
from archc.errors import RunError, SpecError
from archc.recipe.data.table import Table
from tests.support.asking import asked

HEADER = "id,rooms,area,price\n"
ROWS = "1,2,50.5,100\n2,3,70,150\n3,4,90.25,200\n"


def spec(**changes):
    """A linear regression of the price; `data` are keys of the table."""
    data = {"name": "Table", "file": "houses.csv", "target": "price", "drop": ["id"], **changes.pop("data", {})}
    train = {"loss": "MSELoss", "optimizer": {"Adam": {"lr": 0.1}}, "epochs": 30, "batch_size": 32, "data": data}
    return {"archc": 1, "input": [2], "layers": [{"Linear": 1}], "train": train, **changes}


def written(text, name="houses.csv"):
    Path(name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return text


def whole(text=HEADER + ROWS, **keys):
    name = keys.get("file", "houses.csv")
    written(text, name)
    return kinds.read(asked(Table(**{"file": name, "target": ("price",), "drop": ("id",), **keys})))


def refused(text, **keys):
    """What is said of a table that cannot be read."""
    with pytest.raises(Fault) as error:
        whole(text, **keys)
    assert error.value.field in ("file", "target", "drop", "features")
    return error.value.message()


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_features_are_all_columns_but_the_target_and_what_is_dropped():
    read = whole()
    assert read.train.inputs.tolist() == [[2, 50.5], [3, 70], [4, 90.25]]
    assert read.train.targets.tolist() == [100, 150, 200]
    assert (read.train.inputs.dtype, read.train.targets.dtype) == (np.float32, np.float32)
    assert read.test is None


def test_features_have_the_order_in_which_they_are_named():
    assert whole(features=("area", "rooms"), drop=()).train.inputs.tolist()[0] == [50.5, 2]


def test_several_targets_are_as_many_numbers():
    read = whole(target=("price", "rooms"))
    assert read.train.targets.tolist()[0] == [100, 2]
    assert read.train.inputs.tolist()[0] == [50.5]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("\ufeff" + HEADER + ROWS, "houses.csv"),
        ((HEADER + ROWS).replace("\n", "\r\n"), "houses.csv"),
        ((HEADER + ROWS).replace(",", "\t"), "houses.tsv"),
        (HEADER + ROWS + "\n\n", "houses.csv"),
        ((HEADER + ROWS).replace("rooms", '"rooms"').replace(",50.5,", ',"50.5",'), "houses.csv"),
        ((HEADER + ROWS).rstrip("\n"), "houses.CSV"),
    ],
    ids=["byte order mark", "Windows", "tabs", "empty lines", "quotes", "no last line end"],
)
def test_tables_of_other_programs_are_read_as_the_same(text, name):
    assert whole(text, file=name).train.inputs.tolist() == [[2, 50.5], [3, 70], [4, 90.25]]


WRONG = {
    HEADER: "has no rows",
    "": "no first line with the names",
    "1,2,50.5,100\n2,3,70,150\n": "its first line has numbers",
    HEADER + "1,2,50.5\n": "line 2 has 3 cells, and there are 4 columns",
    HEADER + "1,2,50.5,100,7\n": "line 2 has 5 cells, and there are 4 columns",
    HEADER + "1,2,50.5,100\n2,,70,150\n": "line 3, `rooms`: it is empty",
    HEADER + "1,2,50.5,cheap\n2,3,70,150\n": "line 2, `price`: `cheap` is no number",
    HEADER + "1,nan,50.5,100\n": "line 2, `rooms`: `nan` says that there is no value",
    HEADER + "1,1e39,50.5,100\n": "line 2, `rooms`: `1e39` is more than float32 holds",
    HEADER + "1,1_000,50.5,100\n": "line 2, `rooms`: `1_000` is no number",
    "id,rooms,rooms,price\n": "two of its columns are called `rooms`",
    (HEADER + ROWS).replace(",", ";"): "`;` stands between its columns",
    HEADER.encode() + b"1,\xff,3,4\n": "not UTF-8",
    b"\xff\xfe\x00": "not UTF-8",
    HEADER + '1,"2,50.5,100\n': "not CSV",
    HEADER + "1," + "9" * 200_000 + ",3,4\n": "not CSV",
    "id,price\n1,2\n": "no column is left to predict from",
}


@pytest.mark.parametrize("text", WRONG, ids=[str(number) for number in range(len(WRONG))])
def test_what_is_wrong_with_a_table_is_named_by_its_line_and_column(text):
    assert WRONG[text] in refused(text)


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"file": "houses.txt"}, "ends in .csv or .tsv"),
        ({"target": ("prize",)}, "no column `prize`"),
        ({"drop": ("Id",)}, "no column `Id`"),
        ({"features": ("rooms", "price")}, "cannot be known and predicted"),
    ],
)
def test_keys_that_do_not_fit_the_file_are_refused(keys, said):
    assert said in refused(HEADER + ROWS, **keys)


def test_a_column_that_is_misspelt_is_one_error_of_check_with_what_was_meant():
    written(HEADER + ROWS)
    (diagnostic,) = api.check(spec(data={"target": "Prices"})).diagnostics
    assert (diagnostic.slug, diagnostic.helps) == ("no-such-column", ("did you mean `price`?",))
    (diagnostic,) = api.check(spec(data={"target": "zzz"})).diagnostics
    assert diagnostic.helps == ("there is `id`, `rooms`, `area`, `price`",)


def test_check_knows_the_number_of_features_by_the_first_line_alone():
    written(HEADER + "this is no row\n" * 64)
    assert api.check(spec()).ok
    (diagnostic,) = api.check(spec(input=[13])).diagnostics
    assert diagnostic.slug == "input-not-the-data"
    assert diagnostic.helps == ("write `input: [2]`",)


def batch_norm(batch_size):
    layers = [{"Linear": 4}, "BatchNorm1d", {"Linear": 1}]
    found = spec(layers=layers)
    return found | {"train": found["train"] | {"batch_size": batch_size}}


@pytest.mark.parametrize("text", [ROWS, ROWS.replace("1,", '"1\n",', 1)], ids=["lines", "a cell of two lines"])
def test_check_counts_the_rows_of_a_table(text):
    written(HEADER + text + "\n")
    assert [diagnostic.slug for diagnostic in api.check(batch_norm(2)).diagnostics] == ["last-batch-of-one"]


def test_a_long_table_is_not_counted(monkeypatch):
    monkeypatch.setattr("archc.recipe.data.sheet.MOST_COUNTED", 10)
    monkeypatch.setattr("archc.recipe.data.sheet.FIRST_ROWS", 2)
    written(HEADER + ROWS)
    assert api.check(batch_norm(2)).ok


def test_check_needs_no_file_where_the_features_are_named():
    assert [diagnostic.slug for diagnostic in api.check(spec()).diagnostics] == ["table-unusable"]
    assert api.check(spec(data={"features": ["rooms", "area"]})).ok


def houses(count, *, noise=0.0):
    """A table whose price is a linear function of rooms and area, both from 0 to 1."""
    draws = np.random.default_rng(1).random((count, 3))
    prices = 0.5 * draws[:, 0] + 1.5 * draws[:, 1] + 0.25 + noise * draws[:, 2]
    rows = zip(draws[:, 0], draws[:, 1], prices, strict=True)
    lines = [f"{row},{rooms:.6f},{area:.6f},{price:.6f}" for row, (rooms, area, price) in enumerate(rows)]
    return HEADER + "\n".join(lines) + "\n"


def test_a_linear_regression_finds_the_line_that_the_table_lies_on():
    written(houses(400))
    run = api.train(spec(data={"validation": {"fraction": 0.25}}), run="run")
    assert run.result["best"]["val_loss"] < 1e-4
    weight, bias = run.model()[0].weight.flatten().tolist(), run.model()[0].bias.item()
    assert [*weight, bias] == pytest.approx([0.5, 1.5, 0.25], abs=0.03)
    figures = api.evaluate(run, "validation")
    assert figures["samples"] == 100
    assert figures["loss"] == pytest.approx(run.result["best"]["val_loss"], rel=1e-4)


def test_a_run_can_be_opened_and_predicts_where_its_table_is_not():
    written(houses(100))
    api.train(spec(), run="run")
    Path("houses.csv").rename("elsewhere.csv")
    run = api.open("run")
    written("area,price,rooms\n0.5,9,0.1\n0.1,9,0.9\n", "new.csv")
    from archc.runs.predict import predict

    one, two = predict(run, ["new.csv"])
    model = run.model()
    expected = model(model[0].weight.new_tensor([[0.1, 0.5], [0.9, 0.1]])).flatten().tolist()
    assert [*one.outputs, *two.outputs] == pytest.approx(expected)
    with pytest.raises(RunError) as error:
        api.evaluate(run, "train")
    assert "cannot be used" in str(error.value)


def test_a_file_to_predict_needs_the_columns_of_the_features():
    written(houses(100))
    run = api.train(spec(), run="run")
    from archc.runs.predict import predict

    written("rooms,price\n1,2\n", "new.csv")
    with pytest.raises(RunError) as error:
        predict(run, ["new.csv"])
    assert "no column `area`" in str(error.value)


def test_a_run_is_not_resumed_on_another_table():
    written(houses(100))
    api.train(spec(), run="run")
    Path("run/result.json").unlink()
    written(houses(100, noise=0.1))
    with pytest.raises(RunError) as error:
        api.resume("run")
    assert "data set" in str(error.value)


def test_the_runs_spec_says_the_same_from_anywhere():
    written(houses(50))
    api.train(spec(), run="run")
    assert json.loads(Path("run/environment.json").read_text())["data"]["train"] == 50
    with pytest.raises(SpecError):
        api.train(spec(layers=[{"Linear": 2}]), run="other")
