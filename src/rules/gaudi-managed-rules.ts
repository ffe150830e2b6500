import { Finding, Rule } from './rule';

const gaudiManagedInstances = new Rule({
  id: 'gaudi-managed-instances',
  level: 'warning',
  says: 'Gaudi tasks run on a pool. ECS lists DL1 for Managed Instances, but no public page says that these hosts have the Gaudi driver.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instances-instance-types.html',
});

/** Warns that Gaudi on Managed Instances has not been shown to work. */
export function checkGaudiManaged(instanceType: string): Finding[] {
  return gaudiManagedInstances.when(
    true,
    () =>
      `ECS lists ${instanceType} for Managed Instances, but no public page says that these hosts have the Gaudi driver and container runtime. ` +
      'Run `hl-smi` in a task there, then acknowledge this, or use a `GaudiCapacity`.',
  );
}
