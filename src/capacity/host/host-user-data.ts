import { aws_ec2 as ec2, Resource } from 'aws-cdk-lib';
import { failedHostCommands } from './failed-host';

/** A part of the set-up of a host, which must succeed before the host joins its cluster. */
export interface HostStep {
  /** What the step does, for the console log of a host on which it fails: "installs the EFA software". */
  readonly does: string;
  /** Shell commands. The first that fails ends the set-up. They may run again on a host, so they must not rely on a clean one. */
  readonly commands: string[];
}

/** What a host does when it starts. */
export interface HostSetup {
  /** Settings of the ECS agent, as lines of its configuration file. Later lines win over earlier ones. */
  readonly agentSettings: string[];
  /** The set-up of the library, in its order. */
  readonly steps: HostStep[];
  /** The commands of the user. If one fails, the next ones still run. */
  readonly commands: string[];
}

/** The configuration file of the ECS agent. */
const AGENT_CONFIG = '/etc/ecs/ecs.config';

/**
 * The user data of the hosts of a pool, in a fixed order: the configuration of the ECS agent, the set-up of the library, and then the
 * commands of the user, including those that are added to the launch template later.
 *
 * The configuration is first because the agent reads it when it starts, and a command may start the agent. If the script fails, the host
 * takes itself out.
 */
export class HostUserData extends ec2.UserData {
  private readonly script = ec2.UserData.forLinux();
  private readonly settings: string[];
  private failing = false;

  /**
   * @param setup what a host does when it starts
   * @param canFail called once if the set-up has something that can fail
   */
  constructor(
    setup: HostSetup,
    private readonly canFail: () => void,
  ) {
    super();
    this.settings = setup.agentSettings.map((setting) => `echo ${setting} >> ${AGENT_CONFIG}`);
    this.script.addCommands(...this.settings);
    for (const { does, commands } of setup.steps) this.add(`doing='${does}'`, 'set -e', ...commands, 'set +e');
    if (setup.commands.length > 0) this.addCommands(...setup.commands);
  }

  public addCommands(...commands: string[]): void {
    // A cluster of aws-cdk-lib tells the hosts of a pool its name once more.
    const others = commands.filter((command) => !this.settings.includes(command));
    if (others.length > 0) this.add("doing='runs userDataCommands'", ...others);
  }

  public addOnExitCommands(...commands: string[]): void {
    this.watch();
    this.script.addOnExitCommands(...commands);
  }

  public addS3DownloadCommand(params: ec2.S3DownloadOptions): string {
    this.watch();
    return this.script.addS3DownloadCommand(params);
  }

  public addExecuteFileCommand(params: ec2.ExecuteFileOptions): void {
    this.watch();
    this.script.addExecuteFileCommand(params);
  }

  public addSignalOnExitCommand(resource: Resource): void {
    this.watch();
    this.script.addSignalOnExitCommand(resource);
  }

  public render(): string {
    // Without `exit 0`, a last command that fails would count as a failure of the script.
    return this.failing ? `${this.script.render()}\nexit 0` : this.script.render();
  }

  private add(...commands: string[]): void {
    this.watch();
    this.script.addCommands(...commands);
  }

  /** Takes a host out on which the script fails. Comes before other commands that run when the script ends. */
  private watch(): void {
    if (this.failing) return;
    this.failing = true;
    this.script.addOnExitCommands(...failedHostCommands());
    this.canFail();
  }
}
