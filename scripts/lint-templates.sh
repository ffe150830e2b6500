#!/usr/bin/env bash
# Runs cfn-lint, which must be on the PATH, on the templates that the demo made. Any finding fails.
set -euo pipefail
cd "$(dirname "$0")/.."
shopt -s nullglob

ended=(examples/typescript/elastic-inference/cdk.out/*.template.json)
others=()
for template in examples/typescript/*/cdk.out/*.template.json; do
  [[ $template == */elastic-inference/* ]] || others+=("$template")
done
if ((${#ended[@]} == 0 || ${#others[@]} == 0)); then
  echo 'No templates found. Run the demo first.' >&2
  exit 1
fi

# W3005: aws-cdk-lib's constructs also name dependencies that a reference already implies, which is harmless.
cfn-lint --regions us-east-1 --ignore-checks W3005 -- "${others[@]}"
# W3037: IAM no longer lists the actions of Elastic Inference, which ended. Only its templates may use actions that cfn-lint does not know.
cfn-lint --regions us-east-1 --ignore-checks W3005 W3037 -- "${ended[@]}"
