import { Finding, Rule } from './rule';

const fargateRefuses = new Rule({
  id: 'fargate-refuses',
  level: 'error',
  says: 'A task definition for Fargate must not have parameters that Fargate refuses.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html',
});

const awsvpcRefuses = new Rule({
  id: 'awsvpc-refuses',
  level: 'error',
  says: 'Containers in awsvpc network mode must not have a host name, links or extra hosts, which ECS refuses there.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html',
});

/** A parameter that is given, and the container that has it. Without a container, the task itself has it. */
export interface GivenParameter {
  readonly prop: string;
  readonly container?: string;
}

/** Names a parameter and its place: "`links` of container main". */
export function namedParameter({ prop, container }: GivenParameter): string {
  return `\`${prop}\` of ${container === undefined ? 'the task' : `container ${container}`}`;
}

/** Checks parameters that Fargate refuses. */
export function checkRefusedByFargate(given: GivenParameter[]): Finding[] {
  return given.flatMap((parameter) =>
    fargateRefuses.when(
      true,
      () => `${namedParameter(parameter)} must be left out, because Fargate refuses it. If you need it, use a pool of EC2 hosts.`,
    ),
  );
}

/** Checks the capabilities that a container adds on Fargate. */
export function checkFargateCapabilities(container: string, added: string[]): Finding[] {
  const refused = added.filter((capability) => capability !== 'SYS_PTRACE');
  return fargateRefuses.when(
    refused.length > 0,
    () =>
      `\`capabilities\` of container ${container} can only add SYS_PTRACE on Fargate, got: ${refused.join(', ')}. Leave it out, or use a pool of ` +
      'EC2 hosts.',
  );
}

/** Checks parameters that ECS refuses in awsvpc network mode. */
export function checkRefusedInAwsvpc(given: GivenParameter[]): Finding[] {
  return given.flatMap((parameter) =>
    awsvpcRefuses.when(
      true,
      () =>
        `${namedParameter(parameter)} must be left out in awsvpc network mode, because ECS refuses it there. Containers of a task reach each other ` +
        'on localhost. If you need it, use bridge as `networkMode`.',
    ),
  );
}
