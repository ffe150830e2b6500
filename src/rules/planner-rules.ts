import { Finding, Rule } from './rule';

const knownCapacity = new Rule({
  id: 'known-capacity',
  level: 'error',
  says: 'A service or a job must run on a capacity that this library created or imported, because the capacity plans its tasks.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/clusters.html',
});

const serviceOnFargate = new Rule({
  id: 'service-on-fargate',
  level: 'error',
  says: 'A service with accelerators must run on a pool or on Managed Instances, because Fargate has no accelerators.',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AWS_Fargate.html',
});

/** Checks that a capacity can plan tasks. */
export function checkPlans(plans: boolean): Finding[] {
  return knownCapacity.when(
    !plans,
    () => '`capacity` must be a capacity of this library, such as a `NeuronCapacity` or one from `fromNeuronCapacityAttributes()`.',
  );
}

/** Refuses a service on Fargate. */
export function checkFargateService(): Finding[] {
  return serviceOnFargate.when(
    true,
    () =>
      '`capacity` of a service must be a pool or Managed Instances, got: Fargate, which has no accelerators. Use it for an `MlRunTask`.',
  );
}
