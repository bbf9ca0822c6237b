#!/bin/sh
# Make the environment that the course runs in, if it is not there yet:
#
#     sh tools/make_venv.sh              .venv with the course
#     sh tools/make_venv.sh test         .venv with the course and pyproject.toml's extra "test"
#     sh tools/make_venv.sh benchmark    .venv-bench with the course and benchmarks/requirements.txt
#     sh tools/make_venv.sh site         .venv-site with the extra "site"; hub and grading likewise
#
# PYTHON=python3.12 names the Python to use. Without it, the first of the usual names that is new
# enough is taken. When everything is installed already, this takes a few
# milliseconds and needs no network.

set -eu
cd "$(dirname "$0")/.."

what=${1:-course}
venv=.venv
case $what in
  benchmark) venv=.venv-bench ;;
  site | hub | grading) venv=.venv-$what ;;
esac
python=$venv/bin/python
mark=$venv/ready-$what


# --- Is it ready? ---------------------------------------------------------------------------------

# An environment works only in the folder in which it was made, and it may lack what a later
# pyproject.toml asks for. So each installation leaves a mark with the folder and the requirements.
requirements() {
  pwd -P
  cat pyproject.toml
  if [ "$what" = benchmark ]; then cat benchmarks/requirements.txt; fi
}

is_ready() {
  [ -x "$python" ] && [ -f "$mark" ] && [ "$(requirements)" = "$(cat "$mark")" ]
}

# Can something be installed into the environment that stands here? Not if it was made in another
# folder, if the Python that it was made with is gone, or if it lacks pip and there is no uv.
is_usable() {
  grep -q -s -F "$(pwd -P)/$venv" "$venv/bin/activate" || return 1
  "$python" -c '' 2>/dev/null || return 1
  has_uv || "$python" -m pip --version >/dev/null 2>&1
}


# --- Make it --------------------------------------------------------------------------------------

has_uv() {
  uv --version >/dev/null 2>&1
}

is_new_enough() {
  answer=$("$1" -c 'import sys; print(sys.version_info >= (3, 11))' 2>/dev/null) || return 1
  [ "$answer" = True ]
}

# Print the name of a Python that is new enough, or explain on stderr what to do.
find_python() {
  if [ -n "${PYTHON:-}" ]; then
    set -- "$PYTHON"
  else
    set -- python3 python3.14 python3.13 python3.12 python3.11
  fi
  for candidate in "$@"; do
    if is_new_enough "$candidate"; then
      echo "$candidate"
      return
    fi
  done
  {
    echo "This course needs Python 3.11 or newer, and found" \
      "$("$1" --version 2>&1 | head -n 1)."
    echo "Install a newer one from https://www.python.org/downloads/,"
    echo "or name one that you have: PYTHON=python3.12 make lab"
  } >&2
  return 1
}

make_environment() {
  base=$(find_python) || exit 1
  if ! "$base" -m venv --clear "$venv"; then
    rm -rf "$venv"
    echo "$base cannot make a virtual environment: its venv module is missing or incomplete." >&2
    echo "On Debian or Ubuntu, run: sudo apt install python3-venv" >&2
    echo "Or name another Python: PYTHON=python3.12 make lab" >&2
    exit 1
  fi
}

# uv installs in seconds what takes pip a minute, so use it where it is there.
install() {
  if has_uv; then
    uv pip install --quiet --python "$python" "$@"
  else
    "$python" -m pip install --quiet --disable-pip-version-check "$@"
  fi
}

# The course's settings for JupyterLab. A learner's own settings come before these.
set_up_jupyterlab() {
  mkdir -p "$venv/share/jupyter/lab/settings"
  cp deploy/overrides.json "$venv/share/jupyter/lab/settings/overrides.json"
}

# The first import of matplotlib builds a list of fonts. It is better done here than in a lesson.
build_list_of_fonts() {
  "$python" -c 'import matplotlib.pyplot'
}


# --- What happens ---------------------------------------------------------------------------------

if is_ready; then exit 0; fi
if ! is_usable; then make_environment; fi

case $what in
  course)
    echo "Installing the course into $venv. This takes about a minute, and only the first time."
    install -e .
    ;;
  benchmark)
    echo "Installing the libraries that the benchmarks compare with into $venv."
    install -e . -r benchmarks/requirements.txt
    ;;
  *)
    echo "Installing the course and what \"$what\" needs into $venv."
    install -e ".[$what]"
    ;;
esac
set_up_jupyterlab
build_list_of_fonts
requirements > "$mark"
# Every extra contains the course, so afterwards make lab has nothing left to do.
if [ "$what" != benchmark ]; then requirements > "$venv/ready-course"; fi
