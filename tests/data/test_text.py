"""Texts as data: how they are cut into tokens, what a vocabulary is learnt of, and what is wrong with files of them."""

import json
from pathlib import Path

import pytest
import torch

import archc
from archc.data import kinds
from archc.data.text import words
from archc.diagnostics.fault import Fault
from archc.errors import RunError, SpecError
from archc.recipe.data import Classes, Labels, Numbers
from archc.recipe.data.text import Text
from archc.recipe.train import Validation
from archc.runs.preparation import load_splits
from tests.support.asking import asked
from tests.support.places import ROOT

MAIL = 'kind,body\nham,See you at noon\nspam,Win a prize! A prize!\nham,\nspam,"Win, now"\n'


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def mail(text=MAIL, name="mail.csv", loss="CrossEntropyLoss", validation=None, **keys):
    Path(name).write_bytes(text if isinstance(text, bytes) else text.encode())
    given = {"file": name, "text": "body", "target": ("kind",), "length": 6, **keys}
    return asked(Text(**given), loss, validation=validation)


def refused(*args, **keys):
    with pytest.raises(Fault) as error:
        kinds.read(mail(*args, **keys))
    return error.value


def tokens(asking, split="train"):
    """What the network gets, as words."""
    splits = load_splits(asking.train, asking.folder, None)
    kind = asking.train.data.kind
    prepare = kinds.preparing(kind, splits.fitted, torch.device("cpu"))
    numbers = prepare(getattr(splits, split).inputs)
    assert numbers.dtype == torch.int64
    return [" ".join(splits.fitted.vocabulary[number] for number in row) for row in numbers.tolist()]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("You can now install TorchText using pip!", "you can now install torchtext using pip !"),
        ("It's (very) good; isn't it?", "it ' s ( very ) good isn ' t it ?"),
        ('A "quote"<br />and: more, or 3.5', "a quote and more , or 3 . 5"),
        ("ÜBER\tuns\n", "über uns"),
        ("", ""),
    ],
)
def test_words_are_those_of_basic_english(text, found):
    assert words(text) == found.split()


def test_the_header_tells_columns_and_a_small_file_its_classes_and_rows():
    facts = mail().facts
    assert (facts.sample, facts.dtype, facts.train) == ((6,), "int64", 4)
    assert facts.target == Classes(("ham", "spam"))


def test_a_sample_is_cut_and_padded_and_rare_words_are_unknown():
    assert tokens(mail(length=3)) == ["see you at", "win a prize", "<pad> <pad> <pad>", "win , now"]
    assert tokens(mail(vocabulary=4)) == [
        "<unk> <unk> <unk> <unk> <pad> <pad>",
        "<unk> a prize <unk> a prize",
        "<pad> <pad> <pad> <pad> <pad> <pad>",
        "<unk> <unk> <unk> <pad> <pad> <pad>",
    ]


def test_a_vocabulary_has_the_most_frequent_words_first_and_equals_by_their_letters():
    splits = load_splits(mail().train, Path(), None)
    assert splits.fitted.vocabulary[:5] == ("<pad>", "<unk>", "a", "prize", "win")
    assert splits.fitted.vocabulary[5:] == tuple(sorted(splits.fitted.vocabulary[5:]))


def test_a_vocabulary_is_learnt_of_the_training_samples_alone():
    Path("val.csv").write_text("kind,body\nham,noon tomorrow\n")
    asking = mail(file={"train": "mail.csv", "validation": "val.csv"})
    assert "tomorrow" not in load_splits(asking.train, Path(), None).fitted.vocabulary
    assert tokens(asking, "validation") == ["noon <unk> <pad> <pad> <pad> <pad>"]
    asking = mail(validation=Validation(first=1))
    assert "see" not in load_splits(asking.train, Path(), None).fitted.vocabulary


def test_words_that_look_like_padding_are_words():
    assert tokens(mail("kind,body\na,<pad> x <unk>\nb,x\n", length=3)) == ["<pad> x <unk>", "x <pad> <pad>"]
    splits = load_splits(mail("kind,body\na,<pad> x <unk>\nb,x\n", length=3).train, Path(), None)
    assert splits.fitted.lookup[0] == 0
    assert min(splits.fitted.lookup[1:]) == 2


def test_bytes_are_numbered_from_1():
    asking = mail("kind,body\na,Aé\nb,z\n", tokens="bytes", length=4)
    whole = kinds.read(asking)
    assert whole.train.inputs.tolist() == [[66, 0xC3 + 1, 0xA9 + 1, 0], [ord("z") + 1, 0, 0, 0]]
    assert asking.train.data.kind.tokens_in == 257
    assert load_splits(asking.train, Path(), None).fitted.vocabulary is None


