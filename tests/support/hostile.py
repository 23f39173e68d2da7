"""Files that try to make archc run, read, write, connect, hang, exhaust the memory, or print what a terminal obeys."""

import json
import os
from pathlib import Path

_HEAD = "archc: 1\ninput: [4]\n"
_SPELLS = {
    "code in an expression": "\"${__import__('os').system('touch pwned')}\"",
    "an attribute": '"${width.__class__.__mro__}"',
    "an index": '"${width[0]}"',
    "a lambda": '"${(lambda: 1)()}"',
    "a comprehension": '"${[x for x in (1, 2)]}"',
    "a format string": '"{0.__class__}%s%n{}"',
    "a template": '"{{7*7}}#{7*7}$(id)`id`"',
    "a power tower": '"${9 ** 9 ** 9 ** 9}"',
    "a power of a float": '"${1e308 * 1e308 - 1e308 * 1e308}"',
    "a shift by multiplication": '"${2 ** 62 * 2 ** 62}"',
    "text times a number": "\"${'a' * 999999999}\"",
    "deep parentheses": f'"${{{"(" * 5000}1{")" * 5000}}}"',
    "many tokens": f'"${{1{"+1" * 5000}}}"',
    "a huge int": "9" * 20_000,
    "a huge exponent": "1e999999999",
    "a sexagesimal": "190:20:30",
    "an object": "!!python/object/apply:os.system ['touch pwned']",
    "a module": "!!python/module:os",
    "a name": "!!python/name:os.system",
    "a tag": "!<tag:yaml.org,2002:python/object/new:os.system> ['touch pwned']",
    "bytes": "!!binary 'AAAA'",
}


def texts() -> dict[str, bytes]:
    """Whole files by what they try."""
    return _spells() | _shapes() | _sizes() | _bytes() | _terminals()


def _spells() -> dict[str, bytes]:
    made = {}
    for name, spell in _SPELLS.items():
        made[f"{name} as an argument"] = f"{_HEAD}vars: {{width: 3}}\nlayers:\n  - Linear: {spell}\n".encode()
        made[f"{name} as a name"] = f"{_HEAD}vars: {{width: 3}}\nlayers:\n  - ReLU: {{name: {spell}}}\n".encode()
        made[f"{name} as a value"] = f"{_HEAD}layers: [ReLU]\nx-data: {spell}\n".encode()
    return made


def _shapes() -> dict[str, bytes]:
    bomb = "".join(f"x-{n}: &{n} [{', '.join([f'*{chr(ord(n) - 1)}'] * 9)}]\n" for n in "bcdefghijkl")
    calls = "".join(f"  b{n}: {{layers: [b{n + 1}, b{n + 1}]}}\n" for n in range(60))
    return {
        "an alias bomb": f"{_HEAD}x-a: &a [1]\n{bomb}layers: [ReLU]\n".encode(),
        "an alias of itself": f"{_HEAD}x-a: &a [*a]\nlayers: [ReLU]\n".encode(),
        "a block bomb": f"{_HEAD}blocks:\n{calls}  b60: {{layers: [ReLU]}}\nlayers: [b0]\n".encode(),
        "a block in itself": f"{_HEAD}blocks: {{a: {{layers: [a]}}}}\nlayers: [a]\n".encode(),
        "a Repeat without end": f"{_HEAD}layers:\n  - Repeat: {{times: 1000000000, layers: [ReLU]}}\n".encode(),
        "a Repeat of nothing": (
            _HEAD + "layers:\n  - Repeat: {times: 99999, layers: [{ReLU: {when: false}}]}\n"
        ).encode(),
        "nested Repeats": (
            _HEAD + "layers:\n  - " + "{Repeat: {times: 9999, layers: [" * 9 + "ReLU" + "]}}" * 9 + "\n"
        ).encode(),
        "brackets": b"[" * 100_000,
        "braces": b"{" * 100_000,
        "dashes": b"- " * 100_000,
        "questions": b"? " * 50_000,
        "json brackets": b'{"archc": 1, "layers": ' + b"[" * 100_000,
        "indentation": "\n".join(" " * n + "a:" for n in range(2_000)).encode(),
        "a merge key": f"{_HEAD}x-a: &a {{b: 1}}\n<<: *a\nlayers: [ReLU]\n".encode(),
        "a mapping as a key": f"{_HEAD}? {{a: [b]}}\n: 1\nlayers: [ReLU]\n".encode(),
        "huge shapes": b"archc: 1\ninput: [2147483647, 2147483647, 9]\nlayers: [Flatten, {Linear: 2147483647}]\n",
        "huge widths": f"{_HEAD}layers: [{', '.join(['{Linear: 2147483647}'] * 1000)}]\n".encode(),
        "many mistakes": f"{_HEAD}layers: [{', '.join(['Nonsense'] * 3000)}]\n".encode(),
        "many unknown keys": (_HEAD + "".join(f"key{n}: 1\n" for n in range(2000)) + "layers: [ReLU]\n").encode(),
    }


