# Lived Forwards, Understood Backwards. `make` alone prints what there is to do; every target takes ARGS.
# Plain enough for the make that macOS ships (3.81).

ARGS ?=
VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/ready
TESTABLE := $(VENV)/testable
PRESENTABLE := $(VENV)/presentable
AS_ROOT := $(shell [ "$$(id -u)" = 0 ] && echo --allow-root)
SETTINGS := $(VENV)/share/jupyter/lab/settings
# JupyterLab neither asks whether it may fetch news nor looks for updates, and wraps code where the page is narrower; a
# learner's own settings go first.
OVERRIDES := {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": false}, \
  "@jupyterlab/notebook-extension:tracker": {"codeCellConfig": {"lineNumbers": false, "lineWrap": true}}}
# Beside a busy browser two threads wait for each other: lesson 09's slider takes 72 ms with two, 50 with one.
ONE_THREAD := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1

# An environment remembers where it was made: in a folder that was moved, or with its Python gone, make it anew.
ifneq ($(shell [ -x $(PY) ] && cat $(READY) 2>/dev/null),$(CURDIR))
.PHONY: $(READY)
endif

.PHONY: help lab test notebooks precompute student present bench latency clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' Makefile

lab: $(READY) ## open the course in JupyterLab (make lab ARGS=--no-browser passes options on)
	cd notebooks && $(ONE_THREAD) ../$(PY) -m jupyterlab --ip=127.0.0.1 \
	  --LabApp.default_url=/lab/tree/00_welcome.ipynb $(AS_ROOT) $(ARGS)

test: $(TESTABLE) ## run every test: the module, the benches in a browser, every cell of every notebook
	$(ONE_THREAD) $(PY) -m pytest tests notebooks --nbval -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

notebooks: $(TESTABLE) ## run the notebooks again and keep their outputs (make notebooks ARGS=05 for one)
	$(ONE_THREAD) $(PY) tests/run_notebooks.py $(ARGS)

precompute: $(READY) ## rebuild the results that lessons ship because they take longer than a lesson
	@for script in notebooks/precompute/*.py; do echo $$script; $(ONE_THREAD) $(PY) $$script $(ARGS) || exit 1; done

student: $(READY) ## write the course without solutions and outputs into student/, ready to hand out
	$(PY) deploy/student.py $(ARGS)

present: $(PRESENTABLE) ## serve every bench as a full-screen page for a projector (adds Voilà to the environment)
	$(ONE_THREAD) $(PY) deploy/present.py $(ARGS)

bench: $(VENV)-bench/ready ## time rnnlib beside PyTorch and JAX (installs both, in an environment of their own)
	$(VENV)-bench/bin/python benchmarks/cells.py $(ARGS)

latency: $(TESTABLE) ## time slider to screen in a real browser, for every bench
	$(ONE_THREAD) $(PY) benchmarks/slider_latency.py $(ARGS)

clean: ## remove the environments; the next make lab makes them anew
	rm -rf $(VENV) $(VENV)-bench

# uv where there is one, because it takes seconds where pip takes a minute; pip otherwise.
$(READY): pyproject.toml
	@{ $(PY) -c '' && { uv --version || $(PY) -m pip --version; }; } >/dev/null 2>&1 || { $(MAKE_VENV); }
	@echo "Installing the course into $(VENV) (a minute or so, the first time only)"
	@$(call INSTALL,-e .)
	@mkdir -p $(SETTINGS) && echo '$(OVERRIDES)' > $(SETTINGS)/overrides.json
	@cd notebooks && ../$(PY) -c "import matplotlib.pyplot, rnnlib"
	@echo "$(CURDIR)" > $@

$(TESTABLE): $(READY)
	@$(call INSTALL,-e '.[test]')
	@touch $@

$(PRESENTABLE): $(READY)
	@$(call INSTALL,-e '.[present]')
	@touch $@

$(VENV)-bench/ready: $(READY) benchmarks/requirements.txt
	$(PY) -m venv --clear $(VENV)-bench
	$(VENV)-bench/bin/python -m pip install --quiet -e . -r benchmarks/requirements.txt
	@touch $@

INSTALL = if uv --version >/dev/null 2>&1; then uv pip install --quiet --python $(PY) $(1); \
  else $(PY) -m pip install --quiet --disable-pip-version-check $(1); fi

define MAKE_VENV
for python in $(or $(PYTHON),python3 python3.13 python3.12 python3.11); do \
  new_enough=$$($$python -c 'import sys; print(sys.version_info >= (3, 11))' 2>/dev/null); \
  [ "$$new_enough" = True ] && break; \
done; \
if [ "$$new_enough" != True ]; then \
  echo "This course needs Python 3.11 or newer, and found $$($(or $(PYTHON),python3) --version 2>&1 | head -n 1)."; \
  echo "Install one (https://www.python.org/downloads/), or name one you have: PYTHON=python3.12 make lab"; \
  exit 1; \
fi; \
$$python -m venv --clear $(VENV) || { \
  rm -rf $(VENV); \
  echo "$$python cannot make a virtual environment: its venv module is missing or incomplete."; \
  echo "On Debian or Ubuntu: sudo apt install python3-venv. Or name another Python: PYTHON=python3.12 make lab"; \
  exit 1; \
}
endef
