"""E5xx: runs, checkpoints and exports. What is written, and what is read back."""

from __future__ import annotations

from shlex import quote

from archc.diagnostics.fault import Family, Fault, Stage

fault = Family("E5", Stage.RUN, "Runs and exports")


@fault("E501", "run-exists")
class RunExists(Fault):
    """The directory of a new run already holds something. archc never writes over a run."""

    directory: str

    def message(self) -> str:
        return f"`{self.directory}` exists and is not empty"

    def help(self) -> str:
        return "choose another `--run`, or go on with it: `archc train --resume " + quote(self.directory) + "`"


@fault("E502", "cannot-write")
class CannotWrite(Fault):
    """A file or directory cannot be written. Nothing that was there before is lost."""

    path: str
    reason: str
    kept: str | None = None

    def message(self) -> str:
        return f"cannot write `{self.path}`: {self.reason}"

    def notes(self) -> tuple[str, ...]:
        return (f"the last good state is in `{self.kept}`",) if self.kept else ()


@fault("E503", "not-a-run")
class NotARun(Fault):
    """A directory is not one that `archc train` made, or lacks a file that the command needs."""

    directory: str
    missing: str
    begun: str | None = None
    """A run in that directory that can be gone on with."""
    spec: str | None = None
    """The spec whose runs would be in that directory."""

    def message(self) -> str:
        return f"`{self.directory}` is not a finished run: {self.missing}"

    def help(self) -> str:
        if self.begun is not None:
            return f"go on with the newest: `archc train --resume {quote(self.begun)}`"
        if self.spec is not None:
            return f"train it first: `archc train {quote(self.spec)}`"
        return "a run's directory is one that `archc train` wrote, as in `runs/NAME/20261122-153000`"


@fault("E504", "weights-do-not-fit")
class WeightsDoNotFit(Fault):
    """A weights file has other tensors than the network of the spec: names, shapes or types differ."""

    file: str
    reason: str

    def message(self) -> str:
        return f"the weights in `{self.file}` do not fit the network: {self.reason}"

    def help(self) -> str:
        return "use the spec that the weights were trained with; a run keeps it in spec.yaml"


@fault("E505", "unknown-output")
class UnknownOutput(Fault):
    """`archc compile` writes what the ending of the output file says."""

    file: str
    known: tuple[str, ...]

    def message(self) -> str:
        return f"`{self.file}` has none of the endings {', '.join(f'`{ending}`' for ending in self.known)}"


@fault("E506", "too-many-parameters")
class TooManyParameters(Fault):
    """The network is larger than `--max-params` or than the machine's memory. Nothing is allocated for it."""

    params: int
    needed: int
    limit: str

    def message(self) -> str:
        return f"the network has {self.params:,} parameters, {self.needed / 2**30:,.1f} GiB, more than {self.limit}"

    def help(self) -> str:
        return "`archc show` tells which layers hold them"


@fault("E508", "nothing-to-resume")
class NothingToResume(Fault):
    """No run of the spec is there, or all checkpoints of the run are damaged.

    A run that was stopped before its first checkpoint goes on from its beginning.
    """

    where: str
    skipped: tuple[str, ...] = ()

    def message(self) -> str:
        return f"there is no checkpoint to resume in `{self.where}`"

    def notes(self) -> tuple[str, ...]:
        return self.skipped


@fault("E509", "run-in-use")
class RunInUse(Fault):
    """Another process is writing the run. Two writers would spoil it."""

    directory: str
    holder: str

    def message(self) -> str:
        return f"`{self.directory}` is being written by {self.holder}"


@fault("E510", "resume-differs")
class ResumeDiffers(Fault):
    """A run can only be resumed with the spec that it began with; another spec is another run."""

    what: str

    def message(self) -> str:
        return f"the run cannot be resumed with another {self.what}"

    def help(self) -> str:
        return "resume it without `--set`, or start a new run"


@fault("E511", "file-corrupt")
class FileCorrupt(Fault):
    """A file that should hold weights or other results of archc cannot be read as such."""

    file: str
    reason: str

    def message(self) -> str:
        return f"`{self.file}` cannot be read: {self.reason}"


@fault("E512", "file-exists")
class FileExists(Fault):
    """`archc new` does not write over a file."""

    file: str

    def message(self) -> str:
        return f"`{self.file}` exists"

    def help(self) -> str:
        return "choose another name, or delete the file"


@fault("E540", "changed-meanwhile")
class ChangedMeanwhile(Fault):
    """A spec file was changed by someone else between its reading and its writing. It is left as it is now."""

    file: str

    def message(self) -> str:
        return f"`{self.file}` changed while it was being edited"

    def help(self) -> str:
        return "run the command again"


@fault("E541", "cannot-format")
class CannotFormat(Fault):
    """`archc fmt` leaves a file as it is where it cannot keep the meaning for certain.

    That is so for a few rare spellings of YAML: a directive (`%YAML 1.2`), a key with an anchor, an alias as a key, a
    key of several lines or of more than 1,000 characters, the line separators U+0085, U+2028 and U+2029, and a document
    that is a single value.
    """

    reason: str

    def message(self) -> str:
        return f"this spec is not formatted: {self.reason}"


@fault("E513", "run-not-plain")
class RunNotPlain(Fault):
    """What archc reads and writes in a run's directory has to be the run's own: a link there could lead anywhere."""

    directory: str
    reason: str

    def message(self) -> str:
        return f"`{self.directory}` cannot be used as a run: {self.reason}"

    def help(self) -> str:
        return "copy the run with `cp -rL`, if you trust what it links to"
