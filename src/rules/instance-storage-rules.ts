import { Finding, Rule } from './rule';

const INSTANCE_STORAGE = 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-store-volumes.html';

const instanceStorage = new Rule({
  id: 'instance-storage',
  level: 'error',
  says: 'The hosts of a pool that uses instance storage must be of an instance type that has NVMe instance storage.',
  source: INSTANCE_STORAGE,
});

/** Families whose types all have NVMe instance storage. In others, the letter d after the generation says so. */
const WITH = /^(i\d[a-z]*|i[ms]\d[a-z]+|d3(en)?|f\d|g[567][ef]?|gr6f?|p5[en]*|p6-b\d+|trn[12][nu]?|dl1)\.|^[a-z]+\d[a-z]*d[a-z]*\./;

/** Families whose types have none, unless their name has that letter. */
const WITHOUT = /^((a|c|hpc|m|mac|r|t|u|vt|x)\d|dl2q|g3|g5g|inf[12]|p2|p3|u-)/;

/** Whether an instance type has NVMe instance storage, as far as its name says it. */
export function hasInstanceStorage(instanceType: string): boolean | undefined {
  return WITH.test(instanceType) ? true : WITHOUT.test(instanceType) ? false : undefined;
}

/** What is known of the instance storage of hosts. */
export interface InstanceStorageFacts {
  readonly instanceType: string;
  /** Whether the type has it. Undefined if it is not known. */
  readonly has?: boolean;
  /** Types of the family that have it. Empty if the type may be of any family. */
  readonly others: string[];
}

/** Checks the instance type of a pool that uses instance storage. */
export function checkInstanceStorage({ instanceType, has, others }: InstanceStorageFacts): Finding[] {
  const types =
    others.length > 0 ? others.join(', ') : 'a type of a family that has it, for example c6id, m6gd, r7gd, i4i, g5, g6, p5 or trn1';
  return instanceStorage.when(
    has === false,
    () => `\`instanceStorage\` needs an instance type with NVMe instance storage, got: ${instanceType}. Use ${types}, or leave it out.`,
  );
}
