"""python -m grading."""

from grading.cli import main

if __name__ == "__main__":  # the pool's processes import this module too
    main(prog_name="python -m grading")
