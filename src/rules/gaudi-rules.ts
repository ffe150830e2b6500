import { Finding, known, Rule } from './rule';

const ECS_DL1 = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-dl1.html';

const gaudiMachineImage = new Rule({
  id: 'gaudi-machine-image',
  level: 'error',
  says: 'A Gaudi pool is given its machine image, and told of which kind it is: there is no public one to take by default.',
  source: ECS_DL1,
});

const gaudiWholeHost = new Rule({
  id: 'gaudi-whole-host',
  level: 'error',
  says: 'A Gaudi host is not divided into equal slices: nothing hands out free chips.',
  source: 'https://docs.habana.ai/en/latest/Installation_Guide/Additional_Installation/Docker_Installation.html',
});

const gaudiDevices = new Rule({
  id: 'gaudi-devices',
  level: 'error',
  says: 'A task sees Gaudi chips that its instance type has, each named once.',
  source: ECS_DL1,
});

const gaudiPartOfHost = new Rule({
  id: 'gaudi-part-of-host',
  level: 'warning',
  says: 'A task that sees some Gaudi chips of a host sees 1 of them, or 2 or 4 side by side: the vendor supports no other parts.',
  source: 'https://docs.habana.ai/en/latest/Orchestration/Multiple_Tenants_on_HPU/Multiple_Workloads_Single_Docker.html',
});

const gaudiSoftware = new Rule({
  id: 'gaudi-software',
  level: 'warning',
  says: "The vendor's current software supports the generation of the Gaudi chips. First-generation Gaudi, as on dl1, is in it up to 1.21 only.",
  source: 'https://docs.habana.ai/en/latest/Support_Matrix/Support_Matrix_v1.21.0.html',
});

const gaudiEfa = new Rule({
  id: 'gaudi-efa',
  level: 'warning',
  says: 'Elastic Fabric Adapter is asked for where the list of EC2 has it. dl1 was announced with EFA, and is not in that list any more.',
  source: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa.html#efa-instance-types',
});

/** Checks that an image is given: by type it may be missing, so that the message can explain the choice. */
export function checkGaudiImage(given: boolean): Finding[] {
  return gaudiMachineImage.when(
    !given,
    () =>
      '`machineImage` must be given, for AWS publishes no image for Gaudi that ECS can use as it is. There are three ways: ' +
      "`GaudiMachineImage.marketplace(image)` for the vendor's image on AWS Marketplace; `GaudiMachineImage.withoutEcsAgent(image)` for a Deep " +
      'Learning AMI for Habana, on which hosts install the ECS agent; `GaudiMachineImage.custom(image)` for one of your own, built for example ' +
      'with Packer, that needs nothing more.',
  );
}

/** Checks into how many equal slices a host is divided. */
export function checkGaudiSlices(instanceType: string, tasksPerInstance: number): Finding[] {
  return gaudiWholeHost.when(
    tasksPerInstance !== 1,
    () =>
      `\`tasksPerInstance\` must be 1 on ${instanceType}, got: ${known(tasksPerInstance) ? tasksPerInstance : 'a value that is not known at synth'}. ` +
      "Gaudi's runtime hands out no free chips, so equal slices would all see the same ones. Divide hosts by `partitions`, whose chips are fixed.",
  );
}

/** Checks the chips that a task sees. */
export function checkGaudiDevices(instanceType: string, chips: number, indexes?: number[]): Finding[] {
  const exist = indexes?.length !== 0 && (indexes ?? []).every((index) => Number.isInteger(index) && index >= 0 && index < chips);
  const once = new Set(indexes).size === (indexes?.length ?? 0);
  return gaudiDevices.when(
    !exist || !once,
    () =>
      `\`devices\` must be indexes that ${instanceType} has, 0 to ${chips - 1}, at least one and each once, got: [${indexes!.join(', ')}]. ` +
      'Leave it out for all of them.',
  );
}

/** Checks that the chips of a task, such as exist, are a part of a host that the vendor supports. */
export function checkGaudiPart(instanceType: string, chips: number, indexes: number[] = []): Finding[] {
  const [first, ...others] = [...indexes].sort((a, b) => a - b);
  const together = others.every((index, i) => index === first + i + 1) && first % indexes.length === 0;
  const supported = [0, 1, chips].includes(indexes.length) || ([2, 4].includes(indexes.length) && together);
  return gaudiPartOfHost.when(
    !supported,
    () =>
      `Chips [${indexes.join(', ')}] of ${instanceType}, by \`devices\` or \`partitions\`, are a part of a host that the vendor doesn't support for ` +
      'work on several chips. Use 1 chip; 2 side by side, such as [0, 1] or [2, 3]; 4 side by side, such as [0, 1, 2, 3] or [4, 5, 6, 7]; or all.',
  );
}

/** Checks the generation of the chips against the vendor's software. */
export function checkGaudiSoftware(instanceType: string, generation: number): Finding[] {
  return gaudiSoftware.when(
    generation === 1,
    () =>
      `${instanceType} has first-generation Gaudi, which the vendor's software supports up to 1.21, and from 1.22 no more. Pin a machine image and a ` +
      'container image of the same release, at most 1.21, then acknowledge this.',
  );
}

/** Checks that Elastic Fabric Adapter is asked for knowing that pages disagree on it. */
export function checkGaudiEfa(instanceType: string, asked?: boolean): Finding[] {
  return gaudiEfa.when(
    asked === true && instanceType.startsWith('dl1.'),
    () =>
      `\`efa\` on ${instanceType}: it was announced with EFA, but the list of instance types with EFA doesn't name it any more. Containers need ` +
      "libfabric, and RDMAV_FORK_SAFE=1 in their environment for the vendor's collective communication. Try it, then acknowledge this.",
  );
}
