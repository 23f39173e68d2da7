"""A file of somebody's own is replaced whole or not at all."""

import pytest

from archc.files import disk, durable


def test_a_file_keeps_its_permissions(tmp_path):
    path = tmp_path / "spec.yaml"
    path.write_text("before")
    path.chmod(0o600)
    durable.replace_file(path, b"after")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("after", 0o600)


def test_what_is_interrupted_leaves_the_old_file_and_nothing_beside_it(tmp_path, monkeypatch):
    path = tmp_path / "spec.yaml"
    path.write_text("before")

    def interrupt(source, target):
        raise KeyboardInterrupt

    monkeypatch.setattr(disk, "rename", interrupt)
    with pytest.raises(KeyboardInterrupt):
        durable.replace_file(path, b"after")
    assert path.read_text() == "before"
    assert [entry.name for entry in tmp_path.iterdir() if entry.is_file()] == ["spec.yaml"]


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(IsADirectoryError):
        durable.replace_file(tmp_path, b"")