LINES = [json.dumps({"body": text, "kind": kind}) for kind, text in (("ham", "see you"), ("spam", "win"))]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("kind,body\nham,see you\nspam,win\n", "a.csv"),
        ("\ufeffbody\tkind\r\nsee you\tham\r\nwin\tspam\r\n", "a.tsv"),
        ("\n".join(LINES) + "\n\n", "a.jsonl"),
        ('more,kind,body\n1,ham,"see\nyou"\n2,spam,win\n', "a.csv"),
    ],
)
def test_csv_tsv_and_json_lines_give_the_same_samples(text, name):
    asking = mail(text, name, length=2)
    assert asking.facts.target == Classes(("ham", "spam"))
    assert asking.facts.train == 2
    whole = kinds.read(asking)
    assert whole.train.inputs.tolist() == [[1, 2], [3, 0]]
    assert whole.train.targets.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("text", "loss", "keys", "target", "values"),
    [
        ("kind,body\n0.5,a\n2,b\n", "MSELoss", {}, Numbers(()), [0.5, 2]),
        ("kind,body\n2,a\n10,b\n", "CrossEntropyLoss", {}, Classes(("2", "10")), [0, 1]),
        ("kind,body\nb,a\na,b\n", "MSELoss", {}, Classes(("a", "b")), [1, 0]),
        ("kind,n,body\n1,2,a\n3,4,b\n", "MSELoss", {"target": ("kind", "n")}, Numbers((2,)), [[1, 2], [3, 4]]),
        ("kind,n,body\n1,0,a\n0,1,b\n", "CrossEntropyLoss", {"target": ("kind", "n")}, Labels(("kind", "n")), None),
        ("kind,body\nb,a\na,b\n", "CrossEntropyLoss", {"classes": ("b", "a")}, Classes(("b", "a")), [0, 1]),
    ],
)
def test_targets_are_classes_labels_or_numbers(text, loss, keys, target, values):
    asking = mail(text, loss=loss, **keys)
    assert asking.facts.target == target
    whole = kinds.read(asking)
    assert whole.facts.target == target
    assert values is None or whole.train.targets.tolist() == values


WRONG = [
    ("kind,body\n,see\n", {}, "line 2, `kind`: it is empty"),
    ("kind,body\nham,see\nmany,you\n", {"loss": "MSELoss", "classes": ()}, "line 2, `kind`: `ham` is no number"),
    ("kind,body\nham,see,you\n", {}, "line 2 has 3 cells"),
    ("kind,body\n", {}, "no rows"),
    (b"kind,body\nham,\xff\n", {}, "not UTF-8"),
    ("kind,text\nham,see\n", {}, "no column `body`"),
    ("body\nham\n", {}, "no column `kind`"),
    ("kind,body\nx,see\n", {"classes": ("a", "b")}, "the class `x`, which `classes` does not name"),
]
WRONG_JSON = [
    ('{"kind": "a", "body": "b"}\n{"kind": }\n', "line 2, column 10 is not JSON"),
    ('{"kind": "a", "body": "b"}\n[1]\n', "line 2 is no object"),
    ('{"kind": "a", "body": "b"}\n{"kind": "a"}\n', "line 2, `body`: it is missing"),
    ('{"kind": "a", "body": {"x": 1}}\n', "line 1, `body`: it is no text"),
    ("[" * 10_000 + "\n", "line 1"),
    ("", "no rows"),
]


@pytest.mark.parametrize(("text", "keys", "said"), WRONG)
def test_what_is_wrong_with_a_table_of_texts_is_named_by_its_line_and_column(text, keys, said):
    assert said in refused(text, **keys).message()


@pytest.mark.parametrize(("text", "said"), WRONG_JSON)
def test_what_is_wrong_with_lines_of_json_is_named(text, said):
    assert said in refused(text, "mail.jsonl").message()


def test_many_wrong_cells_are_told_with_how_many_there_are():
    message = refused("kind,body\n" + ",see\n" * 50).message()
    assert "50 cells" in message
    assert " 10, 11, `kind`: it is empty; and 40 more" in message


def test_other_files_are_refused():
    assert "ends in .csv, .tsv, .jsonl" in refused(name="mail.txt").message()


def test_bytes_have_no_vocabulary():
    with pytest.raises(Fault) as error:
        Text(file="a.csv", text="a", target=("b",), length=3, tokens="bytes", vocabulary=10).check()
    assert error.value.field == "vocabulary"


def test_texts_are_read_once_whatever_the_size_of_the_vocabulary(monkeypatch):
    asking = mail()
    first = kinds.read(asking)
    smaller = asked(asking.train.data.kind.replace(vocabulary=4), "CrossEntropyLoss")
    with monkeypatch.context() as patch:
        patch.setattr("archc.data.text.words", None)
        again = load_splits(smaller.train, Path(), None)
    assert again.digest == first.digest
    assert again.facts.classes == ("ham", "spam")
    assert len(again.fitted.vocabulary) == 4


