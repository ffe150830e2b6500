import {
  App,
  AppProps,
  aws_ec2 as ec2,
  aws_ecs as ecs,
  CloudFormationValidatePlugin,
  PolicyValidationPluginReport,
  Stack,
  StackProps,
  Validations,
} from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { judgeByEcsApi } from './ecs-api';
import { judgeByNag } from './nag';
import { TemplateJson } from './template';

/** The run at the lowest versions leaves the judges out. They take half of its time, and judge the templates in the run before it. */
const JUDGED = process.env.JUDGES !== 'off';

/** Makes CloudFormation's schemas and rules throw in every test instead of warning. */
const STRICT = { '@aws-cdk/core:validateAgainstDefaultRules': JUDGED, '@aws-cdk/core:strictCfnValidateErrors': JUDGED };

/** Takes the place of the schema engine of CloudFormation, which always runs otherwise. */
class NoEngine extends CloudFormationValidatePlugin {
  public validate(): PolicyValidationPluginReport {
    return { success: true, violations: [] };
  }
}

const NO_ENGINE = JUDGED ? undefined : new NoEngine();

/** An app in which the judges are active. */
export function newApp(context: Record<string, unknown> = {}, props: AppProps = {}): App {
  const app = new App({ ...props, context: { ...STRICT, ...context } });
  if (NO_ENGINE) Validations.of(app).addPlugins(NO_ENGINE);
  return app;
}

/** A stack called `Stack` in an app in which the judges are active. */
export function newStack(props: StackProps = {}, app = newApp()): Stack {
  return new Stack(app, 'Stack', props);
}

/** A stack with a VPC that has private subnets. */
export function newStackWithVpc(props: StackProps = {}, app = newApp()): { stack: Stack; vpc: ec2.Vpc } {
  const stack = newStack(props, app);
  return { stack, vpc: new ec2.Vpc(stack, 'Vpc') };
}

/** A container with an image, a port and a health check, so that a service gives no warning. */
export const container: ecs.ContainerDefinitionOptions = {
  image: ecs.ContainerImage.fromRegistry('public.ecr.aws/neuron/pytorch-inference-neuronx:2.9.0'),
  portMappings: [{ containerPort: 8080 }],
  healthCheck: { command: ['CMD-SHELL', 'curl -f http://localhost:8080/ping'] },
};

/**
 * Synthesizes a stack, which throws if the schema engine of CloudFormation finds an error, and passes it to the other judges.
 *
 * @param accepted cdk-nag rules that the test itself violates, for example by a grant, with or without the detail in brackets
 */
export function synth(stack: Stack, ...accepted: string[]): Template {
  const template = Template.fromStack(stack);
  if (!JUDGED) return template;
  const json = template.toJSON() as TemplateJson;
  const findings = [...judgeByEcsApi(json), ...judgeByNag(stack, json, accepted)];
  if (findings.length > 0) throw new Error(`The judges reject ${stack.node.path}:\n${findings.join('\n')}`);
  return template;
}

/** The texts of the warnings of a stack. */
export function warnings(stack: Stack): string[] {
  return Annotations.fromStack(stack)
    .findWarning('*', Match.anyValue())
    .map((message) => String(message.entry.data));
}
