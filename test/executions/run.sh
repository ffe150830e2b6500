#!/usr/bin/env bash
# Runs whole executions of jobs in the interpreter of moto, which must be installed.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export DEFINITIONS="$work/definitions.json"
npx tsx test/executions/definitions.ts "$DEFINITIONS"
python3 -B -W ignore -m unittest discover --start-directory test/executions
