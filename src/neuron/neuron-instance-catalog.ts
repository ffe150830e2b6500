import { Size } from 'aws-cdk-lib';
import { ManagedInstancesSupport, NeuronInstanceTypeAttributes } from './neuron-instance-type-attributes';

const ECS_NEURON = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-inference.html';
const ECS_MANAGED_INSTANCE_TYPES = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instances-instance-types.html';
const EC2_ACCELERATED = 'https://docs.aws.amazon.com/ec2/latest/instancetypes/ac.html';
const CAPACITY_BLOCKS = 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-capacity-blocks.html';
const EFA_TYPES = 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-acc-inst-types.html';
const SCHEDULER = 'https://awsdocs-neuron.readthedocs-hosted.com/en/latest/deploy/infrastructure/scheduler.html';
const EKS_NEURON = 'https://docs.aws.amazon.com/eks/latest/userguide/device-management-neuron.html';
const NEURON_ARCH = (page: string) =>
  `https://awsdocs-neuron.readthedocs-hosted.com/en/latest/about-neuron/arch/neuron-hardware/${page}.html`;

const gib = (amount: number) => Size.gibibytes(amount);

/** Inferentia: each chip has 4 NeuronCore-v1 and 8 GiB. EC2 capacity only. */
const inferentia = {
  acceleratorName: 'inferentia',
  neuronCoresPerChip: 4,
  acceleratorMemoryPerChip: gib(8),
  capacityBlockRegions: [],
  managedInstances: ManagedInstancesSupport.UNSUPPORTED,
  sources: [NEURON_ARCH('inf1-arch'), ECS_NEURON, EC2_ACCELERATED, CAPACITY_BLOCKS],
};

/** Inferentia2: each chip has 2 NeuronCore-v2 and 32 GiB. */
const inferentia2 = {
  acceleratorName: 'inferentia2',
  neuronCoresPerChip: 2,
  acceleratorMemoryPerChip: gib(32),
  managedInstances: ManagedInstancesSupport.SUPPORTED,
  capacityBlockRegions: [],
  // prettier-ignore
  regions: [
    'ap-northeast-1', 'ap-south-1', 'ap-southeast-1', 'ap-southeast-2', 'eu-central-1', 'eu-north-1', 'eu-west-1', 'eu-west-2', 'eu-west-3',
    'sa-east-1', 'us-east-1', 'us-east-2', 'us-west-2',
  ],
  sources: [NEURON_ARCH('inf2-arch'), ECS_NEURON, ECS_MANAGED_INSTANCE_TYPES, EC2_ACCELERATED, CAPACITY_BLOCKS],
};

/** The sets of chips that are connected on hosts whose 16 chips form a torus of 4 by 4. Chips of Inferentia form rings. */
const TORUS = [1, 4, 8, 16];

/** Trainium: each chip has 2 NeuronCore-v2 and 32 GiB. */
const trainium = {
  acceleratorName: 'trainium',
  neuronCoresPerChip: 2,
  acceleratorMemoryPerChip: gib(32),
  managedInstances: ManagedInstancesSupport.SUPPORTED,
  regions: ['us-east-1', 'us-east-2', 'us-west-2'],
  capacityBlockRegions: [],
  sources: [NEURON_ARCH('trn1-arch'), ECS_NEURON, ECS_MANAGED_INSTANCE_TYPES, EC2_ACCELERATED, EFA_TYPES, CAPACITY_BLOCKS],
};

/** Trainium2: each chip has 8 NeuronCore-v3 and 96 GiB. By default the runtime shows them as 4 logical cores. */
const trainium2 = {
  acceleratorName: 'trainium2',
  neuronCoresPerChip: 8,
  logicalNeuronCores: true,
  acceleratorMemoryPerChip: gib(96),
  // The ECS page on Neuron names trainium2, but the list of instance types for Managed Instances does not.
  managedInstances: ManagedInstancesSupport.DISPUTED,
  sources: [NEURON_ARCH('trn2-arch'), ECS_NEURON, ECS_MANAGED_INSTANCE_TYPES, EC2_ACCELERATED, EFA_TYPES, CAPACITY_BLOCKS],
};

