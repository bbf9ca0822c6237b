# Lived Forwards, Understood Backwards. `make` alone prints what there is to do.
# Every target passes ARGS on: make notebooks ARGS=05. This works with make 3.81, which macOS has.

ARGS ?=
TESTS ?= tests notebooks
PY := .venv/bin/python
VENV := sh tools/make_venv.sh
# Each precomputed result has a script. A script's name is a target, too.
RESULTS := $(wildcard notebooks/precompute/[0-9]*.py)
# What ruff checks. When all files are laid out by `ruff format`, this becomes a dot.
CHECKED := rnnlib tools benchmarks conftest.py tests deploy notebooks/claims.py notebooks/checks \
  notebooks/figures notebooks/precompute
# Lessons of the second edition, whose code ruff lays out, too.
LAID_OUT := notebooks/00_welcome.ipynb notebooks/01a_one_neuron.ipynb notebooks/01b_reading_digits.ipynb \
  notebooks/02a_hidden_state.ipynb notebooks/02b_letters.ipynb notebooks/05a_lstm_gates.ipynb \
  notebooks/05b_the_way_back.ipynb

# Two BLAS threads wait for each other beside a busy browser: a slider takes 72 ms instead of 50.
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1

.PHONY: help lab test notebooks minutes precompute student assignments present site bridge hub hub-image bench latency test-deploy clean $(RESULTS)

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' Makefile

lab: ## open the course in JupyterLab (make lab ARGS=--no-browser passes an option on)
	@$(VENV)
	cd notebooks && ../$(PY) -m jupyterlab --ip=127.0.0.1 --allow-root \
	  --LabApp.default_url=/lab/tree/00_welcome.ipynb $(ARGS)

test: ## check the code's form, then run all tests (make test TESTS=tests/tools for some)
	@$(VENV) test
	$(PY) -m ruff check $(CHECKED) notebooks/*.ipynb
	$(PY) -m ruff format --check $(CHECKED) $(LAID_OUT)
	$(PY) -m pytest $(TESTS) --nbval -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

notebooks: ## run the notebooks again and keep their outputs (make notebooks ARGS=05 for some)
	@$(VENV) test
	$(PY) tools/run_notebooks.py $(ARGS)

minutes: ## print how long each lesson takes (make minutes ARGS=--write states it in the lessons)
	@$(VENV) test
	$(PY) tools/minutes.py $(ARGS)

precompute: $(RESULTS) ## rebuild the results that take longer than a lesson

$(RESULTS):
	@$(VENV)
	$(PY) $@ $(ARGS)

student: ## write the students' edition, without solutions and outputs, into student/
	@$(VENV) student
	$(PY) tools/student.py $(ARGS)

assignments: ## write the exercises as an nbgrader course into build/assignments/
	@$(VENV) grading
	.venv-grading/bin/python tools/assignments.py $(ARGS)

present: ## serve every bench as a full-screen page for a projector, with Voilà
	@$(VENV) present
	$(PY) tools/present.py $(ARGS)

site: ## write the course as a static site into site/ (PYODIDE=... for a release of Pyodide)
	@$(VENV) site
	PYODIDE="$(PYODIDE)" .venv-site/bin/python tools/static_site.py $(ARGS)

bridge: ## install PyTorch, so that the cells at the end of a chapter run in it
	@$(VENV) bridge

hub: ## try the course on a JupyterHub of your own, on loopback (ARGS="--port 9000")
	@$(VENV) hub
	.venv-hub/bin/python tools/hub.py $(ARGS)

hub-image: ## write hub-image/, from which a hub's image is built (see deploy/hub)
	@$(VENV) student
	$(PY) tools/hub_image.py $(ARGS)

bench: ## time rnnlib beside PyTorch and JAX, in an environment of its own
	@$(VENV) benchmark
	.venv-bench/bin/python benchmarks/cells.py $(ARGS)

latency: ## time every bench in a real browser, from the slider to the screen
	@$(VENV) test
	$(PY) benchmarks/slider_latency.py $(ARGS)

test-deploy: ## test what brings the course to a class: the site, the hub, grading
	@$(VENV) test
	@$(VENV) site
	@$(VENV) hub
	@$(VENV) grading
	$(PY) -m pytest deploy/tests $(ARGS)

clean: ## remove the environments; the next make lab makes them anew
	rm -rf .venv .venv-* build/site
