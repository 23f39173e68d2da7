"""A fault's facts: declared by its class, given once."""

import pytest

from archc.diagnostics import catalog


def fault(**facts):
    return catalog.chain_lints.NothingBetween(**facts)


def test_a_fault_with_other_facts_is_another_fault():
    one = fault(layer="Linear", field="bias")
    other = one.with_(layer="Conv2d")
    assert (one.layer, other.layer, other.field) == ("Linear", "Conv2d", "bias")
    assert type(other) is type(one)


@pytest.mark.parametrize("facts", [{"layer": "Linear", "layers": "Linear"}, {}, {"slug": "x", "layer": "Linear"}])
def test_a_fault_has_exactly_the_facts_that_its_class_declares(facts):
    with pytest.raises(AssertionError, match="NothingBetween"):
        fault(**facts)


def test_what_is_changed_must_be_a_fact():
    with pytest.raises(AssertionError, match="no fact"):
        fault(layer="Linear").with_(layr="Conv2d")


def test_facts_stay_as_they_were_stated():
    one = fault(layer="Linear")
    with pytest.raises(AttributeError, match="`layer` of NothingBetween cannot be changed"):
        one.layer = "Conv2d"
    assert one.layer == "Linear"
    one.__traceback__ = None
