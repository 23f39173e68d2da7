"""`archc compile` to source."""

from pathlib import Path

from tests.support.texts import GOOD, WRONG


def test_compile_writes_source_or_prints_it(archc, write):
    write("good.yaml", GOOD)
    code, printed, _ = archc("compile", "good.yaml", "-o", "-")
    assert code == 0
    assert "nn.Linear(784, 10)" in printed
    assert archc("compile", "good.yaml", "-o", "good.py", "-q") == (0, "", "")
    assert Path("good.py").read_text() == printed


def test_compile_of_a_wrong_spec_writes_nothing(archc, write):
    write("wrong.yaml", WRONG)
    write("model.py", "mine")
    assert archc("compile", "wrong.yaml", "-o", "model.py")[0] == 1
    assert Path("model.py").read_text() == "mine"
    assert sorted(path.name for path in Path().iterdir()) == ["model.py", "wrong.yaml"]


def test_compile_refuses_an_unknown_ending(archc, write):
    write("good.yaml", GOOD)
    code, _, err = archc("compile", "good.yaml", "-o", "good.bin")
    assert code == 2
    assert "none of the endings `.py`, `.safetensors`" in err


def test_compile_says_why_it_cannot_write(archc, write):
    write("good.yaml", GOOD)
    code, _, err = archc("compile", "good.yaml", "-o", "good.yaml/x.py")
    assert code == 1
    assert "error[E502]" in err
