"""archc on a GPU: whether it is right there, and how long an epoch takes. One command, six minutes at most.

    python benchmarks/cuda.py [--device cuda] [--limit 345] [--json FILE]
    python benchmarks/cuda.py --dry-run

Needs torch (2.11 or newer) and what archc itself needs; no torchvision, no downloads, no installation: the checkout
that it lies in is used. Prints a line of JSON for each outcome as soon as it is there, and Markdown at the end, of what
there is, also where it is interrupted. Exits with 1 where a part failed or is missing.

Checks, on the bundled sample of FashionMNIST: losses against the CPU's, two runs with the same bits, an interrupted run
with the bits of one that was not, bfloat16 and float16, recorded steps (`--cuda-graph`) against plain ones, one process
under torchrun with nccl, an evaluation against the CPU's.

Times, on random images that are on the device: an epoch of three networks by hand (batches by index, no DataLoader),
archc, archc with recorded steps, the bound (the same steps recorded by hand, without data), and by hand under
torch.compile. Medians of the epochs after the first.

Each part (`cuda_parts.py`, `cuda_checks.py`) is a process of its own, as an error of CUDA may make a process useless,
and has its share of the time that is left. `--dry-run` tries all that works without a GPU, on the CPU, with few
samples: nothing is recorded, and no figure says anything of a GPU.
"""

import argparse
import contextlib
import json
import os
import platform
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parents[1]
PARTS = Path(__file__).with_name("cuda_parts.py")
LEAST_TORCH = (2, 11)
BATCH = 100
CHECKS = {
    "losses as on the CPU": 30,
    "two runs, the same bits": 35,
    "resumed, the same bits": 25,
    "bfloat16 and float16": 30,
    "recorded steps": 35,
    "one process under torchrun": 40,
    "evaluation as on the CPU": 25,
}
"""Each with the share of the time that it gets, as a number of seconds."""
NETWORKS = {"fashion_dnn": 45, "fashion_cnn": 45, "mnist_cnn": 45}
LATE = "no end within its time"
CONTENDERS = ("by hand", "by hand, compiled", "archc", "archc --cuda-graph", "bound")


class Parts:
    """Runs parts one after the other, each for its share of the time that is left, and keeps their outcomes."""

    def __init__(self, job, limit, show=print):
        self.outcomes = []
        self._stopped = False
        self._job = job
        self._end = perf_counter() + limit
        self._show = show
        self._waiting = [({"check": name}, share) for name, share in CHECKS.items()]
        self._waiting += [({"network": name, "turn": turn}, NETWORKS[name]) for turn, name in enumerate(NETWORKS)]

    def run(self):
        while self._waiting and not self._stopped:
            own, share = self._waiting[0]
            left = self._end - perf_counter()
            self._part(own, left * share / sum(each for _, each in self._waiting))
            del self._waiting[0]

    def interrupt(self, *_):
        """As the handler of a signal: end what runs, and begin nothing more."""
        self._stopped = True

    def _note(self, outcome):
        self.outcomes.append(outcome)
        self._show(json.dumps(outcome), flush=True)

    def _part(self, own, seconds):
        """A part in a process of its own. What it says before its time is over counts."""
        began = perf_counter()
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            job = {**self._job, **own, "folder": folder, "seconds": seconds}
            ended = self._follow(
                [sys.executable, str(PARTS), json.dumps(job)], began + seconds, Path(folder) / "stderr"
            )
        if own.get("check"):
            missing = [{"check": own["check"]}]
        else:
            missing = [{"network": own["network"], "contender": name} for name in CONTENDERS]
        for each in missing:
            if not any(each.items() <= found.items() for found in self.outcomes):
                self._note({**each, "ok": False, "said": ended})

    def _follow(self, command, end, errors):
        """Note what a part prints until then. Returns why it said no more."""
        with errors.open("w") as stderr:
            process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=stderr, text=True, start_new_session=True, env=environment()
            )
        lines = queue.Queue()
        # A thread, as a process of the part's own may hold the pipe for longer than the part lives.
        reader = threading.Thread(target=read, args=(process.stdout, lines), daemon=True)
        reader.start()
        try:
            while (left := end - perf_counter()) > 0 and not self._stopped:
                ended = process.poll() is not None
                try:
                    self._hear(lines.get(timeout=min(left, 0.5)))
                except queue.Empty:
                    if ended:
                        said = errors.read_text(errors="replace").strip().splitlines()
                        return f"ended with {process.returncode}: {said[-1][:300] if said else ''}"
            return "interrupted" if self._stopped else LATE
        finally:
            late = perf_counter() >= end
            stop(process)
            reader.join(1)
            while not lines.empty():
                self._hear(lines.get(), late)

    def _hear(self, line, late=False):
        with contextlib.suppress(ValueError):
            found = json.loads(line)
            if isinstance(found, dict) and ("check" in found or "contender" in found):
                # A training that is told to stop says where it stopped.
                self._note(found if found["ok"] or not late else {**found, "said": f"{LATE}: {found['said']}"})


