#!/usr/bin/env bash
# Looks at the templates that the demo made with cfn-lint, which has to be on the PATH. Any finding fails.
set -euo pipefail
cd "$(dirname "$0")/.."
shopt -s nullglob

ended=(examples/typescript/elastic-inference/cdk.out/*.template.json)
others=()
for template in examples/typescript/*/cdk.out/*.template.json; do
  [[ $template == */elastic-inference/* ]] || others+=("$template")
done
if ((${#ended[@]} == 0 || ${#others[@]} == 0)); then
  echo 'There are no templates: run the demo first' >&2
  exit 1
fi

# W3005: aws-cdk-lib's constructs name dependencies that a reference already makes, which is no fault.
cfn-lint --regions us-east-1 --ignore-checks W3005 -- "${others[@]}"
# IAM has forgotten the actions of Elastic Inference, which ended: only there cfn-lint may not know them.
cfn-lint --regions us-east-1 --ignore-checks W3005 W3037 -- "${ended[@]}"