def spec(layers=None, **data):
    data = {"name": "Text", "file": "mail.csv", "text": "body", "target": "kind", "length": 6, **data}
    return {
        "archc": 1,
        "input": {"shape": [6], "dtype": "int64"},
        "layers": layers or [{"Embedding": {"embedding_dim": 4, "padding_idx": 0}}, "Flatten", {"Linear": 2}],
        "train": {"data": data, "loss": "CrossEntropyLoss", "optimizer": "Adam", "epochs": 2, "batch_size": 2},
    }


@pytest.mark.parametrize(
    ("keys", "rows"), [({"tokens": "bytes"}, 257), ({"vocabulary": 50}, 50), ({}, 10_000)], ids=["bytes", "words", ""]
)
@pytest.mark.parametrize("layer", ["Embedding", "EmbeddingBag"])
def test_an_embedding_has_a_vector_for_each_token_of_the_data(keys, rows, layer):
    Path("mail.csv").write_text(MAIL)
    last = ["Flatten", {"Linear": 2}] if layer == "Embedding" else [{"Linear": 2}]
    network = archc.loads(json.dumps(spec([{layer: {"embedding_dim": 4}}, *last], **keys)))
    assert network.nodes[0].params == rows * 4
    assert archc.build(network)[0].num_embeddings == rows


def said(made):
    with pytest.raises(SpecError) as error:
        archc.loads(json.dumps(made))
    return str(error.value)


def test_too_few_vectors_and_unknown_tokens_are_found_before_anything_is_read():
    Path("mail.csv").write_text(MAIL)
    embedding = {"Embedding": {"num_embeddings": 256, "embedding_dim": 4}}
    assert "`num_embeddings` is 256, and the data has 257 tokens" in said(
        spec([embedding, "Flatten", {"Linear": 2}], tokens="bytes")
    )
    padded = {"Embedding": {"embedding_dim": 4, "padding_idx": 50}}
    assert "padding_idx" in said(spec([padded, "Flatten", {"Linear": 2}], vocabulary=50))
    alone = spec()
    del alone["train"]
    assert "nothing else says how many tokens there are" in said(alone)


def test_a_fault_of_the_data_leaves_the_tokens_alone():
    Path("mail.csv").write_text(MAIL)
    message = said(spec(tokens="letters"))
    assert "`words` or `bytes`" in message
    assert "num_embeddings" not in message


def test_more_vectors_than_tokens_are_allowed():
    Path("mail.csv").write_text(MAIL)
    embedding = {"Embedding": {"num_embeddings": 300, "embedding_dim": 4}}
    assert archc.loads(json.dumps(spec([embedding, "Flatten", {"Linear": 2}], tokens="bytes"))).nodes[0].params == 1200


@pytest.mark.parametrize("tokens", ["words", "bytes"])
def test_a_run_predicts_texts_where_its_file_is_no_more(tokens):
    Path("mail.csv").write_text(MAIL)
    run = archc.train(spec(tokens=tokens), run="run")
    trained = [prediction.outputs for prediction in run.predict("mail.csv")]
    Path("mail.csv").unlink()
    Path("new.txt").write_text("See you at noon\n\nWin a prize! A prize!\nnothing of it known\n")
    found = archc.open("run").predict("new.txt")
    assert [prediction.outputs for prediction in found[:2]] == trained[:2]
    assert set(found[0].probabilities) == {"ham", "spam"}
    Path("new.jsonl").write_text('{"body": "See you at noon"}\n')
    assert archc.open("run").predict("new.jsonl")[0].outputs == pytest.approx(trained[0])


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.csv", "text\nsee\n", "no column `body`"),
        ("a.jsonl", '{"body": 1}\n{"x": 1}\n', "line 2 has no text"),
        ("a.txt", "\n", "no texts"),
        ("a.png", "", "ends in"),
        ("none.txt", None, "no such file"),
    ],
)
def test_files_without_texts_are_not_predicted(name, text, said):
    Path("mail.csv").write_text(MAIL)
    run = archc.train(spec(), run="run")
    if text is not None:
        Path(name).write_text(text)
    with pytest.raises(RunError, match=said):
        run.predict(name)


def test_what_is_kept_of_a_run_is_its_vocabulary_and_no_table_of_the_data():
    Path("mail.csv").write_text(MAIL)
    run = archc.train(spec(), run="run")
    kept = json.loads(Path("run/fitted.json").read_text())
    assert kept["vocabulary"][:3] == ["<pad>", "<unk>", "a"]
    assert "lookup" not in kept
    before = archc.evaluate(run, "train")
    # In another order words are met in another order: those that the run has learnt keep their numbers.
    header, *lines = MAIL.splitlines(keepends=True)
    Path("mail.csv").write_text(header + "".join(reversed(lines)))
    assert archc.evaluate(run, "train")["loss"] == pytest.approx(before["loss"])


def test_sentences_are_told_apart():
    run = archc.train(ROOT / "specs/sentences.yaml", run="run")
    assert run.result["best"]["val_accuracy"] > 0.85
