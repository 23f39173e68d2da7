"""`archc diff`: what is printed, and how it exits."""

import json

A = "archc: 1\nname: a-net\ninput: [4]\nlayers:\n  - Linear: 3\n  - ReLU\n  - Linear: 2\n"
B = A.replace("a-net", "b-net").replace("  - ReLU\n", "  - ReLU\n  - Dropout: 0.25\n").replace("Linear: 2", "Linear: 5")


def test_the_table_says_what_differs(archc, write):
    write("a.yaml", A)
    write("b.yaml", B)
    code, out, err = archc("diff", "a.yaml", "b.yaml")
    assert (code, err) == (0, "")
    assert (
        out
        == """\
a  a-net: 4 -> 2
b  b-net: 4 -> 5

   path    type     arguments             output  params   macs
+  2       Dropout  0.25                  3       0        0
~  2 -> 3  Linear   out_features: 2 -> 5  2 -> 5  8 -> 20  6 -> 15

             a     b      difference
layers       3     4      +1
parameters   23    35     +12
MACs         18    27     +9
weights      92 B  140 B  +48 B
activations  32 B  56 B   +24 B
"""
    )


def test_equal_networks_say_so(archc, write):
    write("a.yaml", A)
    write("b.yaml", A.replace("a-net", "b-net"))
    code, out, _ = archc("diff", "--exit-code", "a.yaml", "b.yaml")
    assert code == 0
    assert "the networks are the same" in out


def test_exit_code_says_that_they_differ(archc, write):
    write("a.yaml", A)
    write("b.yaml", B)
    assert archc("diff", "a.yaml", "b.yaml")[0] == 0
    assert archc("diff", "--exit-code", "a.yaml", "b.yaml")[0] == 1


def test_json_follows_version_1(archc, write):
    write("a.yaml", A)
    write("b.yaml", B)
    document = json.loads(archc("diff", "--format", "json", "a.yaml", "b.yaml")[1])
    assert (document["version"], document["same"]) == (1, False)
    assert [change["change"] for change in document["layers"]] == ["added", "changed"]
    assert document["layers"][0]["a"] is None
    assert document["layers"][1]["arguments"] == {"out_features": {"a": 2, "b": 5}}
    assert document["layers"][1]["b"] == {
        "path": "3", "type": "Linear", "input": [3], "output": [5], "params": 20, "macs": 15,
    }  # fmt: skip
    assert document["totals"]["params"] == {"a": 23, "b": 35}


def test_markdown_has_a_table_for_each_part(archc, write):
    write("a.yaml", A)
    write("b.yaml", B)
    out = archc("diff", "--format", "markdown", "a.yaml", "b.yaml")[1]
    assert "| ~ | 2 -> 3 | Linear | out_features: 2 -> 5 | 2 -> 5 | 8 -> 20 | 6 -> 15 |" in out
    assert "| parameters | 23 | 35 | +12 |" in out


def test_overrides_and_another_input_are_those_of_both(archc, write):
    write("a.yaml", A)
    write("b.yaml", B)
    code, out, _ = archc("diff", "--set", "layers[0].Linear=7", "--input", "9", "a.yaml", "b.yaml")
    assert code == 0
    assert "a-net: 9 -> 2" in out
    assert "in_features" not in out


def test_a_wrong_spec_is_an_error(archc, write):
    write("a.yaml", A)
    write("b.yaml", B.replace("ReLU", "RelU2"))
    code, out, err = archc("diff", "a.yaml", "b.yaml")
    assert (code, out) == (1, "")
    assert "b.yaml:6:5" in err
    assert archc("diff", "a.yaml", "nowhere.yaml")[0] == 2
