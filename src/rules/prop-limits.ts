import {
  all,
  anything,
  each,
  form,
  gibibytes,
  items,
  keys,
  knownAtSynth,
  Limit,
  mebibytes,
  member,
  minutes,
  moreThan,
  notNegative,
  seconds,
  whole,
} from './limits';
import { Finding } from './rule';

/** The least memory that Docker gives a container, in MiB. */
const MIN_MEMORY = 6;

const name = form(/^[A-Za-z0-9_-]{1,255}$/, 'up to 255 letters, numbers, underscores and hyphens');
const providerName = form(
  /^(?!aws|ecs|fargate)[A-Za-z0-9_-]{1,255}$/i,
  'the name of a capacity provider: up to 255 letters, numbers, underscores and hyphens, and not one that begins with aws, ecs or fargate',
);
const region = form(/^[a-z]{2,3}(-[a-z]+)+-\d+$/, 'the name of a Region, for example us-east-1');
const image = form(/^[^\s]{1,1000}$/, 'the URI of an image, without spaces');
const devicePath = form(/^\/dev\/[A-Za-z0-9_./-]{1,250}$/, 'the path of a device, for example /dev/xvda');
const regions = each(region);
const cluster = member('clusterName', form(/^[A-Za-z0-9_-]{1,255}$/, 'up to 255 letters, numbers, underscores and hyphens'));
const port = whole(0, 65_535);
const notEmpty = form(/^[^]+$/, 'text that is not empty');
const variables = keys(form(/^[^=]+$/, 'the name of a variable, without ='));
const int32 = 2_147_483_647;

/**
 * The limits of props and of parameters, by the struct and the prop, or by the class, the call and the parameter. They are those that no
 * other rule checks. Each duration and size is here, because it must be whole in the unit that AWS takes.
 */
