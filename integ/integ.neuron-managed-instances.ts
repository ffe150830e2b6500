/**
 * Services on ECS Managed Instances: on one capacity ECS assigns the devices, on the other the task definition maps them.
 *
 * On an account: 30 minutes, and two hosts of inf2.xlarge or inf2.8xlarge at 0.76 or 1.97 USD an hour, and one trn1.2xlarge at 1.34 USD, so
 * at most 3 USD, and the fee of Managed Instances on top (us-east-1, 2026-07). Needs quotas of 64 vCPUs of "Running On-Demand Inf instances"
 * and 8 of "Running On-Demand Trn instances".
 */
import { aws_ecs as ecs, Duration, Stack } from 'aws-cdk-lib';
import { makeVpc, newApp, Proof, webServer } from './support';
import { ManagedScaleIn, NeuronDeviceAllocation, NeuronInstanceType, NeuronManagedCapacity, NeuronService } from 'cdk-ecs-ml';

const app = newApp();
const stack = new Stack(app, 'NeuronManagedInstances');

const cluster = new ecs.Cluster(stack, 'Cluster', { vpc: makeVpc(stack), containerInsightsV2: ecs.ContainerInsights.ENABLED });

const managed = new NeuronManagedCapacity(stack, 'Managed', {
  cluster,
  instanceTypes: [NeuronInstanceType.INF2_XLARGE, NeuronInstanceType.INF2_8_XLARGE],
  autoRepair: true,
  scaleIn: ManagedScaleIn.after(Duration.minutes(15)),
});
const embed = new NeuronService(stack, 'Embed', { capacity: managed, desiredCount: 2, container: webServer() });

const manual = new NeuronManagedCapacity(stack, 'Manual', {
  cluster,
  instanceTypes: [NeuronInstanceType.TRN1_2_XLARGE],
  deviceAllocation: NeuronDeviceAllocation.MANUAL,
});
const rerank = new NeuronService(stack, 'Rerank', { capacity: manual, networkMode: ecs.NetworkMode.HOST, container: webServer() });

new Proof(app, stack).isSteady(embed, 2).isSteady(rerank, 1).rolls(embed, 2);
