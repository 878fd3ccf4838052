#!/usr/bin/env bash
# Makes the virtual environment that the tests run Python in, and prints its interpreter. It is made once, in
# .build/python-tests, and again when requirements.txt changes.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
venv="$here/../../.build/python-tests"
mkdir -p "$venv"

# Two test runs must not install into it at once.
exec 9>"$venv/.lock"
flock 9

if ! cmp -s "$here/requirements.txt" "$venv/.installed"; then
  python3 -m venv "$venv" >&2
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$here/requirements.txt" >&2
  cp "$here/requirements.txt" "$venv/.installed"
fi
(cd "$venv" && echo "$PWD/bin/python")