def _sizes() -> dict[str, bytes]:
    return {
        "a line of a megabyte": f"{_HEAD}description: {'a ' * 500_000}\nlayers: [ReLU]\n".encode(),
        "a wrong line of a megabyte": f"{_HEAD}layers: [{'a' * 1_000_000}\n".encode(),
        "a comment of a megabyte": f"# {'#' * 1_000_000}\n{_HEAD}layers: [ReLU]\n".encode(),
        "a key of a megabyte": f"{_HEAD}? {'k' * 1_000_000}\n: 1\nlayers: [ReLU]\n".encode(),
        "too large a file": b"#" * (4 * 1024 * 1024 + 1),
        "a file of line ends": b"\n" * (4 * 1024 * 1024),
        "a file of blanks": b" " * (4 * 1024 * 1024),
        "a name of a layer of 60 KiB": f"{_HEAD}layers: [{'Linaer' * 10_000}]\n".encode(),
        "nothing": b"",
    }


def _bytes() -> dict[str, bytes]:
    return {
        "zeros": b"\0" * 1000,
        "every byte": bytes(range(256)) * 4,
        "UTF-16": (_HEAD + "layers: [ReLU]\n").encode("utf-16"),
        "a lone surrogate": b"archc: 1\nname: \xed\xa0\x80\nlayers: [ReLU]\n",
        "an overlong slash": b"archc: 1\ninclude: ['..\xc0\xafx.yaml']\n",
        "an escaped surrogate": b'{"archc": 1, "input": [4], "layers": ["\\ud800"]}',
        "a gzip": b"\x1f\x8b\x08\0\0\0\0\0\0\x03" + b"\xff" * 100,
        "a pickle": b"\x80\x04\x95\x1a\0\0\0\0\0\0\0\x8c\x02os\x8c\x06system\x93\x8c\x02id\x85R.",
    }


def _terminals() -> dict[str, bytes]:
    marks = {
        "an escape": "\\e]0;pwned\\a\\e[2J\\e[31m",
        "a carriage return": "fine\\rerror",
        "bidi": "\\u202Egnp.exe\\u2066",
        "zero width": "Re\\u200BLU",
        "a workflow command": "x%0A\\n::error::pwned\\n::set-env name=A::b",
        "markup": "<script>alert(1)</script>]]>&amp;[red]x[/red]",
        "null": "a\\0b",
    }
    made = {}
    for name, mark in marks.items():
        made[f"{name} as a layer"] = f'{_HEAD}layers: ["{mark}"]\n'.encode()
        made[f"{name} as a key"] = f'{_HEAD}"{mark}": 1\nlayers: [ReLU]\n'.encode()
        made[f"{name} as a name"] = f'{_HEAD}layers: [{{ReLU: {{name: "{mark}"}}}}]\n'.encode()
        made[f"{name} as an expression"] = f'{_HEAD}layers: [{{Linear: "${{{mark}}}"}}]\n'.encode()
    made["a raw escape in a comment"] = f"# \x1b]0;pwned\x07\n{_HEAD}layers: [ReLU]\n".encode()
    made["raw bidi in a text"] = f"{_HEAD}layers: [Linear\u202e]\n".encode()
    return made


def project(folder: Path) -> list[Path]:
    """Files in a folder that reach for others: out of it, through links, round in circles, and ever deeper."""
    secret = folder / "secret.yaml"
    secret.write_text("vars: {password: 12345}\n")
    inside = folder / "project"
    inside.mkdir()
    (inside / "archc.toml").write_text("")
    (inside / "link.yaml").symlink_to(secret)
    (inside / "folder").symlink_to(folder)
    (inside / "loop.yaml").symlink_to("loop.yaml")
    os.mkfifo(inside / "pipe.yaml")
    for number in range(400):
        (inside / f"deep{number}.yaml").write_text(f"include: [deep{number + 1}.yaml]\n")
    (inside / "wide.yaml").write_text(json.dumps({"include": [f"deep{n}.yaml" for n in range(400)]}))
    reaches = {
        "absolute": str(secret),
        "up": "../secret.yaml",
        "round": "folder/secret.yaml",
        "link": "link.yaml",
        "loop": "loop.yaml",
        "pipe": "pipe.yaml",
        "device": "/dev/zero",
        "home": "~/secret.yaml",
        "address": "https://example.com/x.yaml",
        "deep": "deep0.yaml",
        "wide": "wide.yaml",
        "itself": "itself-spec.yaml",
        "folder": ".",
    }
    made = []
    for name, target in reaches.items():
        spec = inside / f"{name}-spec.yaml"
        spec.write_text(f"{_HEAD}include: [{json.dumps(target)}]\nlayers: [{{Linear: '${{password}}'}}]\n")
        made.append(spec)
    return made
