"""`python -m archc`: the command line."""

import sys

from archc.cli import main

if __name__ == "__main__":
    sys.exit(main())
