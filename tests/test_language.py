"""What can be the name of a document, which is that of a folder."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archc.language import DOCUMENT, NAME, NAME_LENGTH, name_like, why_no_name
from archc.reference.schema import json_schema

REASONS = {
    "": "empty",
    "a" * 65: "64 characters",
    "\U0001f600" * 64: "255 bytes",
    "a/b": "`/`",
    "a\\b": "`\\`",
    'a"b': '`"`',
    "a\nb": "control character",
    "a\u200bb": "cannot be seen",
    ".a": "begins with a dot",
    "a ": "ends with a space",
    "CON": "Windows",
    "lpt1.txt": "Windows",
}


@pytest.mark.parametrize("name", REASONS)
def test_a_name_is_refused_for_a_reason(name):
    assert REASONS[name] in why_no_name(name)


@pytest.mark.parametrize("name", ["FashionCNN", "conv", "Console", "COM10", "a.b", "-", "Größe 3", "a" * 64])
def test_what_can_name_a_folder_is_a_name(name):
    assert why_no_name(name) is None


@given(st.text(max_size=80))
def test_what_is_like_a_text_is_a_name_or_nothing(text):
    found = name_like(text)
    assert found == "" or why_no_name(found) is None


@given(st.text(alphabet=st.characters(codec="utf-8") | st.sampled_from(". -/conCON19"), max_size=70))
def test_the_schema_takes_every_name(text):
    fits = re.search(f"^{NAME}$", text) is not None and len(text) <= NAME_LENGTH
    assert fits or why_no_name(text) is not None


def test_the_schema_has_the_keys_of_the_language():
    schema = json_schema()
    assert list(schema["properties"]) == [key.name for key in DOCUMENT]
    assert schema["required"] == ["archc", "input", "layers"]
