"""include: definitions of other files, and the walls around them."""

import os

import pytest

import archc
from archc.elaborate import includes

SPEC = "archc: 1\ninput: [4]\ninclude: {}\nlayers: [dense: {{width: '${{n}}'}}]\n"
PARTS = "vars: {n: 3}\nblocks:\n  dense: {params: {width: int}, layers: [Linear: '${width}']}\n"


@pytest.fixture
def project(tmp_path):
    """A folder that marks a project, with a function that writes files into it and checks the spec."""
    (tmp_path / "project/specs").mkdir(parents=True)
    (tmp_path / "project/archc.toml").write_text("")

    def check(files, include="[parts.yaml]"):
        for name, text in {"net.yaml": SPEC.format(include), **files}.items():
            path = tmp_path / "project/specs" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return archc.check(tmp_path / "project/specs/net.yaml")

    check.root = tmp_path
    return check


def slugs(report):
    return [diagnostic.slug for diagnostic in report.diagnostics]


def test_vars_and_blocks_of_an_included_file_are_the_documents(project):
    report = project({"parts.yaml": PARTS})
    assert slugs(report) == []
    assert archc.load(project.root / "project/specs/net.yaml").output == (3,)


def test_an_included_file_may_include_others_and_stand_above_in_the_project(project):
    files = {"../shared/parts.yaml": "include: [vars.json]\n" + PARTS.replace("vars: {n: 3}\n", "")}
    files["../shared/vars.json"] = '{"vars": {"n": 5}}'
    assert slugs(project(files, "[../shared/parts.yaml]")) == []
    assert archc.load(project.root / "project/specs/net.yaml").output == (5,)


def test_a_file_that_is_included_twice_is_read_once(project):
    files = {"parts.yaml": PARTS, "more.yaml": "include: [parts.yaml]\n"}
    assert slugs(project(files, "[parts.yaml, more.yaml]")) == []


@pytest.mark.parametrize(
    ("include", "slug"),
    [
        ("[nowhere.yaml]", "include-not-found"),
        ("['.']", "include-not-found"),
        ("[/etc/passwd]", "include-outside"),
        ("['C:/x.yaml']", "include-outside"),
        ("['~/x.yaml']", "include-outside"),
        ("[../../outside.yaml]", "include-outside"),
        ("[1]", "wrong-value"),
        ("['']", "wrong-value"),
        ("parts.yaml", "wrong-structure"),
    ],
)
def test_what_cannot_be_included_is_said_at_the_path(project, include, slug):
    (project.root / "outside.yaml").write_text(PARTS)
    report = project({"parts.yaml": PARTS}, include)
    assert slugs(report)[0] == slug
    assert "include" in report.diagnostics[0].path


def test_a_symbolic_link_does_not_lead_out_of_the_project(project):
    (project.root / "secret.yaml").write_text(PARTS)
    os.symlink(project.root / "secret.yaml", project.root / "project/specs/parts.yaml")
    report = archc.check(_written(project))
    assert slugs(report)[0] == "include-outside"


def _written(project):
    path = project.root / "project/specs/net.yaml"
    path.write_text(SPEC.format("[parts.yaml]"))
    return path


def test_files_that_include_each_other_are_a_circle(project):
    report = project({"parts.yaml": "include: [more.yaml]\n" + PARTS, "more.yaml": "include: [parts.yaml]\n"})
    (found,) = report.diagnostics
    assert found.slug == "include-circle"
    assert found.notes == ("`specs/parts.yaml` -> `specs/more.yaml` -> `specs/parts.yaml`",)
    assert [label.text for label in found.labels][-1] == "included here"


def test_a_fault_in_an_included_file_points_into_it_with_the_include_beside(project):
    report = project({"parts.yaml": PARTS + "layers: [ReLU]\n"})
    (found,) = report.diagnostics
    assert (found.slug, found.filename) == ("unknown-key", "specs/parts.yaml")
    assert found.labels[0].text == "included here"


def test_a_second_definition_is_shown_with_the_first(project):
    report = project({"parts.yaml": PARTS, "more.yaml": "vars: {n: 4}\n"}, "[parts.yaml, more.yaml]")
    (found,) = report.diagnostics
    assert found.slug == "defined-twice"
    assert found.labels[0].text == "first defined here"


def test_a_spec_without_a_file_cannot_include():
    with pytest.raises(archc.SpecError, match="has no folder"):
        archc.loads("archc: 1\ninput: [4]\ninclude: [x.yaml]\nlayers: [ReLU]\n")


@pytest.mark.parametrize(("more", "expected"), [(-1, []), (0, []), (1, ["includes-too-large"])])
def test_all_files_together_are_limited(project, monkeypatch, more, expected):
    spec = SPEC.format("[parts.yaml]")
    monkeypatch.setattr(includes, "TOTAL_BYTES", len(spec) + len(PARTS) - more)
    found = slugs(project({"parts.yaml": PARTS}))
    assert found[:1] == expected


@pytest.mark.parametrize(("depth", "slugs_"), [(99, []), (100, []), (101, ["includes-too-deep"])])
def test_files_include_one_another_at_most_100_deep(project, depth, slugs_):
    files = {f"{n}.yaml": f"include: [{n + 1}.yaml]\n" for n in range(1, depth)}
    files[f"{depth}.yaml"] = PARTS
    found = slugs(project(files, "[1.yaml]"))
    assert [slug for slug in found if slug == "includes-too-deep"] == slugs_
