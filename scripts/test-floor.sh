#!/usr/bin/env bash
# Compiles the package and runs its unit tests against exactly the lowest aws-cdk-lib and constructs that package.json allows.
# The judges of templates stay out: they cost half of the time, and judge the same templates in the main run.
set -euo pipefail
cd "$(dirname "$0")/.."
floor() { node -p "require('./package.json').peerDependencies['$1'].replace(/^\^/, '')"; }
cdk=$(floor aws-cdk-lib) constructs=$(floor constructs)

# --legacy-peer-deps: the tools that judge templates ask for newer peers, which does not affect what this script proves.
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$copy"
cp -r node_modules "$copy/node_modules"
cd "$copy"
npm pkg set "devDependencies.aws-cdk-lib=$cdk" "devDependencies.constructs=$constructs"
npm install --legacy-peer-deps --no-audit --no-fund --loglevel=error
node -e "
  const have = (name) => require(name + '/package.json').version;
  for (const [name, want] of [['aws-cdk-lib', '$cdk'], ['constructs', '$constructs']]) {
    if (have(name) !== want) throw new Error(name + ' is ' + have(name) + ', not ' + want);
    console.log('floor: ' + name + ' ' + want);
  }"
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=20
npx projen compile
JUDGES=off npx jest --ci --coverage=false "$@" --testPathIgnorePatterns /node_modules/ /test/shell/ judges.test
