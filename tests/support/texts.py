"""Small specs for tests of commands, as text."""

GOOD = "archc: 1\ninput: [1, 28, 28]\nlayers: [Flatten, Linear: 10]\n"
WARNED = "archc: 1\ninput: [1, 28, 28]\nlayers: [Linear: 10]\n"
WRONG = "archc: 1\ninput: [1, 28, 28]\nlayers: [Flatten, Linaer: 10]\n"
LINTED = "archc: 1\ninput: [4]\nlayers:\n  - Softmax\n  - Softmax: 0\n"