// prettier-ignore
const trainium2Host = {
  ...trainium2, chipSets: TORUS, sources: [...trainium2.sources, EKS_NEURON], vCpus: 192, memory: gib(2048), chips: 16, networkCards: 16, networkInterfacesPerCard: 2, efaInterfaces: 16,
  instanceStorage: gib(7600), regions: ['us-east-2'], capacityBlockRegions: ['us-east-2'],
};

/**
 * The catalog: one row for each instance type. AMI, devices, cores, constraints, sizes, network mode and error messages derive from it.
 *
 * vCPU, memory, chips and cores come from the Neuron architecture pages and the EC2 accelerated computing table. The table on the ECS page
 * has three wrong rows (inf2.xlarge, inf2.8xlarge, trn2.48xlarge). Network interfaces come from the EC2 table of addresses per interface.
 */
// prettier-ignore
export const NEURON_INSTANCE_CATALOG = {
  'inf1.xlarge':    { ...inferentia,  vCpus: 4,   memory: gib(8),   chips: 1,  networkInterfacesPerCard: 4 },
  'inf1.2xlarge':   { ...inferentia,  vCpus: 8,   memory: gib(16),  chips: 1,  networkInterfacesPerCard: 4 },
  'inf1.6xlarge':   { ...inferentia,  vCpus: 24,  memory: gib(48),  chips: 4,  networkInterfacesPerCard: 8 },
  'inf1.24xlarge':  { ...inferentia,  vCpus: 96,  memory: gib(192), chips: 16, networkInterfacesPerCard: 11,
    efaInterfaces: 1, efaRdma: false, sources: [...inferentia.sources, EFA_TYPES] },

  'inf2.xlarge':    { ...inferentia2, vCpus: 4,   memory: gib(16),  chips: 1,  networkInterfacesPerCard: 4,
    regions: [...inferentia2.regions, 'ap-northeast-2'] },
  'inf2.8xlarge':   { ...inferentia2, vCpus: 32,  memory: gib(128), chips: 1,  networkInterfacesPerCard: 8 },
  'inf2.24xlarge':  { ...inferentia2, vCpus: 96,  memory: gib(384), chips: 6,  networkInterfacesPerCard: 15 },
  'inf2.48xlarge':  { ...inferentia2, vCpus: 192, memory: gib(768), chips: 12, networkInterfacesPerCard: 15 },

  'trn1.2xlarge':   { ...trainium,    vCpus: 8,   memory: gib(32),  chips: 1,  networkInterfacesPerCard: 4,
    instanceStorage: gib(474) },
  'trn1.32xlarge':  { ...trainium,    chipSets: TORUS, sources: [...trainium.sources, SCHEDULER], vCpus: 128, memory: gib(512), chips: 16, networkInterfacesPerCard: 5, networkCards: 8,
    efaInterfaces: 8, instanceStorage: gib(7600), capacityBlockRegions: [
      'ap-south-1', 'ap-southeast-2', 'ap-southeast-4', 'eu-north-1', 'us-east-1', 'us-east-2', 'us-west-1', 'us-west-2',
    ] },
  // The type is neither in the list of instance types for Managed Instances nor excluded from it.
  'trn1n.32xlarge': { ...trainium,    chipSets: TORUS, sources: [...trainium.sources, SCHEDULER], vCpus: 128, memory: gib(512), chips: 16, networkInterfacesPerCard: 5, networkCards: 16,
    efaInterfaces: 16, instanceStorage: gib(7600), managedInstances: ManagedInstancesSupport.DISPUTED },

  'trn2.3xlarge':   { ...trainium2,   vCpus: 12,  memory: gib(128), chips: 1,  networkInterfacesPerCard: 2,
    efaInterfaces: 1, instanceStorage: gib(470), capacityBlockRegions: ['ap-southeast-4', 'sa-east-1'] },
  'trn2.48xlarge':  trainium2Host,
  // The same host in an UltraServer.
  'trn2u.48xlarge': trainium2Host,
} satisfies Record<string, NeuronInstanceTypeAttributes>;
