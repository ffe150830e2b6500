import { aws_ec2 as ec2, Resource, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { Finding } from '../../rules/rule';

/** A part of the set-up of a host, which must succeed before the host joins its cluster. */
export interface HostStep {
  /** What is said of a host on which the step fails, for its console log: "could not install the EFA software". */
  readonly ifItFails: string;
  /** Shell commands. The first that fails ends the set-up. They may run again on a host, so they must not rely on a clean one. */
  readonly commands: string[];
  /**
   * What the commands download from the internet. In isolated subnets, they cannot.
   *
   * @default - nothing
   */
  readonly download?: HostDownload;
}

/** What a part of the set-up downloads from the internet, unless the machine image has it. */
export interface HostDownload {
  /** What it is, for messages: "the EFA software". */
  readonly what: string;
  /** The host names that it comes from, for messages. */
  readonly from: string;
  /** Whether the machine image has it. Undefined if that is not known. Asked when the launch template exists. */
  readonly inImage: () => boolean | undefined;
  /**
   * The warning if the image may have it.
   *
   * @default - a warning of its own
   */
  readonly warning?: (message: string) => Finding[];
}

/** What a host does when it starts. */
export interface HostSetup {
  /** Settings of the ECS agent, as lines of its configuration file. Later lines win over earlier ones. */
  readonly agentSettings: string[];
  /** Settings of the ECS agent that depend on what is added to the pool until synthesis. Asked for whenever the user data is rendered. */
  readonly lateAgentSettings: () => string[];
  /** Whether the folder of this file may not be there, because the image lacks the agent. */
  readonly makesConfigFolder: boolean;
  /** The set-up of the library, in its order. */
  readonly steps: HostStep[];
  /** The commands of the user. If one fails, the next ones still run. */
  readonly commands: string[];
}

/** What happens to a host on which user data fails. */
export interface HostFailure {
  /** Shell commands. `$exitCode` is the exit code of the user data, and `$failure` the failure in words. */
  readonly commands: string[];
  /** Called once if the user data has something that can fail. */
  readonly used: () => void;
}

/** The configuration file of the ECS agent. */
const AGENT_CONFIG = '/etc/ecs/ecs.config';

/** Keeps the place of the late settings in the script. */
const LATE_SETTINGS = '# late settings of the ECS agent';

/**
 * The user data of the hosts of a pool, in a fixed order: the configuration of the ECS agent, the set-up of the library, and then the
 * commands of the user, including those that are added to the launch template later.
 *
 * The configuration is first because the agent reads it when it starts, and a command may start the agent.
 */
export class HostUserData extends ec2.UserData {
  /** The commands of the user. */
  public readonly usersCommands: string[] = [];

  private readonly script = ec2.UserData.forLinux();
  private readonly settings: string[];
  private watched = false;
  private usersBegan = false;

  constructor(
    private readonly setup: HostSetup,
    private readonly failure: HostFailure,
  ) {
    super();
    this.settings = configured(setup.agentSettings);
    if (setup.makesConfigFolder) this.script.addCommands('mkdir -p /etc/ecs');
    this.script.addCommands(...this.settings, LATE_SETTINGS);
    setup.steps.forEach((step) => this.addStep(step));
    if (setup.commands.length > 0) this.addCommands(...setup.commands);
  }

  public addCommands(...commands: string[]): void {
    // A cluster of aws-cdk-lib tells the hosts of a pool its name once more.
    const others = commands.filter((command) => !this.settings.includes(command));
    if (others.length === 0) return;
    this.usersCommands.push(...others);
    this.users().addCommands(...others);
  }

  public addOnExitCommands(...commands: string[]): void {
    this.users().addOnExitCommands(...commands);
  }

  public addS3DownloadCommand(params: ec2.S3DownloadOptions): string {
    return this.users().addS3DownloadCommand(params);
  }

  public addExecuteFileCommand(params: ec2.ExecuteFileOptions): void {
    this.users().addExecuteFileCommand(params);
  }

  public addSignalOnExitCommand(resource: Resource): void {
    this.users().addSignalOnExitCommand(resource);
  }

  public render(): string {
    const late = configured(this.setup.lateAgentSettings());
    const script = this.script.render().replace(`\n${LATE_SETTINGS}`, late.map((command) => `\n${command}`).join(''));
    // Without `exit 0`, a last command that fails would count as a failure of the script.
    return this.watched ? `${script}\nexit 0` : script;
  }

  /** Adds a step of the library. */
  private addStep({ ifItFails, commands }: HostStep): void {
    this.watch();
    this.script.addCommands(`failure='${ifItFails}'`, 'set -e', ...commands, 'set +e');
  }

  /** The script, for commands of the user. */
  private users(): ec2.UserData {
    if (!this.usersBegan) {
      this.usersBegan = true;
      this.watch();
      this.script.addCommands("failure='ran userDataCommands, which ended the script'");
    }
    return this.script;
  }

  /** Has a host taken out if the script fails. This comes before other commands that run when the script ends. */
  private watch(): void {
    if (this.watched) return;
    this.watched = true;
    this.script.addOnExitCommands(...this.failure.commands);
    this.failure.used();
  }
}

/** The commands that configure the ECS agent. */
function configured(settings: string[]): string[] {
  return settings.map((setting) => `echo ${setting} >> ${AGENT_CONFIG}`);
}

/** The size of a text in bytes. What is not known at synth counts as 0. */
export function knownBytes(scope: IConstruct, text: string): number {
  const resolved = Stack.of(scope).resolve(text) as string | { 'Fn::Join'?: [string, unknown[]] };
  const parts = typeof resolved === 'string' ? [resolved] : (resolved['Fn::Join']?.[1] ?? []);
  return parts.reduce<number>((sum, part) => sum + (typeof part === 'string' ? Buffer.byteLength(part) : 0), 0);
}
