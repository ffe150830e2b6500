/**
 * Compares the time to build and synthesize services with cdk-ecs-ml to that of the same resources made with aws-cdk-lib by hand, and
 * shows how it grows. Prints medians over fresh processes, run in turns.
 */
import { execFileSync } from 'child_process';
import { App, aws_autoscaling as autoscaling, aws_ec2 as ec2, aws_ecs as ecs, aws_iam as iam, aws_logs as logs, Stack } from 'aws-cdk-lib';
import { NeuronCapacity, NeuronInstanceType, NeuronService } from 'cdk-ecs-ml';

const SIZES = [10, 30, 60];
const ROUNDS = 5;
const image = ecs.ContainerImage.fromRegistry('model');
const healthCheck = { command: ['CMD-SHELL', 'curl -f http://localhost:8080/ping'] };

function withLibrary(stack: Stack, vpc: ec2.IVpc, services: number): void {
  const instanceType = NeuronInstanceType.INF2_48_XLARGE;
  const capacity = new NeuronCapacity(stack, 'Pool', { vpc, instanceType, tasksPerInstance: 12, maxInstances: services });
  for (let i = 0; i < services; i++) {
    new NeuronService(stack, `Service${i}`, { capacity, container: { image, healthCheck, portMappings: [{ containerPort: 8080 }] } });
  }
}

function byHand(stack: Stack, vpc: ec2.IVpc, services: number): void {
  const cluster = new ecs.Cluster(stack, 'Cluster', { vpc, containerInsightsV2: ecs.ContainerInsights.ENABLED });
  const launchTemplate = new ec2.LaunchTemplate(stack, 'LaunchTemplate', {
    instanceType: new ec2.InstanceType('inf2.48xlarge'),
    machineImage: ecs.EcsOptimizedImage.amazonLinux2023(ecs.AmiHardwareType.NEURON),
    role: new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') }),
    securityGroup: new ec2.SecurityGroup(stack, 'SecurityGroup', { vpc }),
    userData: ec2.UserData.forLinux(),
    requireImdsv2: true,
  });
  const autoScalingGroup = new autoscaling.AutoScalingGroup(stack, 'Group', { vpc, launchTemplate, minCapacity: 0, maxCapacity: services });
  const provider = new ecs.AsgCapacityProvider(stack, 'Provider', {
    autoScalingGroup,
    enableManagedTerminationProtection: false,
    enableManagedDraining: true,
  });
  cluster.addAsgCapacityProvider(provider);
  for (let i = 0; i < services; i++) serviceByHand(stack, `Service${i}`, cluster, provider.capacityProviderName);
}

function serviceByHand(stack: Stack, id: string, cluster: ecs.Cluster, capacityProvider: string): void {
  const taskDefinition = new ecs.Ec2TaskDefinition(stack, `${id}Task`, {
    networkMode: ecs.NetworkMode.AWS_VPC,
    placementConstraints: [ecs.PlacementConstraint.memberOf('attribute:ecs.instance-type == inf2.48xlarge')],
  });
  const linuxParameters = new ecs.LinuxParameters(stack, `${id}Linux`, { sharedMemorySize: 10 * 1024 });
  for (let device = 0; device < 12; device++) {
    linuxParameters.addDevices({ hostPath: `/dev/neuron${device}`, permissions: [ecs.DevicePermission.READ, ecs.DevicePermission.WRITE] });
  }
  taskDefinition.addContainer('main', {
    image,
    healthCheck,
    linuxParameters,
    cpu: 16384,
    memoryReservationMiB: 60620,
    portMappings: [{ containerPort: 8080 }],
    environment: { NEURON_RT_NUM_CORES: '2' },
    logging: ecs.LogDrivers.awsLogs({ streamPrefix: 'main', logGroup: new logs.LogGroup(stack, `${id}Logs`) }),
  });
  new ecs.Ec2Service(stack, id, {
    cluster,
    taskDefinition,
    capacityProviderStrategies: [{ capacityProvider, weight: 1 }],
    minHealthyPercent: 100,
    maxHealthyPercent: 200,
    circuitBreaker: { rollback: true },
  });
}

/** Runs in the measured process: builds and synthesizes, and prints milliseconds and resources. */
function measured(kind: string, services: number): void {
  const start = process.hrtime.bigint();
  const app = new App();
  const stack = new Stack(app, 'Stack');
  (kind === 'library' ? withLibrary : byHand)(stack, new ec2.Vpc(stack, 'Vpc'), services);
  const template = app.synth().getStackByName('Stack').template as { Resources: object };
  const ms = Number(process.hrtime.bigint() - start) / 1e6;
  console.log(JSON.stringify({ ms, resources: Object.keys(template.Resources).length }));
}

function compare(services: number): void {
  const run = (kind: string) => {
    const out = execFileSync(process.execPath, [...process.execArgv, __filename, kind, `${services}`], { encoding: 'utf8', stdio: 'pipe' });
    return JSON.parse(out) as { ms: number; resources: number };
  };
  const rounds = Array.from({ length: ROUNDS }, () => [run('library'), run('hand')]);
  const [library, hand] = [0, 1].map((i) => ({
    ms: rounds.map((round) => round[i].ms).sort((a, b) => a - b)[Math.floor(ROUNDS / 2)],
    resources: rounds[0][i].resources,
  }));
  console.log(
    `${`${services}`.padStart(3)} services: ${library.ms.toFixed(0)} ms for ${library.resources} resources, by hand ${hand.ms.toFixed(0)} ms for ` +
      `${hand.resources}, ratio ${(library.ms / hand.ms).toFixed(2)}; ${(library.ms / services).toFixed(1)} ms per service`,
  );
}

const [kind, services] = process.argv.slice(2);
if (kind) measured(kind, Number(services));
else SIZES.forEach(compare);
