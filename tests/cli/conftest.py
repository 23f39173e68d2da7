"""Fixtures of the command-line tests."""

import pytest

from archc.cli import main


@pytest.fixture
def archc(capsys, tmp_path, monkeypatch):
    """Run a command in an empty folder: `archc("check", "x.yaml")` gives its exit code, standard output and error."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ARCHC_DEBUG", raising=False)

    def run(*arguments):
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def write(tmp_path):
    """Write a file in the folder of the command: `write("x.yaml", text)`."""

    def write_file(name, text):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write_file
