#!/usr/bin/env bash
# Looks at the templates that the demo made with cfn-lint, which comes from PyPI.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
python3 -m venv "$tools"
"$tools/bin/pip" install --quiet --disable-pip-version-check cfn-lint==1.58.0

shopt -s nullglob
templates=(examples/typescript/*/cdk.out/*.template.json)
[ ${#templates[@]} -gt 0 ] || { echo 'No templates: run the demo first' >&2; exit 1; }
"$tools/bin/cfn-lint" --regions us-east-1 -- "${templates[@]}"
echo "cfn-lint finds nothing in ${#templates[@]} templates"
