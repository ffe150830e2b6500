// Written by scripts/signatures.ts, which runs when the package is compiled. Do not edit it.
/* eslint-disable */

/** What the constructors and methods of each class take. `name!type` must be given, `name?type` can be left out. */
export const CALLS: Record<string, Record<string, string>> = {
  "AcceleratedService": {
    "metric": "metricName!string props?cloudwatch.MetricOptions",
    "metricCpuUtilization": "props?cloudwatch.MetricOptions",
    "metricMemoryUtilization": "props?cloudwatch.MetricOptions"
  },
  "CircuitBreakerThreshold": {
    "static boundedPercent": "percent!number options?CircuitBreakerThresholdOptions",
    "static count": "tasks!number options?CircuitBreakerThresholdOptions",
    "static unboundedPercent": "percent!number options?CircuitBreakerThresholdOptions"
  },
  "Ec2Capacity": {
    "new": "scope!Construct id!string props!Ec2CapacityProps",
    "taskDefinitionMixins": "options?TaskDefinitionMixinsOptions"
  },
  "EcsVpcEndpoints": {
    "new": "scope!Construct id!string props!EcsVpcEndpointsProps"
  },
  "ElasticInferenceAccelerator": {
    "static fromName": "name!string"
  },
  "ElasticInferenceService": {
    "new": "scope!Construct id!string props!ElasticInferenceServiceProps"
  },
  "FargateCapacity": {
    "new": "scope!Construct id!string props!FargateCapacityProps",
    "taskDefinitionMixins": "options?TaskDefinitionMixinsOptions"
  },
  "GaudiCapacity": {
    "new": "scope!Construct id!string props!GaudiCapacityProps",
    "static fromGaudiCapacityAttributes": "scope!Construct id!string attributes!GaudiCapacityAttributes",
    "partition": "index!number",
    "taskDefinitionMixins": "options?TaskDefinitionMixinsOptions"
  },
  "GaudiCapacityStrategy": {
    "new": "scope!Construct id!string props!GaudiCapacityStrategyProps",
    "partition": "index!number",
    "taskDefinitionMixins": "options?TaskDefinitionMixinsOptions"
  },
  "GaudiInstanceType": {
    "static fromName": "name!string",
    "static of": "name!string attributes!GaudiInstanceTypeAttributes"
  },
  "GaudiMachineImage": {
    "static custom": "image!ec2.IMachineImage",
    "static marketplace": "image!ec2.IMachineImage",
    "static withoutEcsAgent": "image!ec2.IMachineImage"
  },
  "GaudiManagedCapacity": {
    "new": "scope!Construct id!string props!GaudiManagedCapacityProps",
    "static fromGaudiManagedCapacityAttributes": "scope!Construct id!string attributes!GaudiManagedCapacityAttributes",
    "taskDefinitionMixins": "options?TaskDefinitionMixinsOptions"
  },
  "GaudiService": {
    "new": "scope!Construct id!string props!GaudiServiceProps"
  },
  "LaunchTemplateCapacityBlock": {
    "new": "props!LaunchTemplateCapacityBlockProps"
  },
  "LaunchTemplateCapacityReservation": {
    "new": "props!LaunchTemplateCapacityReservationProps"
  },
  "LaunchTemplateEfa": {
    "new": "props!LaunchTemplateEfaProps"
  },
  "Launcher": {
    "static torchrun": "options!TorchrunOptions"
  },
  "ManagedScaleIn": {
    "static after": "delay!Duration"
  },
  "MlRunTask": {
    "new": "scope!Construct id!string props!MlRunTaskProps",
    "grantStart": "grantee!iam.IGrantable",
    "metricDuration": "props?cloudwatch.MetricOptions",
    "metricFailed": "props?cloudwatch.MetricOptions",
    "metricSucceeded": "props?cloudwatch.MetricOptions",
    "metricTimedOut": "props?cloudwatch.MetricOptions",
    "onFailed": "id!string target?events.IRuleTarget",
    "onObjectCreated": "id!string bucket!s3.IBucket options?JobObjectCreatedOptions",
    "onSucceeded": "id!string target?events.IRuleTarget",
    "runOnDeploy": "options?RunOnDeployOptions",
    "runTaskCommandWith": "overrides!JobOverrides",
    "schedule": "id!string options!JobScheduleOptions",
    "startExecutionCommandWith": "overrides!JobOverrides",
    "step": "scope!Construct id!string options?JobStepOptions"
  },
  "NeuronCapacity": {
    "new": "scope!Construct id!string props!NeuronCapacityProps",
    "static fromNeuronCapacityAttributes": "scope!Construct id!string attributes!NeuronCapacityAttributes",
    "partition": "index!number",
    "taskDefinitionMixins": "options?TaskDefinitionMixinsOptions"
  },
  "NeuronCapacityStrategy": {
    "new": "scope!Construct id!string props!NeuronCapacityStrategyProps",
    "partition": "index!number",
    "taskDefinitionMixins": "options?TaskDefinitionMixinsOptions"
  },
  "NeuronInstanceType": {
    "static fromName": "name!string",
    "static of": "name!string attributes!NeuronInstanceTypeAttributes",
    "logicalNeuronCores": "config?LogicalNeuronCoreConfig"
  },
  "NeuronMachineImage": {
    "static withoutEcsAgent": "image!ec2.IMachineImage options?NeuronMachineImageOptions",
    "getImage": "scope!Construct"
  },
  "NeuronManagedCapacity": {
    "new": "scope!Construct id!string props!NeuronManagedCapacityProps",
    "static fromNeuronManagedCapacityAttributes": "scope!Construct id!string attributes!NeuronManagedCapacityAttributes",
    "taskDefinitionMixins": "options?TaskDefinitionMixinsOptions"
  },
  "NeuronService": {
    "new": "scope!Construct id!string props!NeuronServiceProps"
  },
  "PurchaseOption": {
    "static capacityBlock": "block!CapacityBlockProps",
    "static capacityReservation": "capacityReservationId!string options?CapacityReservationOptions",
    "static capacityReservationGroup": "resourceGroupArn!string options?CapacityReservationOptions",
    "static spot": "options?SpotPurchaseOptions"
  },
  "TaskDefinitionEfa": {
    "new": "props!TaskDefinitionEfaProps"
  },
  "TaskDefinitionGaudiDevices": {
    "new": "props!TaskDefinitionGaudiDevicesProps"
  },
  "TaskDefinitionInferenceAccelerators": {
    "new": "props!TaskDefinitionInferenceAcceleratorsProps"
  },
  "TaskDefinitionManagedInstances": {
    "new": "props!TaskDefinitionManagedInstancesProps"
  },
  "TaskDefinitionManagedNeuronDevices": {
    "new": "props?TaskDefinitionManagedNeuronDevicesProps"
  },
  "TaskDefinitionNeuronDevices": {
    "new": "props!TaskDefinitionNeuronDevicesProps"
  },
  "TaskDefinitionNeuronRtd": {
    "new": "props!TaskDefinitionNeuronRtdProps"
  },
  "TaskDefinitionSlice": {
    "new": "props!TaskDefinitionSliceProps"
  }
};

