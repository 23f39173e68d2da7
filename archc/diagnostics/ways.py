"""Ways to lead a layer to the axis that it looks for, in words, and as a remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from archc.diagnostics.fault import Action, Remedy

if TYPE_CHECKING:
    from archc.source import Span


class Way(NamedTuple):
    """Layers that are put before a layer and, where what follows wants the old order, behind it; or another input.

    One of the layers `instead` may have been meant. `makes` is what it receives then, in words. Where they are put
    beside another layer, `place` says it, `action` does it, and `target` is the name of that layer.
    """

    before: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()
    makes: str = ""
    shape: tuple[int, ...] | None = None
    """The input of the network as it may be meant."""
    place: str = "before it"
    action: Action = "insert-layer"
    target: Span | None = None
    also: tuple[Span, str] | None = None
    """Where the size of the axis that was taken is written, and that of the other one."""

    def text(self) -> str:
        """What to do, as help says it."""
        if self.shape:
            return f"write `input: {list(self.shape)}`, if that is how the data are"
        text = f"put {_quoted(self.before, 'and')} {self.place}"
        if self.behind:
            text += " and behind it" if self.behind == self.before else f" and {_quoted(self.behind, 'and')} behind it"
        if self.makes:
            text += f", which makes {self.makes}"
        return f"{text}, or use {_quoted(self.instead, 'or')}" if self.instead else text

    def remedy(self) -> Remedy:
        """The same as an edit, which another axis is used after: it is a guess, whatever it is."""
        if self.shape:
            return Remedy(f"write `input: {list(self.shape)}`", str(list(self.shape)), safe=False, action="set-input")
        before = "\n".join(self.before)
        title = f"put `{'`, `'.join(self.before)}` {self.place}"
        if not self.behind:
            return Remedy(title, before, safe=False, action=self.action, also=self.also)
        behind = "\n".join(self.behind)
        title += f", and `{'`, `'.join(self.behind)}` behind it"
        return Remedy(title, f"{before}\n\n{behind}", safe=False, action="surround-layer", also=self.also)


Ways = tuple[Way, ...]


def said(ways: Ways) -> str:
    """Several ways, the likeliest first."""
    return "; or ".join([way.text() for way in ways])


def _quoted(layers: tuple[str, ...], word: str) -> str:
    return f" {word} ".join([f"`{layer}`" for layer in layers])
