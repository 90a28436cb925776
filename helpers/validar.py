"""The self-check by its Spanish name, `python -m helpers.validar`: see `helpers.validate`."""

import sys

from helpers.validate import main

if __name__ == "__main__":
    sys.exit(main(program="helpers.validar"))
