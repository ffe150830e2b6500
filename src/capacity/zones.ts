import { aws_ec2 as ec2, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';

/**
 * The Availability Zones of the selected subnets, each once. In a stack without a Region, a zone is identified by its index in the list of
 * zones.
 *
 * @returns undefined if it is not known at synth whether the subnets are in one zone or in several
 */
export function zonesOf(scope: Construct, vpc: ec2.IVpc, vpcSubnets?: ec2.SubnetSelection): string[] | undefined {
  const { subnets, isPendingLookup } = vpc.selectSubnets(vpcSubnets);
  // The first synthesis with a lookup has placeholder subnets. A single subnet is always in one zone.
  if (isPendingLookup || subnets.length === 1) return [];
  const zones = subnets.map((subnet) => nameOf(Stack.of(scope).resolve(zoneOf(subnet))));
  return zones.every((zone): zone is string => zone !== undefined) ? [...new Set(zones)] : undefined;
}

/** The zone of a subnet. Undefined for a subnet that was imported without its zone. */
export function zoneOf(subnet: ec2.ISubnet): string | undefined {
  try {
    return subnet.availabilityZone;
  } catch {
    // aws-cdk-lib throws if there is no zone, and has no way to ask first.
    return undefined;
  }
}

/** What identifies a zone: its name, or its index in the list of zones. Undefined for other tokens, which can be any zone. */
function nameOf(zone?: string | { 'Fn::Select'?: [number, { 'Fn::GetAZs'?: unknown }] }): string | undefined {
  if (typeof zone === 'string' || zone === undefined) return zone;
  const [index, list] = zone['Fn::Select'] ?? [];
  return list?.['Fn::GetAZs'] === undefined ? undefined : `number ${index} of the Region`;
}
