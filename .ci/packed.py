"""What git tracks is in the distributions: `python .ci/packed.py FOLDER`, the folder with a wheel and an sdist."""

import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def tracked() -> set[str]:
    """The files of the repository."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return {name for name in listed.split("\0") if name}


def wheel_lacks(files: Iterable[str], repository: Iterable[str]) -> tuple[set[str], set[str]]:
    """What of the package and the licences a wheel lacks, and what it has that is neither of those nor metadata."""
    names = {name.partition(".dist-info/licenses/")[2] or name for name in files}
    licences = {name for name in repository if Path(name).name == "LICENSE"}
    wanted = {name for name in repository if name.startswith("archc/")} | licences
    return wanted - names, {name for name in names - wanted if ".dist-info/" not in name}


def sdist_lacks(files: Iterable[str], repository: Iterable[str]) -> tuple[set[str], set[str]]:
    """What of the repository an sdist lacks, and what it has that is neither of it nor metadata."""
    names = {name.partition("/")[2] for name in files}
    made = {"PKG-INFO", "setup.cfg"}
    return set(repository) - names, {n for n in names - set(repository) - made if ".egg-info/" not in n}


def main(folder: str) -> int:
    """Say what is wrong with the wheel and the sdist in a folder, if anything is."""
    (wheel,), (sdist,) = Path(folder).glob("*.whl"), Path(folder).glob("*.tar.gz")
    with zipfile.ZipFile(wheel) as opened:
        found = {wheel.name: wheel_lacks((n for n in opened.namelist() if not n.endswith("/")), tracked())}
    with tarfile.open(sdist) as archive:
        found[sdist.name] = sdist_lacks((member.name for member in archive if member.isfile()), tracked())
    for name, (lacking, besides) in found.items():
        print(f"{name}: lacks {sorted(lacking) or 'nothing'}, has besides {sorted(besides) or 'nothing'}")
    return int(any(lacking or besides for lacking, besides in found.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
