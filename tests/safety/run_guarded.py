"""Runs commands of archc under an audit hook and limits, and reports what they did. A script for a fresh interpreter.

Standard input: JSON with `project` (the folder that may be read), `runs` (lists of arguments), `memory` (bytes) and
`seconds` (of processor time, for all). Standard output: a JSON line a run, with its exit code, what it printed, its
seconds, and the forbidden things it did.
"""

import contextlib
import io
import json
import os
import resource
import sys
import time
from pathlib import Path

FORBIDDEN = (
    "os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "subprocess.Popen", "pty.spawn",
    "socket.", "urllib.", "http.", "ftplib.", "smtplib.", "webbrowser.", "ctypes.",
    "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown",
    "shutil.", "tempfile.", "os.putenv", "pickle.find_class", "os.kill", "signal.pthread_kill",
)  # fmt: skip
HEAVY = ("torch", "torchvision", "numpy")


class Guard:
    """Notes what is forbidden while it is on."""

    def __init__(self, project: Path) -> None:
        self.roots = [
            os.path.realpath(root) for root in {sys.prefix, sys.base_prefix, sys.exec_prefix, *filter(None, sys.path)}
        ]
        self.project = os.path.realpath(project)
        self.on = False
        self.seen: list[str] = []

    def __call__(self, event: str, arguments: tuple) -> None:
        if not self.on:
            return
        if event == "open":
            self.open(*arguments)
        elif event == "compile" and self.compiles_text(arguments[1]):
            self.seen.append(f"compile {arguments[1]!r}")
        elif event == "import" and arguments[0].partition(".")[0] in HEAVY:
            self.seen.append(f"import {arguments[0]}")
        elif event.startswith(FORBIDDEN):
            self.seen.append(f"{event} {arguments!r}")

    def compiles_text(self, file: object) -> bool:
        """Whether it is neither a module being imported, nor what some modules of Python write for themselves.

        `ast` reads a text as a tree, and compiles none of it.
        """
        name = os.fsdecode(file) if isinstance(file, str | bytes) else "<unknown>"
        if not name.startswith("<") and os.path.realpath(name).startswith(tuple(self.roots)):
            return False
        return sys._getframe(2).f_globals.get("__name__") not in ("ast", "collections", "dataclasses", "typing")

    def open(self, path: object, mode: object, flags: int) -> None:
        if isinstance(path, int):
            return
        real = os.path.realpath(os.fsdecode(path))
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            self.seen.append(f"write {real}")
        elif not any(real == root or real.startswith(root + os.sep) for root in (*self.roots, self.project)):
            self.seen.append(f"read {real}")


def main() -> None:
    job = json.load(sys.stdin)
    out = os.fdopen(os.dup(1), "w")
    guard = Guard(Path(job["project"]))
    import archc.cli

    sys.addaudithook(guard)
    resource.setrlimit(resource.RLIMIT_AS, (job["memory"], job["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (job["seconds"], job["seconds"]))
    os.chdir(job["project"])
    for arguments in job["runs"]:
        stdout, stderr = io.StringIO(), io.StringIO()
        guard.seen = []
        start = time.process_time()
        with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
            guard.on = True
            try:
                code = archc.cli.main(arguments)
            finally:
                guard.on = False
        took = time.process_time() - start
        print(json.dumps([code, stdout.getvalue(), stderr.getvalue(), took, guard.seen]), file=out, flush=True)


if __name__ == "__main__":
    main()
