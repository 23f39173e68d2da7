"""Records: their arguments are the annotations of their own class."""

from typing import Annotated, Any, ClassVar

from archc.terms.record import Doc, Kind, Record, declared

COUNT = Kind("a count", {"type": "int"}, {"type": "integer"})


class Own(Record):
    width: Annotated[int, COUNT, Doc("how wide")] = 3
    shared: ClassVar[int] = 0


class Heir(Own):
    pass


class Named(Own):
    height: Annotated[int, COUNT]


class Lazily(type):
    """Gives annotations as Python 3.14 does (PEP 649): when they are asked for, not in the `__dict__` of the class."""

    @property
    def __annotations__(cls) -> dict[str, Any]:  # type: ignore[override]
        return {"width": Annotated[int, COUNT]}


def test_arguments_are_the_annotations_that_are_not_of_the_class() -> None:
    assert list(declared(Own)) == ["width"]
    assert Own(width=4).width == 4
    assert Own().width == 3


def test_a_class_without_annotations_has_no_arguments_whatever_its_base_has() -> None:
    assert declared(Heir) == {}
    assert list(declared(Named)) == ["height"]


def test_annotations_that_are_made_when_they_are_asked_for_are_arguments() -> None:
    late: Any = Lazily("late", (Record,), {"width": 7})
    assert "__annotations__" not in vars(late)
    assert list(declared(late)) == ["width"]
    assert late().width == 7
    assert late(width=1).width == 1