def read(pipe, lines):
    """Move the lines of a pipe into a queue."""
    with pipe:
        for line in pipe:
            lines.put(line)


def environment():
    """That of a part: archc is that of this checkout."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return {**os.environ, "PYTHONPATH": path}


def stop(process):
    """End a part with its processes. Kindly first, as torchrun has to end those that it started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        try:
            process.wait(3)
        except subprocess.TimeoutExpired:
            continue


def machine(device):
    """What the figures are of."""
    import torch

    name = torch.cuda.get_device_name(device) if torch.device(device).type == "cuda" else platform.processor()
    return {"device": device, "name": name, "torch": str(torch.__version__), "python": platform.python_version()}


def row(*cells):
    return "| " + " | ".join(str(cell).replace("|", "/") for cell in cells) + " |"


def report(facts, outcomes, samples, dry=False):
    """The outcomes as Markdown; what is missing has not begun."""
    checks = {found["check"]: found for found in outcomes if "check" in found}
    times = {(found["network"], found["contender"]): found for found in outcomes if "contender" in found}
    missing = {"ok": False, "said": "not begun"}
    lines = [f"# {facts['name'] or facts['device']}, torch {facts['torch']}, Python {facts['python']}", ""]
    if dry:
        lines += ["**A dry run on the CPU: no figure says anything of a GPU.**", ""]
    lines += [row("check", "", "figures"), row("---", "---", "---")]
    for name in CHECKS:
        found = checks.get(name, missing)
        lines.append(row(name, "ok" if found["ok"] else "FAILED", found["said"]))
    lines += ["", f"An epoch of {samples:,} samples in batches of {BATCH}, median of the later ones:", ""]
    lines += [row("", *CONTENDERS), row("---", *("---" for _ in CONTENDERS))]
    for name in NETWORKS:
        found = [times.get((name, each), missing) for each in CONTENDERS]
        lines.append(row(name, *(f"{each['median']:.3f} s" if "median" in each else each["said"] for each in found)))
    return "\n".join(lines)


def failed(outcomes):
    """Whether anything is wrong or missing; what is left out for a reason is not."""
    return len(outcomes) < len(CHECKS) + len(NETWORKS) * len(CONTENDERS) or not all(each["ok"] for each in outcomes)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--limit", type=float, help="seconds for everything (345; for a dry run, 1200)")
    parser.add_argument("--json", metavar="FILE", help="write everything there at the end")
    parser.add_argument("--dry-run", action="store_true", help="all that works without a GPU, on the CPU")
    return parser.parse_args()


def why_not(device):
    """Why nothing can be tried here; None where it can."""
    import torch

    if tuple(map(int, torch.__version__.split(".")[:2])) < LEAST_TORCH:
        return f"torch is {torch.__version__}, and 2.11 or newer is needed"
    if torch.device(device).type == "cuda" and not torch.cuda.is_available():
        return "this torch has no CUDA device; --dry-run tries what works without one"
    return None


def main():
    options = arguments()
    device = "cpu" if options.dry_run else options.device
    if reason := why_not(device):
        print(reason, file=sys.stderr)
        return 1
    job = {"device": device, "quick": options.dry_run, "samples": 60_000, "epochs": 4}
    if options.dry_run:
        job |= {"samples": 500, "epochs": 2}
    facts = machine(device)
    print(json.dumps({"machine": facts, "dry_run": options.dry_run}), flush=True)
    parts = Parts(job, options.limit or (1200 if options.dry_run else 345))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, parts.interrupt)
    parts.run()
    print(report(facts, parts.outcomes, job["samples"], dry=options.dry_run), flush=True)
    if options.json:
        found = {"machine": facts, "outcomes": parts.outcomes, "samples": job["samples"], "batch": BATCH}
        Path(options.json).write_text(json.dumps(found, indent=2) + "\n", "utf-8")
    return int(failed(parts.outcomes))


if __name__ == "__main__":
    sys.exit(main())
