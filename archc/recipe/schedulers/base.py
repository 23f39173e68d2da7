"""What a scheduler of torch.optim.lr_scheduler is, and what it needs to know of the run."""

from typing import Annotated, Literal, TypeAlias

from archc.terms.record import Doc
from archc.terms.term import Call, Term
from archc.terms.values import choice

Unit: TypeAlias = Literal["epoch", "step"]
Every: TypeAlias = Annotated[Unit, choice("epoch", "step"), Doc("What it counts: epochs or steps.")]


class Scheduler(Term):
    """Base of the schedulers. `every` says what its numbers count; the other arguments are torch's.

    A scheduler inside another counts what the outer one counts.
    """

    url = "https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.{name}.html"

    @property
    def unit(self) -> Unit:
        """What it counts."""
        unit: Unit = getattr(self, "every", "epoch")
        return unit

    def parts(self) -> tuple["Scheduler", ...]:
        """The schedulers that it is made of; none for most."""
        return ()

    def begins(self) -> tuple[int, ...]:
        """When each of them begins."""
        return (0,) * len(self.parts())

    def total(self) -> int | None:
        """Its length, where it has an end that must not be passed, and the spec says it."""
        return None

    def first_change(self) -> int | None:
        """After how many epochs or steps it first changes the learning rate, where that is not at once."""
        return None

    def made_for(self, length: int, begin: int = 0) -> "Scheduler":
        """The same, with what was left out filled in for a run of so many epochs or steps, of which `begin` are over.

        `length` counts what the scheduler counts.
        """
        return self

    def cycles_momentum(self) -> bool:
        """Whether it also changes the optimizer's momentum."""
        return any(part.cycles_momentum() for part in self.parts())

    def call(self, filled: dict[str, object]) -> Call:
        """The constructor call, without what torch does not know."""
        name, args, kwargs = super().call(filled)
        return Call(name, args, {key: value for key, value in kwargs.items() if key not in ("every", "monitor")})
