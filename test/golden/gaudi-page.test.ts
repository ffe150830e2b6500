import { aws_ec2 as ec2, aws_ecs as ecs } from 'aws-cdk-lib';
import { asOnThePage, differences } from './compare';
import { GaudiMachineImage, GaudiService } from '../../src';
import { newStackWithVpc, synth } from '../support';

const IMAGE = 'vault.habana.ai/gaudi-docker/1.1.0/ubuntu20.04/habanalabs/tensorflow-installer-tf-cpu-2.6.0:1.1.0-614';

/** Where we differ from the page, and why. */
const REASONS: Record<string, string> = {
  cpu: 'the page asks for 10 of 96 vCPU, so that ECS places nine tasks on the same chips; ours is the whole host, by its container',
  memory: 'the page asks for 1 GiB of a host of 768; ours is what is certain to register, by its container',
  executionRoleArn: 'the role that writes the logs',
  taskRoleArn: 'a role of its own, for grants',
  ipcMode: "the vendor asks for the host's IPC namespace",
  'containerDefinitions.0.cpu': 'the whole host, so that ECS counts',
  'containerDefinitions.0.memoryReservation': 'what is certain to register',
  'containerDefinitions.0.environment.1.name': 'the setting of Open MPI that the vendor asks for',
  'containerDefinitions.0.environment.1.value': 'the setting of Open MPI that the vendor asks for',
  'containerDefinitions.0.linuxParameters.capabilities.add.0': 'the capability that the vendor asks for',
  'containerDefinitions.0.healthCheck': 'hl-smi, which the page runs as the command',
  'containerDefinitions.0.logConfiguration': 'logs are kept',
  'containerDefinitions.0.linuxParameters.initProcessEnabled': 'ends a program that does not handle the signal to stop',
  'containerDefinitions.0.stopTimeout': 'time to finish',
};

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-dl1.html */
test('the example task definition of the page on DL1, field by field', () => {
  const page = {
    family: 'dl-test',
    requiresCompatibilities: ['EC2'],
    placementConstraints: [
      { type: 'memberOf', expression: 'attribute:ecs.os-type == linux' },
      { type: 'memberOf', expression: 'attribute:ecs.instance-type == dl1.24xlarge' },
    ],
    networkMode: 'host',
    cpu: '10240',
    memory: '1024',
    containerDefinitions: [
      {
        entryPoint: ['sh', '-c'],
        command: ['hl-smi'],
        cpu: 8192,
        environment: [{ name: 'HABANA_VISIBLE_DEVICES', value: 'all' }],
        image: IMAGE,
        essential: true,
        name: 'tensorflow-installer-tf-hpu',
      },
    ],
  };
  const { stack, vpc } = newStackWithVpc();
  new GaudiService(stack, 'Service', {
    vpc,
    machineImage: GaudiMachineImage.marketplace(ec2.MachineImage.fromSsmParameter('/my/gaudi/ami')),
    family: 'dl-test',
    container: {
      containerName: 'tensorflow-installer-tf-hpu',
      image: ecs.ContainerImage.fromRegistry(IMAGE),
      entryPoint: ['sh', '-c'],
      command: ['hl-smi'],
    },
  });
  const ours = asOnThePage(Object.values(synth(stack).findResources('AWS::ECS::TaskDefinition'))[0].Properties);
  const cut = (path: string) => Object.keys(REASONS).find((reason) => path === reason || path.startsWith(`${reason}.`)) ?? path;
  const found = [...new Set(Object.keys(differences(page, ours)).map(cut))];
  expect(found.sort()).toEqual(Object.keys(REASONS).sort());
});