const LIMITS: Record<string, Limit> = {
  'AcceleratedInstanceTypeAttributes.acceleratorName': notEmpty,
  'AcceleratedInstanceTypeAttributes.memory': knownAtSynth(mebibytes(1)),
  'AcceleratedInstanceTypeAttributes.instanceStorage': gibibytes(1),
  'AcceleratedInstanceTypeAttributes.efaInterfaces': whole(0, 1000),
  'AcceleratedInstanceTypeAttributes.networkCards': whole(1, 1000),
  'AcceleratedInstanceTypeAttributes.regions': regions,
  'AcceleratedInstanceTypeAttributes.capacityBlockRegions': regions,
  'GaudiInstanceTypeAttributes.acceleratorMemoryPerChip': knownAtSynth(gibibytes(1)),
  'NeuronInstanceTypeAttributes.acceleratorMemoryPerChip': knownAtSynth(gibibytes(1)),

  'AcceleratedServiceProps.startup': seconds(0, int32),
  'AcceleratedServiceProps.maxInstances': whole(1, int32),
  'AcceleratedServiceProps.serviceName': name,
  'AcceleratedServiceProps.placementStrategies': items(0, 5),
  'MlRunTaskProps.placementStrategies': items(0, 5),
  'CircuitBreakerThreshold.static boundedPercent.percent': whole(1, 100),
  'CircuitBreakerThreshold.static count.tasks': whole(1),
  'CircuitBreakerThreshold.static unboundedPercent.percent': whole(1),
  'AcceleratedTaskOptions.family': name,
  'AcceleratedTaskOptions.securityGroups': items(1, 5),
  'AcceleratedTaskOptions.sharedMemorySize': mebibytes(1),
  'AcceleratedTaskOptions.taskCpu': whole(1),
  'AcceleratedTaskOptions.taskMemory': mebibytes(MIN_MEMORY),

  'ecs.ContainerDefinitionOptions.containerName': name,
  'ecs.ContainerDefinitionOptions.cpu': whole(0),
  'ecs.ContainerDefinitionOptions.environment': variables,
  'ecs.ContainerDefinitionOptions.gpuCount': whole(0),
  'ecs.ContainerDefinitionOptions.memoryLimitMiB': whole(MIN_MEMORY),
  'ecs.ContainerDefinitionOptions.memoryReservationMiB': whole(MIN_MEMORY),
  'ecs.ContainerDefinitionOptions.restartAttemptPeriod': knownAtSynth(seconds(60, 1800)),
  'ecs.ContainerDefinitionOptions.restartIgnoredExitCodes': all(items(0, 50), each(whole(0, 255))),
  'ecs.ContainerDefinitionOptions.startTimeout': seconds(1),
  'ecs.ContainerDefinitionOptions.stopTimeout': seconds(),
  'ecs.ContainerDefinitionOptions.workingDirectory': form(/^\//, 'an absolute path, for example /app'),
  'ecs.HealthCheck.command': knownAtSynth(items(1, 1000)),
  'ecs.HealthCheck.interval': knownAtSynth(seconds(5, 300)),
  'ecs.HealthCheck.retries': whole(1, 10),
  'ecs.HealthCheck.startPeriod': knownAtSynth(seconds(0, 300)),
  'ecs.HealthCheck.timeout': knownAtSynth(seconds(2, 120)),
  'ecs.PortMapping.containerPort': port,
  'ecs.PortMapping.hostPort': port,
  'ecs.PortMapping.name': form(/^[a-z0-9_][a-z0-9_-]{0,63}$/, 'up to 64 lower-case letters, numbers, underscores and hyphens'),
  'ecs.Ulimit.hardLimit': whole(-1),
  'ecs.Ulimit.softLimit': whole(-1),

  'CapacityAttributes.capacityProviderName': providerName,
  'CapacityAttributes.cluster': cluster,
  'CapacityAttributes.securityGroups': items(0, 5),
  'CapacityBlockProps.scaleInBefore': seconds(),
  'Ec2CapacityAttributes.maxInstances': whole(1, int32),
  'Ec2CapacityOptions.cluster': cluster,
  'Ec2CapacityOptions.instanceWarmup': seconds(0, 10_000),
  'Ec2CapacityOptions.maxInstances': whole(0, int32),
  'Ec2CapacityOptions.minInstances': whole(0, int32),
  'Ec2CapacityOptions.rootDeviceName': devicePath,
  'Ec2CapacityOptions.rootVolumeSize': gibibytes(),
  'Ec2CapacityOptions.userDataCommands': knownAtSynth(anything),
  'FargateCapacityProps.cluster': cluster,
  'FargateCapacityProps.cpu': whole(1),
  'FargateCapacityProps.ephemeralStorage': gibibytes(),
  'FargateCapacityProps.memory': mebibytes(),
  'GaudiServiceProps.rootDeviceName': devicePath,
  'HostReserveOptions.reservedCpu': whole(0),
  'HostReserveOptions.reservedMemory': mebibytes(),
  'ManagedCapacityOptions.cluster': cluster,
  'ManagedCapacityOptions.securityGroups': items(1, 5),
  'ManagedCapacityOptions.taskVolumeSize': gibibytes(),
  'ManagedScaleIn.static after.delay': seconds(),
  'NeuronMachineImageOptions.rootDeviceName': devicePath,
  'NeuronPoolOptions.neuronRtdImage': image,
  // EC2 refuses a maximum price of USD 0.001 or less.
  'RootVolume.size': gibibytes(),
  'SpotPurchaseOptions.maxPrice': moreThan(0.001),

  'TorchrunOptions.processesPerNode': whole(1),
  'MlRunTaskProps.timeout': seconds(),
  'MlRunTaskProps.capacityTimeout': seconds(),
  'JobObjectCreatedOptions.maxEventAge': seconds(60, 86_400),
  'JobObjectCreatedOptions.retryAttempts': whole(0, 185),
  'JobObjectCreatedOptions.prefix': form(/^[^]{1,1024}$/, 'from 1 to 1024 characters'),
  'JobObjectCreatedOptions.suffix': form(/^[^]{1,1024}$/, 'from 1 to 1024 characters'),
  'JobOverrides.cpu': whole(1),
  'JobOverrides.environment': variables,
  'JobOverrides.memory': mebibytes(MIN_MEMORY),
  'JobScheduleOptions.description': form(/^[^]{0,512}$/, 'at most 512 characters'),
  'JobScheduleOptions.flexibleWindow': knownAtSynth(minutes(1, 1440)),
  'JobScheduleOptions.maxEventAge': knownAtSynth(seconds(60, 86_400)),
  'JobScheduleOptions.retryAttempts': knownAtSynth(whole(0, 185)),
  'JobStepOptions.resultPath': form(/^\$/, 'a path that begins with $, for example $.job'),
  'JobStepOptions.stateName': form(/^[^]{1,80}$/, 'from 1 to 80 characters'),

  'TaskDefinitionEfaProps.containerName': name,
  'TaskDefinitionGaudiDevicesProps.containerName': name,
  'TaskDefinitionInferenceAcceleratorsProps.containerName': name,
  'TaskDefinitionManagedNeuronDevicesProps.containerName': name,
  'TaskDefinitionMixinsOptions.containerName': name,
  'TaskDefinitionMixinsOptions.sharedMemorySize': mebibytes(1),
  'TaskDefinitionNeuronDevicesProps.containerName': name,
  'TaskDefinitionNeuronRtdProps.containerName': name,
  'TaskDefinitionNeuronRtdProps.image': image,

  'autoscaling.WarmPoolOptions.maxGroupPreparedCapacity': whole(-1),
  'autoscaling.WarmPoolOptions.minSize': whole(0),
  'cloudwatch.CommonMetricOptions.period': seconds(1),
  'ec2.InstanceRequirementsConfig.acceleratorTotalMemoryMax': mebibytes(),
  'ec2.InstanceRequirementsConfig.acceleratorTotalMemoryMin': mebibytes(),
  'ec2.InstanceRequirementsConfig.acceleratorCountMax': whole(0),
  'ec2.InstanceRequirementsConfig.acceleratorCountMin': whole(0),
  'ec2.InstanceRequirementsConfig.baselineEbsBandwidthMbpsMax': whole(1),
  'ec2.InstanceRequirementsConfig.baselineEbsBandwidthMbpsMin': whole(0),
  'ec2.InstanceRequirementsConfig.maxSpotPriceAsPercentageOfOptimalOnDemandPrice': whole(1),
  'ec2.InstanceRequirementsConfig.networkBandwidthGbpsMax': moreThan(0),
  'ec2.InstanceRequirementsConfig.networkBandwidthGbpsMin': notNegative,
  'ec2.InstanceRequirementsConfig.networkInterfaceCountMax': whole(1),
  'ec2.InstanceRequirementsConfig.networkInterfaceCountMin': whole(0),
  'ec2.InstanceRequirementsConfig.onDemandMaxPricePercentageOverLowestPrice': whole(0),
  'ec2.InstanceRequirementsConfig.spotMaxPricePercentageOverLowestPrice': whole(0),
  'ec2.InstanceRequirementsConfig.totalLocalStorageGBMax': moreThan(0),
  'ec2.InstanceRequirementsConfig.totalLocalStorageGBMin': notNegative,
  'ec2.InstanceRequirementsConfig.vCpuCountMax': whole(1),
  'ec2.InstanceRequirementsConfig.vCpuCountMin': whole(0),
  'ec2.InstanceRequirementsConfig.memoryMax': mebibytes(1),
  'ec2.InstanceRequirementsConfig.memoryMin': mebibytes(),
  'ec2.InstanceRequirementsConfig.memoryPerVCpuMax': knownAtSynth(mebibytes(1)),
  'ec2.InstanceRequirementsConfig.memoryPerVCpuMin': knownAtSynth(mebibytes()),
};

/** Checks the limit of a prop or a parameter that has one. */
export function limitOf(key: string, value: unknown, at: string): Finding[] {
  return value === undefined ? [] : (LIMITS[key]?.(value, at) ?? []);
}

/** The props and parameters that have a limit here. */
export function limited(): string[] {
  return Object.keys(LIMITS);
}
