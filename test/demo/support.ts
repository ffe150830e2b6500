import { CloudAssembly, Template } from '../../scripts/demo/cloud-assembly';
import { report } from '../../scripts/demo/report';
import { PLAIN } from '../../scripts/demo/style';

/** The resources of a template. */
export type TemplateResources = NonNullable<Template['Resources']>;

/** A pool as a template has it; others than the first need an id of their own. */
export function pool(instanceType: string, min: unknown, max: unknown, id = '', template: object = {}): TemplateResources {
  return {
    [`${id}Provider`]: {
      Type: 'AWS::ECS::CapacityProvider',
      Properties: { AutoScalingGroupProvider: { AutoScalingGroupArn: { Ref: `${id}Hosts` } } },
      Metadata: { 'aws:cdk:path': `Pool/${id || 'Inf2'}/CapacityProvider/CapacityProvider` },
    },
    [`${id}Hosts`]: {
      Type: 'AWS::AutoScaling::AutoScalingGroup',
      Properties: { MinSize: min, MaxSize: max, LaunchTemplate: { LaunchTemplateId: { Ref: `${id}Template` } } },
    },
    [`${id}Template`]: {
      Type: 'AWS::EC2::LaunchTemplate',
      Properties: { LaunchTemplateData: { InstanceType: instanceType, ...template } },
    },
  };
}

/** A task definition whose containers take these cpu units; the first has the environment, and whatever else is given. */
export function taskDefinition(
  cpu: number[],
  environment: Record<string, string> = {},
  container: object = {},
  task: object = {},
): TemplateResources[string] {
  const Environment = Object.entries(environment).map(([Name, Value]) => ({ Name, Value }));
  return {
    Type: 'AWS::ECS::TaskDefinition',
    Properties: { ContainerDefinitions: cpu.map((Cpu, i) => (i === 0 ? { Cpu, Environment, ...container } : { Cpu })), ...task },
    Metadata: { 'aws:cdk:path': 'Pool/Train/TaskDefinition/Resource' },
  };
}

/** A service of the task definition with the logical id `Task`, unless the properties say otherwise. */
export function service(
  name: string,
  capacityProvider: unknown,
  desiredCount?: number,
  properties: object = {},
): TemplateResources[string] {
  return {
    Type: 'AWS::ECS::Service',
    Properties: {
      CapacityProviderStrategy: [{ CapacityProvider: capacityProvider, Weight: 1 }],
      TaskDefinition: { Ref: 'Task' },
      ...(desiredCount === undefined ? {} : { DesiredCount: desiredCount }),
      ...properties,
    },
    Metadata: { 'aws:cdk:path': `Pool/${name}/Service/Service` },
  };
}

/** The report on the capacities, without the list of resources. */
export function capacities(templates: Record<string, Template>): string {
  const text = report(new CloudAssembly(new Map(Object.entries(templates))), PLAIN).join('\n');
  const start = text.indexOf('\n  Capacity ') + 1;
  return text.slice(start).split('\n\nStack')[0].trimEnd();
}

/** What refers to the pool. */
export const PROVIDER = { Ref: 'Provider' };
