import { execFile } from 'child_process';
import { devNull } from 'os';
import * as path from 'path';

/** Options that make the CLI fail on warnings too, and keep it off the network. */
const SYNTH = ['synth', '--quiet', '--strict', '--no-notices', '--no-version-reporting'];

/** Runs `cdk synth` in the folder of an app, without an AWS account; fails with the output of the CLI. */
export async function synthesize(folder: string): Promise<void> {
  const cdk = require.resolve('aws-cdk/bin/cdk');
  await new Promise<void>((resolve, reject) => {
    execFile(process.execPath, [cdk, ...SYNTH], { cwd: folder, env: withoutAccount(process.env) }, (error, stdout, stderr) =>
      error ? reject(new Error(`cdk synth failed in ${path.basename(folder)}:\n${stdout}${stderr || error.message}`)) : resolve(),
    );
  });
}

/** An environment in which the CLI finds no account and no Region, and nothing uses the network. */
function withoutAccount(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    ...Object.fromEntries(Object.entries(env).filter(([name]) => !/^(AWS|CDK)_/.test(name))),
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
    npm_config_update_notifier: 'false',
  };
}