/** The types that they take: their kind, and what tells a value of the type. A struct has its bases and props. */
export const TYPES: Record<string, string> = {
  "AcceleratedInstanceType": "class",
  "AcceleratedInstanceTypeAttributes": "struct chips!number memory!Size networkInterfacesPerCard!number sources!string[] vCpus!number acceleratorName?string capacityBlockRegions?string[] chipSets?number[] efaInterfaces?number efaRdma?boolean instanceStorage?Size networkCards?number regions?string[]",
  "AcceleratedServiceProps": "struct <AcceleratedTaskProps circuitBreaker?ecs.DeploymentCircuitBreaker circuitBreakerThreshold?CircuitBreakerThreshold desiredCount?number maxHealthyPercent?number maxInstances?number minHealthyPercent?number placementStrategies?ecs.PlacementStrategy[] propagateTags?ecs.PropagatedTagSource serviceName?string startup?Duration vpc?ec2.IVpc",
  "AcceleratedTaskOptions": "struct enableExecuteCommand?boolean executionRole?iam.IRole family?string logGroup?logs.ILogGroup logRetention?logs.RetentionDays networkMode?ecs.NetworkMode securityGroups?ec2.ISecurityGroup[] sharedMemorySize?Size taskCpu?number taskMemory?Size taskRole?iam.IRole",
  "AcceleratedTaskProps": "struct <AcceleratedTaskOptions container!ecs.ContainerDefinitionOptions",
  "CapacityAttributes": "struct capacityProviderName!string cluster!ecs.ICluster interruptible?boolean securityGroups?ec2.ISecurityGroup[] vpcSubnets?ec2.SubnetSelection",
  "CapacityBlockProps": "struct capacityReservationId!string endsAt!date scaleInBefore?Duration startsAt?date",
  "CapacityReservationOptions": "struct preference?CapacityReservationPreference",
  "CapacityReservationPreference": "enum ONLY FIRST",
  "CapacityStrategyShare": "struct base?number weight?number",
  "CircuitBreakerThreshold": "class boundedPercent() count() unboundedPercent()",
  "CircuitBreakerThresholdOptions": "struct resetOnHealthyTask?boolean",
  "Construct": "class node",
  "Duration": "class toSeconds",
  "Ec2CapacityAttributes": "struct <CapacityAttributes maxInstances?number",
  "Ec2CapacityOptions": "struct cluster?ecs.ICluster enableManagedTerminationProtection?boolean instanceStorage?InstanceStorage instanceWarmup?Duration keyPair?ec2.IKeyPair maximumScalingStepSize?number maxInstances?number minInstances?number placementGroup?ec2.IPlacementGroup purchaseOption?PurchaseOption rootDeviceName?string rootVolume?RootVolume rootVolumeSize?Size ssmSessionPermissions?boolean targetCapacityPercent?number updatePolicy?autoscaling.UpdatePolicy userDataCommands?string[] vpc?ec2.IVpc vpcSubnets?ec2.SubnetSelection warmPool?autoscaling.WarmPoolOptions",
  "Ec2CapacityProps": "struct <Ec2CapacityOptions instanceType!ec2.InstanceType machineImage?ec2.IMachineImage",
  "EcsVpcEndpointsProps": "struct vpc!ec2.IVpc additionalServices?ec2.InterfaceVpcEndpointAwsService[] excludedServices?ec2.InterfaceVpcEndpointAwsService[] subnets?ec2.SubnetSelection",
  "EfaOptions": "struct efa?boolean",
  "ElasticInferenceAccelerator": "class fromName() EIA1_LARGE",
  "ElasticInferenceServiceProps": "struct <AcceleratedServiceProps accelerators!InferenceAcceleratorOptions[] capacity?IEc2Capacity endpoint?ec2.IInterfaceVpcEndpoint instanceType?ec2.InstanceType",
  "EqualSlicesOptions": "struct tasksPerInstance?number",
  "FargateCapacityProps": "struct cluster?ecs.ICluster cpu?number ephemeralStorage?Size memory?Size spot?boolean vpc?ec2.IVpc vpcSubnets?ec2.SubnetSelection",
  "GaudiCapacityAttributes": "struct <Ec2CapacityAttributes <PartitionOptions <HostReserveOptions <EfaOptions instanceType?GaudiInstanceType",
  "GaudiCapacityProps": "struct <Ec2CapacityOptions <PartitionOptions <HostReserveOptions <EfaOptions instanceType?GaudiInstanceType machineImage?GaudiMachineImage",
  "GaudiCapacityStrategyProps": "struct pools!GaudiStrategyPool[]",
  "GaudiInstanceType": "class fromName() of() DL1_24_XLARGE",
  "GaudiInstanceTypeAttributes": "struct <AcceleratedInstanceTypeAttributes acceleratorMemoryPerChip!Size generation!number",
  "GaudiMachineImage": "class custom() marketplace() withoutEcsAgent()",
  "GaudiManagedCapacityAttributes": "struct <CapacityAttributes instanceType?GaudiInstanceType",
  "GaudiManagedCapacityProps": "struct <ManagedCapacityOptions instanceType?GaudiInstanceType",
  "GaudiServiceProps": "struct <AcceleratedServiceProps capacity?IGaudiCapacity instanceType?GaudiInstanceType machineImage?GaudiMachineImage rootDeviceName?string",
  "GaudiStrategyPool": "struct <CapacityStrategyShare capacity!IGaudiEc2Capacity",
  "HostReserveOptions": "struct reservedCpu?number reservedMemory?Size",
  "ICapacity": "interface capacityProviderStrategies: cluster: compatibility: interruptible: placementConstraints: =Ec2Capacity =FargateCapacity =GaudiCapacity =GaudiCapacityStrategy =GaudiManagedCapacity =NeuronCapacity =NeuronCapacityStrategy =NeuronManagedCapacity",
  "IConstruct": "interface node",
  "IEc2Capacity": "interface <ICapacity =Ec2Capacity =GaudiCapacity =GaudiCapacityStrategy =NeuronCapacity =NeuronCapacityStrategy",
  "IGaudiCapacity": "interface <ICapacity instanceTypes:GaudiInstanceType =GaudiCapacity =GaudiCapacityStrategy =GaudiManagedCapacity",
  "IGaudiEc2Capacity": "interface <IGaudiCapacity <ISlicedCapacity instanceType:GaudiInstanceType =GaudiCapacity =GaudiCapacityStrategy",
  "IManagedCapacity": "interface <ICapacity _hostTypes: =GaudiManagedCapacity =NeuronManagedCapacity",
  "INeuronCapacity": "interface <ICapacity instanceTypes:NeuronInstanceType =NeuronCapacity =NeuronCapacityStrategy =NeuronManagedCapacity",
  "INeuronEc2Capacity": "interface <INeuronCapacity <ISlicedCapacity instanceType:NeuronInstanceType neuronCoresPerTask: neuronRuntime: =NeuronCapacity =NeuronCapacityStrategy",
  "ISlicedCapacity": "interface <IEc2Capacity slice: tasksPerInstance: =GaudiCapacity =GaudiCapacityStrategy =NeuronCapacity =NeuronCapacityStrategy",
  "InferenceAcceleratorOptions": "struct type!ElasticInferenceAccelerator deviceName?string",
  "InstanceStorage": "class NONE",
  "JobObjectCreatedOptions": "struct deadLetterQueue?sqs.IQueue maxEventAge?Duration overrides?JobOverrides prefix?string retryAttempts?number suffix?string",
  "JobOverrides": "struct command?string[] count?number cpu?number environment?string{} memory?Size",
  "JobScheduleOptions": "struct schedule!scheduler.ScheduleExpression deadLetterQueue?sqs.IQueue description?string enabled?boolean flexibleWindow?Duration maxEventAge?Duration overrides?JobOverrides retryAttempts?number",
  "JobStepOptions": "struct executionName?string overrides?JobOverrides queryLanguage?stepfunctions.QueryLanguage resultPath?string stateName?string",
  "LaunchTemplateCapacityBlockProps": "struct capacityReservationId!string",
  "LaunchTemplateCapacityReservationProps": "struct capacityReservationId?string resourceGroupArn?string",
  "LaunchTemplateEfaProps": "struct instanceType!AcceleratedInstanceType",
  "Launcher": "class torchrun()",
  "LogicalNeuronCoreConfig": "enum 1 2",
  "ManagedCapacityOptions": "struct acceleratorNames?ec2.AcceleratorName[] autoRepair?boolean cluster?ecs.ICluster fips?boolean infrastructureRole?iam.IRole instanceMetadataTags?boolean instanceRequirements?ec2.InstanceRequirementsConfig instanceRole?iam.IRole instanceStorage?InstanceStorage monitoring?ecs.InstanceMonitoring propagateTags?ecs.PropagateManagedInstancesTags purchaseOption?PurchaseOption scaleIn?ManagedScaleIn securityGroups?ec2.ISecurityGroup[] taskVolume?ManagedTaskVolume taskVolumeSize?Size vpc?ec2.IVpc vpcSubnets?ec2.SubnetSelection",
  "ManagedInstancesSupport": "enum SUPPORTED DISPUTED UNSUPPORTED",
  "ManagedScaleIn": "class after() never()",
  "ManagedTaskVolume": "enum EBS INSTANCE_STORAGE",
  "MlRunTaskProps": "struct <AcceleratedTaskOptions timeout!Duration capacity?ICapacity capacityTimeout?Duration container?ecs.ContainerDefinitionOptions containerName?string count?number executionLogs?stepfunctions.LogOptions launcher?Launcher maxConcurrency?number nodes?number placementStrategies?ecs.PlacementStrategy[] programRetries?number resumable?boolean retries?number taskDefinition?ecs.ITaskDefinition taskFailure?TaskFailure tracingEnabled?boolean vpc?ec2.IVpc",
  "NeuronCapacityAttributes": "struct <Ec2CapacityAttributes <EqualSlicesOptions <PartitionOptions <HostReserveOptions <EfaOptions <NeuronPoolOptions instanceType!NeuronInstanceType",
  "NeuronCapacityProps": "struct <Ec2CapacityOptions <EqualSlicesOptions <PartitionOptions <HostReserveOptions <EfaOptions <NeuronPoolOptions instanceType!NeuronInstanceType machineImage?ec2.IMachineImage",
  "NeuronCapacityStrategyProps": "struct pools!NeuronStrategyPool[]",
  "NeuronDeviceAllocation": "enum MANAGED MANUAL",
  "NeuronInstanceType": "class fromName() of() INF1_2_XLARGE",
  "NeuronInstanceTypeAttributes": "struct <AcceleratedInstanceTypeAttributes acceleratorMemoryPerChip!Size neuronCoresPerChip!number logicalNeuronCores?boolean managedInstances?ManagedInstancesSupport",
  "NeuronMachineImageOptions": "struct rootDeviceName?string",
  "NeuronManagedCapacityAttributes": "struct <CapacityAttributes <NeuronManagedOptions instanceTypes!NeuronInstanceType[]",
  "NeuronManagedCapacityProps": "struct <ManagedCapacityOptions <NeuronManagedOptions instanceTypes!NeuronInstanceType[]",
  "NeuronManagedOptions": "struct deviceAllocation?NeuronDeviceAllocation logicalNeuronCoreConfig?LogicalNeuronCoreConfig",
  "NeuronPoolOptions": "struct logicalNeuronCoreConfig?LogicalNeuronCoreConfig neuronRtdImage?string neuronRuntime?NeuronRuntime",
  "NeuronRuntime": "enum LIBNRT NEURON_RTD",
  "NeuronServiceProps": "struct <AcceleratedServiceProps capacity?INeuronCapacity instanceType?NeuronInstanceType tasksPerInstance?number",
  "NeuronStrategyPool": "struct <CapacityStrategyShare capacity!INeuronEc2Capacity",
  "PartitionOptions": "struct firstReservedPort?number partitions?number[]",
  "PurchaseOption": "class capacityBlock() capacityReservation() capacityReservationGroup() onDemand() spot()",
  "RootVolume": "struct iops?number kmsKey?kms.IKey size?Size throughput?number",
  "RunOnDeployOptions": "struct key?string overrides?JobOverrides waitForEnd?boolean",
  "Size": "class toMebibytes",
  "SpotPurchaseOptions": "struct maxPrice?number",
  "TaskDefinitionEfaProps": "struct instanceType!AcceleratedInstanceType containerName?string",
  "TaskDefinitionGaudiDevicesProps": "struct instanceType!GaudiInstanceType containerName?string devices?number[]",
  "TaskDefinitionInferenceAcceleratorsProps": "struct accelerators!InferenceAcceleratorOptions[] containerName?string",
  "TaskDefinitionManagedInstancesProps": "struct <TaskDefinitionMixinsOptions capacity!IManagedCapacity oneTaskPerHost?boolean",
  "TaskDefinitionManagedNeuronDevicesProps": "struct containerName?string logicalNeuronCoreConfig?LogicalNeuronCoreConfig",
  "TaskDefinitionMixinsOptions": "struct containerName?string sharedMemorySize?Size",
  "TaskDefinitionNeuronDevicesProps": "struct instanceType!NeuronInstanceType containerName?string devices?number[] logicalNeuronCoreConfig?LogicalNeuronCoreConfig neuronCores?number",
  "TaskDefinitionNeuronRtdProps": "struct instanceType!NeuronInstanceType containerName?string devices?number[] image?string",
  "TaskDefinitionSliceProps": "struct <TaskDefinitionMixinsOptions capacity!ISlicedCapacity",
  "TaskFailure": "enum STOP_OTHERS CONTINUE",
  "TorchrunOptions": "struct processesPerNode!number",
  "autoscaling.PoolState": "enum string",
  "autoscaling.UpdatePolicy": "class",
  "autoscaling.WarmPoolOptions": "struct maxGroupPreparedCapacity?number minSize?number poolState?autoscaling.PoolState reuseOnScaleIn?boolean",
  "cloudwatch.CommonMetricOptions": "struct account?string color?string dimensionsMap?string{} id?string label?string period?Duration region?string stackAccount?string stackRegion?string statistic?string unit?cloudwatch.Unit visible?boolean",
  "cloudwatch.MetricOptions": "struct <cloudwatch.CommonMetricOptions",
  "cloudwatch.Unit": "enum string",
  "ec2.AcceleratorManufacturer": "enum string",
  "ec2.AcceleratorName": "enum string",
  "ec2.AcceleratorType": "enum string",
  "ec2.BareMetal": "enum string",
  "ec2.BurstablePerformance": "enum string",
  "ec2.CpuManufacturer": "enum string",
  "ec2.IInterfaceVpcEndpoint": "interface vpcEndpointId",
  "ec2.IKeyPair": "interface keyPairName",
  "ec2.IMachineImage": "interface getImage",
  "ec2.IPlacementGroup": "interface placementGroupName",
  "ec2.ISecurityGroup": "interface securityGroupId",
  "ec2.ISubnet": "interface subnetId",
  "ec2.IVpc": "interface vpcId",
  "ec2.InstanceGeneration": "enum string",
  "ec2.InstanceRequirementsConfig": "struct memoryMin!Size vCpuCountMin!number acceleratorCountMax?number acceleratorCountMin?number acceleratorManufacturers?ec2.AcceleratorManufacturer[] acceleratorNames?ec2.AcceleratorName[] acceleratorTotalMemoryMax?Size acceleratorTotalMemoryMin?Size acceleratorTypes?ec2.AcceleratorType[] allowedInstanceTypes?string[] bareMetal?ec2.BareMetal baselineEbsBandwidthMbpsMax?number baselineEbsBandwidthMbpsMin?number burstablePerformance?ec2.BurstablePerformance cpuManufacturers?ec2.CpuManufacturer[] excludedInstanceTypes?string[] instanceGenerations?ec2.InstanceGeneration[] localStorage?ec2.LocalStorage localStorageTypes?ec2.LocalStorageType[] maxSpotPriceAsPercentageOfOptimalOnDemandPrice?number memoryMax?Size memoryPerVCpuMax?Size memoryPerVCpuMin?Size networkBandwidthGbpsMax?number networkBandwidthGbpsMin?number networkInterfaceCountMax?number networkInterfaceCountMin?number onDemandMaxPricePercentageOverLowestPrice?number requireHibernateSupport?boolean spotMaxPricePercentageOverLowestPrice?number totalLocalStorageGBMax?number totalLocalStorageGBMin?number vCpuCountMax?number",
  "ec2.InstanceType": "class architecture",
  "ec2.InterfaceVpcEndpointAwsService": "class shortName",
  "ec2.LocalStorage": "enum string",
  "ec2.LocalStorageType": "enum string",
  "ec2.SubnetFilter": "class selectSubnets",
  "ec2.SubnetSelection": "struct availabilityZones?string[] onePerAz?boolean subnetFilters?ec2.SubnetFilter[] subnetGroupName?string subnets?ec2.ISubnet[] subnetType?ec2.SubnetType",
  "ec2.SubnetType": "enum string",
  "ecs.AppProtocol": "class value",
  "ecs.ContainerDefinitionOptions": "struct image!ecs.ContainerImage command?string[] containerName?string cpu?number credentialSpecs?ecs.CredentialSpec[] disableNetworking?boolean dnsSearchDomains?string[] dnsServers?string[] dockerLabels?string{} dockerSecurityOptions?string[] enableRestartPolicy?boolean entryPoint?string[] environment?string{} environmentFiles?ecs.EnvironmentFile[] essential?boolean extraHosts?string{} gpuCount?number healthCheck?ecs.HealthCheck hostname?string inferenceAcceleratorResources?string[] interactive?boolean linuxParameters?ecs.LinuxParameters logging?ecs.LogDriver memoryLimitMiB?number memoryReservationMiB?number portMappings?ecs.PortMapping[] privileged?boolean pseudoTerminal?boolean readonlyRootFilesystem?boolean restartAttemptPeriod?Duration restartIgnoredExitCodes?number[] secrets?ecs.Secret{} startTimeout?Duration stopTimeout?Duration systemControls?ecs.SystemControl[] ulimits?ecs.Ulimit[] user?string versionConsistency?ecs.VersionConsistency workingDirectory?string",
  "ecs.ContainerImage": "class bind",
  "ecs.CredentialSpec": "class bind",
  "ecs.DeploymentCircuitBreaker": "struct enable?boolean rollback?boolean",
  "ecs.EnvironmentFile": "class bind",
  "ecs.HealthCheck": "struct command!string[] interval?Duration retries?number startPeriod?Duration timeout?Duration",
  "ecs.ICluster": "interface clusterArn",
  "ecs.ITaskDefinition": "interface taskDefinitionArn",
  "ecs.InstanceMonitoring": "enum string",
  "ecs.LinuxParameters": "class addCapabilities",
  "ecs.LogDriver": "class bind",
  "ecs.NetworkMode": "enum string",
  "ecs.PlacementStrategy": "class toJson",
  "ecs.PortMapping": "struct containerPort!number appProtocol?ecs.AppProtocol containerPortRange?string hostPort?number name?string protocol?ecs.Protocol",
  "ecs.PropagateManagedInstancesTags": "enum string",
  "ecs.PropagatedTagSource": "enum string",
  "ecs.Protocol": "enum string",
  "ecs.Secret": "class arn",
  "ecs.SystemControl": "struct namespace!string value!string",
  "ecs.Ulimit": "struct hardLimit!number name!ecs.UlimitName softLimit!number",
  "ecs.UlimitName": "enum string",
  "ecs.VersionConsistency": "enum string",
  "events.IRuleTarget": "interface bind",
  "iam.IGrantable": "interface grantPrincipal",
  "iam.IRole": "interface roleArn",
  "interfaces.aws_logs.ILogGroupRef": "interface logGroupRef",
  "kms.IKey": "interface keyArn",
  "logs.ILogGroup": "interface logGroupArn",
  "logs.RetentionDays": "enum number",
  "s3.IBucket": "interface bucketArn",
  "scheduler.ScheduleExpression": "class expressionString",
  "sqs.IQueue": "interface queueArn",
  "stepfunctions.LogLevel": "enum string",
  "stepfunctions.LogOptions": "struct destination?interfaces.aws_logs.ILogGroupRef includeExecutionData?boolean level?stepfunctions.LogLevel",
  "stepfunctions.QueryLanguage": "enum string"
};
