import { all, each, form, gibibytes, items, Limit, mebibytes, member, minutes, positive, seconds, whole } from './limits';
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

/**
 * The limits of props and of parameters, by the struct and the prop, or by the class, the call and the parameter. They are those that no
 * other rule checks. Each duration and size is here, because it must be whole in the unit that AWS takes.
 */
const LIMITS: Record<string, Limit> = {
  'AcceleratedInstanceTypeAttributes.memory': mebibytes(1),
  'AcceleratedInstanceTypeAttributes.instanceStorage': gibibytes(1),
  'AcceleratedInstanceTypeAttributes.efaInterfaces': whole(0),
  'AcceleratedInstanceTypeAttributes.networkCards': whole(1),
  'AcceleratedInstanceTypeAttributes.regions': regions,
  'AcceleratedInstanceTypeAttributes.capacityBlockRegions': regions,
  'GaudiInstanceTypeAttributes.acceleratorMemoryPerChip': gibibytes(1),
  'NeuronInstanceTypeAttributes.acceleratorMemoryPerChip': gibibytes(1),

  'AcceleratedServiceProps.startup': seconds(),
  'AcceleratedServiceProps.maxInstances': whole(1),
  'AcceleratedServiceProps.serviceName': name,
  'AcceleratedServiceProps.placementStrategies': items(0, 5),
  'AcceleratedTaskProps.family': name,
  'AcceleratedTaskProps.securityGroups': items(1, 5),
  'AcceleratedTaskProps.sharedMemorySize': mebibytes(1),
  'AcceleratedTaskProps.taskCpu': whole(1),
  'AcceleratedTaskProps.taskMemory': mebibytes(MIN_MEMORY),

  'ecs.ContainerDefinitionOptions.containerName': name,
  'ecs.ContainerDefinitionOptions.cpu': whole(0),
  'ecs.ContainerDefinitionOptions.gpuCount': whole(0),
  'ecs.ContainerDefinitionOptions.memoryLimitMiB': whole(MIN_MEMORY),
  'ecs.ContainerDefinitionOptions.memoryReservationMiB': whole(MIN_MEMORY),
  'ecs.ContainerDefinitionOptions.restartAttemptPeriod': seconds(60, 1800),
  'ecs.ContainerDefinitionOptions.restartIgnoredExitCodes': all(items(0, 50), each(whole(0, 255))),
  'ecs.ContainerDefinitionOptions.startTimeout': seconds(1),
  'ecs.ContainerDefinitionOptions.stopTimeout': seconds(),
  'ecs.HealthCheck.interval': seconds(5, 300),
  'ecs.HealthCheck.retries': whole(1, 10),
  'ecs.HealthCheck.startPeriod': seconds(0, 300),
  'ecs.HealthCheck.timeout': seconds(2, 120),
  'ecs.PortMapping.containerPort': port,
  'ecs.PortMapping.hostPort': port,
  'ecs.Ulimit.hardLimit': whole(-1),
  'ecs.Ulimit.softLimit': whole(-1),

  'CapacityAttributes.capacityProviderName': providerName,
  'CapacityAttributes.cluster': cluster,
  'CapacityAttributes.securityGroups': items(0, 5),
  'CapacityBlockProps.scaleInBefore': seconds(),
  'Ec2CapacityAttributes.maxInstances': whole(1),
  'Ec2CapacityOptions.cluster': cluster,
  'Ec2CapacityOptions.instanceWarmup': seconds(),
  'Ec2CapacityOptions.rootDeviceName': devicePath,
  'Ec2CapacityOptions.rootVolumeSize': gibibytes(0, 65_536),
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
  'NeuronPoolOptions.neuronRtdImage': image,
  'SpotPurchaseOptions.maxPrice': positive,

  'MlRunTaskProps.timeout': seconds(),
  'JobObjectCreatedOptions.maxEventAge': seconds(60, 86_400),
  'JobObjectCreatedOptions.retryAttempts': whole(0, 185),
  'JobObjectCreatedOptions.prefix': form(/^[^]{1,1024}$/, 'from 1 to 1024 characters'),
  'JobObjectCreatedOptions.suffix': form(/^[^]{1,1024}$/, 'from 1 to 1024 characters'),
  'JobOverrides.cpu': whole(1),
  'JobOverrides.memory': mebibytes(MIN_MEMORY),
  'JobScheduleOptions.description': form(/^[^]{0,512}$/, 'at most 512 characters'),
  'JobScheduleOptions.flexibleWindow': minutes(1, 1440),
  'JobScheduleOptions.maxEventAge': seconds(60, 86_400),
  'JobScheduleOptions.retryAttempts': whole(0, 185),
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
  'ec2.InstanceRequirementsConfig.memoryMax': mebibytes(1),
  'ec2.InstanceRequirementsConfig.memoryMin': mebibytes(),
  'ec2.InstanceRequirementsConfig.memoryPerVCpuMax': mebibytes(),
  'ec2.InstanceRequirementsConfig.memoryPerVCpuMin': mebibytes(),
};

/** Checks the limit of a prop or a parameter that has one. */
export function limitOf(key: string, value: unknown, at: string): Finding[] {
  return value === undefined ? [] : (LIMITS[key]?.(value, at) ?? []);
}

/** The props and parameters that have a limit here. */
export function limited(): string[] {
  return Object.keys(LIMITS);
}
