#!/usr/bin/env bash
# Runs a command with a PyPI package on its PATH: with-pypi.sh PACKAGE==VERSION COMMAND...
set -euo pipefail
package=$1
shift
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
python3 -m venv "$tools"
"$tools/bin/pip" install --quiet --disable-pip-version-check "$package"
PATH="$tools/bin:$PATH" "$@"
