import { aws_ecs as ecs, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { imagesByAddress } from './image-pull';
import { ICapacity } from '../capacity/capacity';
import { checkTaskSubnets, inIsolatedSubnets } from '../capacity/endpoints/isolated-subnets';
import { registerVpcUser, tasksIn } from '../capacity/endpoints/vpc-users';
import { vpcOf } from '../capacity/subnets';
import { checkIsolatedImage, checkIsolatedPrivateImage } from '../rules/isolated-image-rules';
import { enforceAtSynth, Finding, known } from '../rules/rule';

/**
 * Registers tasks as those that call services from the VPC of their capacity. If its subnets are isolated, checks that ECS can start the
 * tasks, and that their images can be pulled. Tasks in bridge and host mode are in the subnets of their hosts, which are the same.
 */
export function checkIsolatedTask(scope: IConstruct, taskDefinition: ecs.TaskDefinition, capacity: ICapacity, exec: boolean): void {
  const vpc = vpcOf(capacity.cluster);
  if (!vpc) return;
  const tasks = tasksIn(vpc, taskDefinition, { subnets: capacity.vpcSubnets, exec });
  registerVpcUser(taskDefinition, tasks);
  enforceAtSynth(scope, () =>
    inIsolatedSubnets(vpc, capacity.vpcSubnets) ? [...checkTaskSubnets(tasks), ...checkImages(taskDefinition)] : [],
  );
}

function checkImages(taskDefinition: ecs.TaskDefinition): Finding[] {
  const { region } = Stack.of(taskDefinition);
  return imagesByAddress(taskDefinition).flatMap(({ name, address }) => {
    const image = address.privateImage;
    if (!image) return checkIsolatedImage({ container: name, image: address.shown, registry: address.registry });
    const [imageRegion, ownRegion] = [image.region, region].map((value) => (known(value) ? value : undefined));
    return checkIsolatedPrivateImage({ container: name, imageRegion, region: ownRegion, dualStack: image.dualStack });
  });
}
