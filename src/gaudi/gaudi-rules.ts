import { Finding, Rule } from '../rules/rule';

const ECS_DL1 = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-dl1.html';

const gaudiMachineImage = new Rule({
  id: 'gaudi-machine-image',
  level: 'error',
  says: 'A Gaudi pool must be given its machine image and the kind of that image, because AWS publishes no image to use by default.',
  source: ECS_DL1,
});

const gaudiDevices = new Rule({
  id: 'gaudi-devices',
  level: 'error',
  says: 'The Gaudi chips of a task must exist on its instance type, and each must be given once.',
  source: ECS_DL1,
});

const gaudiSelection = new Rule({
  id: 'gaudi-part-of-host',
  level: 'warning',
  says: 'A task that gets only some Gaudi chips of a host should get 1 chip, or 2 or 4 adjacent ones, because the vendor supports no other selection.',
  source: 'https://docs.habana.ai/en/latest/Orchestration/Multiple_Tenants_on_HPU/Multiple_Workloads_Single_Docker.html',
});

const gaudiSoftware = new Rule({
  id: 'gaudi-software',
  level: 'warning',
  says: 'The current software of the vendor should support the generation of the Gaudi chips. It supports first-generation Gaudi, as on dl1, only up to release 1.21.',
  source: 'https://docs.habana.ai/en/latest/Support_Matrix/Support_Matrix_v1.21.0.html',
});

const gaudiEfa = new Rule({
  id: 'gaudi-efa',
  level: 'warning',
  says: 'EFA should be used on an instance type that the EC2 documentation lists for it. dl1 was announced with EFA, but is no longer in that list.',
  source: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa.html#efa-instance-types',
});

const gaudiManagedInstances = new Rule({
  id: 'gaudi-managed-instances',
  level: 'warning',
  says: 'Gaudi tasks should run on a pool. ECS lists DL1 for Managed Instances, but no public page says that these hosts have the Gaudi driver.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instances-instance-types.html',
});

/** Checks that an image is given. The prop is optional by type, so that this message can explain the choice. */
export function checkGaudiImage(given: boolean): Finding[] {
  return gaudiMachineImage.when(
    !given,
    () =>
      '`machineImage` must be given, because AWS publishes no image for Gaudi that ECS can use as it is. There are three options: ' +
      "`GaudiMachineImage.marketplace(image)` for the vendor's image on AWS Marketplace; `GaudiMachineImage.withoutEcsAgent(image)` for a Deep " +
      'Learning AMI for Habana, on which hosts install the ECS agent; `GaudiMachineImage.custom(image)` for your own complete image, for example ' +
      'one built with Packer.',
  );
}

/** Checks the chips that a task gets. */
export function checkGaudiDevices(instanceType: string, chips: number, indexes?: number[]): Finding[] {
  const exist = indexes?.length !== 0 && (indexes ?? []).every((index) => Number.isInteger(index) && index >= 0 && index < chips);
  const once = new Set(indexes).size === (indexes?.length ?? 0);
  return gaudiDevices.when(
    !exist || !once,
    () =>
      `\`devices\` must be at least one index of a chip that ${instanceType} has, from 0 to ${chips - 1}, each given once, ` +
      `got: [${indexes?.join(', ')}]. Leave it out to use all chips.`,
  );
}

/** Checks that the vendor supports the selection of chips that a task gets. `checkGaudiDevices` checks that they exist. */
export function checkGaudiSelection(instanceType: string, chips: number, indexes: number[] = []): Finding[] {
  const [first, ...others] = [...indexes].sort((a, b) => a - b);
  const together = others.every((index, i) => index === first + i + 1) && first % indexes.length === 0;
  const supported = [0, 1, chips].includes(indexes.length) || ([2, 4].includes(indexes.length) && together);
  return gaudiSelection.when(
    !supported,
    () =>
      `\`devices\` or \`partitions\` select chips [${indexes.join(', ')}] of ${instanceType}, which the vendor does not support for work on several ` +
      'chips. Use 1 chip; 2 adjacent ones, for example [0, 1] or [2, 3]; 4 adjacent ones, for example [0, 1, 2, 3] or [4, 5, 6, 7]; or all.',
  );
}

/** Checks that the current software of the vendor supports the generation of the chips. */
export function checkGaudiSoftware(instanceType: string, generation: number): Finding[] {
  return gaudiSoftware.when(
    generation === 1,
    () =>
      `${instanceType} has first-generation Gaudi chips. The software of the vendor supports them up to release 1.21, and not from 1.22 on. Pin a ` +
      'machine image and a container image of the same release, at most 1.21, then acknowledge this warning.',
  );
}

/** Warns that public pages disagree about whether an instance type has EFA. */
export function checkGaudiEfa(instanceType: string, asked?: boolean): Finding[] {
  return gaudiEfa.when(
    asked === true && instanceType.startsWith('dl1.'),
    () =>
      `\`efa\` may not work on ${instanceType}. The type was announced with EFA, but is no longer in the list of types that have it. Containers ` +
      'need libfabric, and RDMAV_FORK_SAFE=1 in their environment for the collective communication of the vendor. Try it in your account, then ' +
      'acknowledge this warning.',
  );
}

/** Warns that Gaudi on Managed Instances has not been shown to work. */
export function checkGaudiManaged(instanceType: string): Finding[] {
  return gaudiManagedInstances.when(
    true,
    () =>
      `ECS lists ${instanceType} for Managed Instances, but no public page says that these hosts have the Gaudi driver and container runtime. ` +
      'Run `hl-smi` in a task there, then acknowledge this warning, or use a `GaudiCapacity`.',
  );
}
