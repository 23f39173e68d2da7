"""Writes sentences.csv: sentences of the reference of Python's language and of the documentation in its library.

Both are texts of Python 3.11 (PSF licence). As in a Python without documents of its own, the first are those that
`help()` shows of keywords and topics; the others are docstrings of modules that are written in Python.
"""

import ast
import csv
import re
import sysconfig
from hashlib import sha256
from pathlib import Path
from pydoc_data.topics import topics

MODULES = (
    "argparse asyncio/events asyncio/tasks calendar collections/__init__ configparser csv datetime decimal difflib "
    "email/message fractions ftplib gettext http/client imaplib inspect ipaddress json/__init__ logging/__init__ "
    "mailbox multiprocessing/connection optparse os pathlib pdb pickle random sched shutil smtplib socket ssl "
    "statistics subprocess tarfile tempfile textwrap threading turtle unittest/case unittest/mock urllib/request "
    "uuid wave zipfile"
)
EACH = 850
SHORTEST, LONGEST = 6, 40


def sentences(text):
    """The sentences of the paragraphs of prose: what is indented, or has marks of code, is none."""
    for paragraph in re.split(r"\n\s*\n", text):
        plain = re.sub(r"\*+([^*]+)\*+", r"\1", " ".join(paragraph.split()))
        if re.match(r"   ", paragraph) or re.search(r">>>|::|[=*|`{}<>@\\]", plain):
            continue
        for sentence in re.split(r"(?<=[.?!]) (?=[A-Z])", plain):
            if re.fullmatch(r"[A-Z].*[.?!]", sentence) and SHORTEST <= len(sentence.split()) <= LONGEST:
                yield sentence


def docstrings():
    """The docstrings of the modules, their classes and functions, without their indentation."""
    library = Path(sysconfig.get_path("stdlib"))
    for name in MODULES.split():
        for node in ast.walk(ast.parse((library / f"{name}.py").read_text("utf-8"))):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                yield ast.get_docstring(node) or ""


def drawn(sentence):
    """A place for a sentence among others that has nothing to do with what it says."""
    return sha256(sentence.encode()).digest()


def main():
    language = {sentence for text in topics.values() for sentence in sentences(text)}
    library = {sentence for text in docstrings() for sentence in sentences(text)}
    chosen = []
    for label, found in (("language", language - library), ("library", library - language)):
        chosen += [(sentence, label) for sentence in sorted(found, key=drawn)[:EACH]]
    chosen.sort(key=lambda row: drawn(row[0]))
    with Path(__file__).with_name("sentences.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("sentence", "document"))
        writer.writerows(chosen)


if __name__ == "__main__":
    main()
