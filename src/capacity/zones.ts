import { aws_ec2 as ec2, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';

/**
 * The Availability Zones that subnets are in, each once. Those of a stack without a Region come by their place in the list of its zones.
 *
 * @returns undefined where it isn't known at synth whether they are one or more
 */
export function zonesOf(scope: Construct, vpc: ec2.IVpc, vpcSubnets?: ec2.SubnetSelection): string[] | undefined {
  const { subnets, isPendingLookup } = vpc.selectSubnets(vpcSubnets);
  // The first synthesis with a look-up has made-up subnets, and a single subnet is in one zone, whichever.
  if (isPendingLookup || subnets.length === 1) return [];
  const zones = subnets.map((subnet) => nameOf(Stack.of(scope).resolve(zoneOf(subnet))));
  return zones.every((zone): zone is string => zone !== undefined) ? [...new Set(zones)] : undefined;
}

/** The zone of a subnet; undefined for those that were imported without. */
function zoneOf(subnet: ec2.ISubnet): string | undefined {
  try {
    return subnet.availabilityZone;
  } catch {
    // aws-cdk-lib throws there, and has nothing to ask first.
    return undefined;
  }
}

/** How a zone is told from others: by its name, or by its place in the list of zones. Other tokens may be any zone. */
function nameOf(zone?: string | { 'Fn::Select'?: [number, { 'Fn::GetAZs'?: unknown }] }): string | undefined {
  if (typeof zone === 'string' || zone === undefined) return zone;
  const [index, list] = zone['Fn::Select'] ?? [];
  return list?.['Fn::GetAZs'] === undefined ? undefined : `number ${index} of the Region`;
}
