import { aws_ecs as ecs, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { withoutHash } from './roles';
import * as make from './scenarios';
import { TemplateJson } from '../support/template';

/** What resources of a type depend on, by logical id without its hash. Several resources of a kind, such as routes, count once. */
function dependencies(stack: Stack, type: string): Record<string, string[]> {
  const { Resources } = Template.fromStack(stack).toJSON() as TemplateJson;
  const kind = (id: string) =>
    `${withoutHash(id)
      .replace(/\d/g, '')
      .replace(/(?<=^CapacityProvidersOf).*/, '')}: ${Resources[id].Type.split('::').slice(1).join('::')}`;
  const found = Object.entries(Resources).filter(([, { Type }]) => Type === type);
  return Object.fromEntries(found.map(([id, { DependsOn = [] }]) => [withoutHash(id), [...new Set([DependsOn].flat().map(kind))].sort()]));
}

const SERVICE = 'AWS::ECS::Service';
const MACHINE = 'AWS::StepFunctions::StateMachine';
const ASSOCIATIONS = 'ECS::ClusterCapacityProviderAssociations';

const OF_TASK = 'BertTaskDefinitionTaskRole: IAM::Role';
/** The watch and the meeting depend on no cluster, so that jobs can depend on each other. */
const WATCH = {
  MlRunTaskWatchStateMachine: ['MlRunTaskWatchStateMachineRole: IAM::Role', 'MlRunTaskWatchStateMachineRoleDefaultPolicy: IAM::Policy'],
};
const MEETING = {
  MlRunTaskMeetingStateMachine: [
    'MlRunTaskMeetingStateMachineRole: IAM::Role',
    'MlRunTaskMeetingStateMachineRoleDefaultPolicy: IAM::Policy',
  ],
};
const OF_RUNNER = ['TrainStateMachineRole: IAM::Role', 'TrainStateMachineRoleDefaultPolicy: IAM::Policy'];

/** Without these, resources are created before what they need exists, or are deleted after it is gone. */
test.each<[string, () => Stack, string, Record<string, string[]>]>([
  [
    'a service waits for the capacity provider of its own cluster',
    () => make.serviceOn(),
    SERVICE,
    { BertService: [OF_TASK, `PoolCluster: ${ASSOCIATIONS}`] },
  ],
  [
    'a service waits for the capacity provider of a cluster of another stack',
    () => make.serviceOn(make.clusterOfOtherStack),
    SERVICE,
    { BertService: [OF_TASK, `CapacityProvidersOf: ${ASSOCIATIONS}`] },
  ],
  [
    'a service waits for the capacity provider of an imported cluster',
    () => make.serviceOn(make.importedCluster),
    SERVICE,
    { BertService: [OF_TASK, `CapacityProvidersOf: ${ASSOCIATIONS}`] },
  ],
  [
    'a service with Elastic Inference waits for the endpoint too',
    make.elasticInference,
    SERVICE,
    {
      SsdService: [
        `PoolCluster: ${ASSOCIATIONS}`,
        'SsdEndpoint: EC2::VPCEndpoint',
        'SsdTaskDefinitionTaskRole: IAM::Role',
        'SsdTaskDefinitionTaskRoleDefaultPolicy: IAM::Policy',
      ],
    },
  ],
  [
    'hosts wait for the permissions of the agent',
    () => make.serviceOn(make.importedCluster),
    'AWS::EC2::LaunchTemplate',
    { PoolLaunchTemplate: ['PoolRole: IAM::Role', 'PoolRoleDefaultPolicy: IAM::Policy'] },
  ],
  [
    'Managed Instances wait for the permission to pass their role',
    make.managed,
    'AWS::ECS::CapacityProvider',
    { ManagedCapacityProvider: ['ManagedInfrastructureRoleDefaultPolicy: IAM::Policy'] },
  ],
  [
    'a job on Fargate waits for the capacity providers',
    () => make.job(),
    MACHINE,
    { TrainStateMachine: [`TrainCapacityCluster: ${ASSOCIATIONS}`, ...OF_RUNNER], ...WATCH },
  ],
  [
    'a job on a pool waits for its capacity provider',
    () => make.jobOfNodes(ecs.NetworkMode.HOST),
    MACHINE,
    { TrainStateMachine: [`PoolCluster: ${ASSOCIATIONS}`, ...OF_RUNNER], ...WATCH, ...MEETING },
  ],
  [
    'a run on deploy waits for the state machine, the roles of the task and the routes of its subnets',
    () => make.job((job) => void job.runOnDeploy()),
    'Custom::MlRunTask',
    {
      TrainRunOnDeployRun: [
        'TrainRunOnDeployPolicy: IAM::Policy',
        'TrainStateMachine: StepFunctions::StateMachine',
        ...OF_RUNNER,
        'TrainTaskDefinitionExecutionRole: IAM::Role',
        'TrainTaskDefinitionExecutionRoleDefaultPolicy: IAM::Policy',
        'TrainTaskDefinitionTaskRole: IAM::Role',
        'VpcPrivateSubnetDefaultRoute: EC2::Route',
        'VpcPrivateSubnetRouteTableAssociation: EC2::SubnetRouteTableAssociation',
      ],
    },
  ],
])('%s', (_, stack, type, expected) => {
  expect(dependencies(stack(), type)).toEqual(Object.fromEntries(Object.entries(expected).map(([id, on]) => [id, [...on].sort()])));
});
