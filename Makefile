# make grade: build lab 3, grade the example class.   make test: everything that must hold.
PYTHON ?= python3
BIN := .venv/bin
# One numeric thread for each process: the notebooks' matrices are too small for more.
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1
export MKL_NUM_THREADS := 1

.PHONY: grade test versions bench tolerance lint sandbox browser database clean
.DEFAULT_GOAL := grade

# Exit code 3 of `run` means that somebody should look at a submission; the example class has one.
grade: .venv/ready sandbox
	@(ls submitted | grep -q . || $(BIN)/python -m grading demo lab3) & \
		$(BIN)/python -m grading build lab3 && wait $$!
	@echo "Grading what is new or changed; the first time the masters train, a few minutes."
	@$(BIN)/python -m grading run lab3 || [ $$? -eq 3 ]

test: .venv/ready sandbox browser database lint
	@$(BIN)/python -m pytest -n 4 --dist loadfile --no-loadscope-reorder

# Complete notebooks with the oldest versions that README names, in an environment of their own.
versions: .venv/ready
	@$(BIN)/python -m pytest -n 2 tests/versions

# The kit against stock nbgrader in one run. The quick look takes about an hour; the full one, with
# the classes that README quotes, some hours: make bench FULL=1. One part: make bench BENCH="--part small".
FULL_CLASSES := --lab-class 40 --stock-lab 4 --small-class 100 --record-students 100 --record-students 1000 --compare-students 40 --compare-students 300 --compare-students 1000
bench: .venv/ready sandbox
	@PYTHONPATH=tests/support $(BIN)/python -P tests/bench.py $(if $(FULL),$(FULL_CLASSES)) $(BENCH)

# How far honest and faulty trainings of lab 3 depart from the master's: docs/proving-trainings.md.
tolerance: .venv/ready sandbox
	@PYTHONPATH=tests/support $(BIN)/python -P tests/tolerance.py $(TOLERANCE)

lint: .venv/ready
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports --no-cache --no-logo

# Submissions run in bubblewrap (Linux). Where it may not be installed, grading says what to do.
sandbox:
	@[ "$$(uname)" != Linux ] || $(call install,bwrap,bubblewrap)

# Tests drive JupyterLab in Chromium; where there is none, they are skipped and say so.
browser:
	@[ "$$(uname)" != Linux ] || $(call install,chromium,chromium)

# A gradebook may be in PostgreSQL, so one is tested with; as above.
database:
	@[ "$$(uname)" != Linux ] || command -v initdb >/dev/null || $(call install,pg_ctlcluster,postgresql)

# $(call install,COMMAND,PACKAGE): with apt-get where this user may; else the command to run.
define install
{ command -v $(1) >/dev/null || { \
	if [ "$$(id -u)" = 0 ]; then as=; else as="sudo -n"; fi; \
	if command -v apt-get >/dev/null && $$as true 2>/dev/null; then \
		echo "Installing $(2) (apt-get)"; \
		$$as apt-get -qq update && $$as apt-get -qq install -y --no-install-recommends $(2) >/dev/null; \
	fi; \
	command -v $(1) >/dev/null || \
		echo "$(2) is missing. To install it, run: sudo apt-get install $(2)"; }; }
endef

.venv/ready: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
		{ echo "Python 3.11, 3.12 or 3.13 is needed: make PYTHON=/path/to/python3.x"; exit 1; }
	@echo "Setting up .venv (a few minutes the first time)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install -qq --disable-pip-version-check -r requirements.txt
	@$(BIN)/pip install -qq --disable-pip-version-check --no-deps -e .
# An editable installation leaves out what tells Jupyter's servers of the page for marking.
	@mkdir -p .venv/etc/jupyter && cp -R grading/marking/jupyter_server_config.d .venv/etc/jupyter
	@touch $@

clean:
	rm -rf .venv
