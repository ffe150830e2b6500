import { aws_ec2 as ec2, aws_ecs as ecs, Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { zoneOf } from './zones';
import { known, Finding, enforce } from '../rules/rule';
import { checkSubnetsMatch } from '../rules/subnet-rules';

/**
 * Selects subnets of a VPC. Fails if the selection matches none. `prop` is the prop that has the selection. The placeholder of a VPC that is
 * still to be looked up gives some subnets in any case.
 */
export function selectSubnets(
  scope: IConstruct,
  vpc: ec2.IVpc,
  selection: ec2.SubnetSelection | undefined,
  prop: string = 'vpcSubnets',
): ec2.SelectedSubnets {
  const selected = trySelect(vpc, selection);
  enforce(scope, selected ? [] : noMatch(vpc, selection, prop));
  return selected && selected.subnets.length > 0 ? selected : vpc.selectSubnets();
}

/** Checks that a selection matches some subnets of a VPC. `prop` is the prop that has the selection. */
export function checkSelection(vpc: ec2.IVpc, selection: ec2.SubnetSelection | undefined, prop: string = 'vpcSubnets'): Finding[] {
  return trySelect(vpc, selection) ? [] : noMatch(vpc, selection, prop);
}

/** Checks the subnets that an imported capacity has, where they are given and the VPC of the cluster is known. */
export function checkImportedSelection({ cluster, vpcSubnets }: { cluster: ecs.ICluster; vpcSubnets?: ec2.SubnetSelection }): Finding[] {
  const vpc = vpcOf(cluster);
  return vpc && vpcSubnets ? checkSelection(vpc, vpcSubnets) : [];
}

/** The VPC of a cluster. Undefined for a cluster that was imported without it. */
export function vpcOf(cluster: ecs.ICluster): ec2.IVpc | undefined {
  try {
    return cluster.vpc;
  } catch {
    // aws-cdk-lib throws if there is none, and has no way to ask first.
    return undefined;
  }
}

/** The selected subnets. Undefined if there are none, which a VPC that is still to be looked up cannot tell. */
export function trySelect(vpc: ec2.IVpc, selection?: ec2.SubnetSelection): ec2.SelectedSubnets | undefined {
  let selected: ec2.SelectedSubnets;
  try {
    selected = vpc.selectSubnets(selection);
  } catch {
    // aws-cdk-lib throws if no subnet has the type or the group, and has no way to ask first.
    return undefined;
  }
  return selected.subnets.length > 0 || selected.isPendingLookup ? selected : undefined;
}

function noMatch(vpc: ec2.IVpc, selection: ec2.SubnetSelection | undefined, prop: string): Finding[] {
  const groups = { public: vpc.publicSubnets, private: vpc.privateSubnets, isolated: vpc.isolatedSubnets };
  const all = Object.values(groups).flat();
  return checkSubnetsMatch({
    prop,
    selection: inWords(selection),
    byZone: selection?.availabilityZones !== undefined,
    vpc: vpc.node.path,
    present: Object.entries(groups)
      .filter(([, subnets]) => subnets.length > 0)
      .map(([type, subnets]) => `${type} subnets ${subnets.map(described).join(', ')}`),
    zonesUnknown: all.length > 0 && all.every((subnet) => Token.isUnresolved(zoneOf(subnet) ?? '')),
  });
}

/** A subnet by its construct and its zone. */
function described(subnet: ec2.ISubnet): string {
  const zone = zoneOf(subnet);
  return known(zone) ? `${subnet.node.id} in ${zone}` : subnet.node.id;
}

function inWords(selection: ec2.SubnetSelection = {}): string {
  const shown = (value: unknown) => (Token.isUnresolved(value) ? 'a token' : JSON.stringify(value));
  const parts = [
    ...(selection.subnetType === undefined ? [] : [`subnetType: ${selection.subnetType}`]),
    ...(selection.subnetGroupName === undefined ? [] : [`subnetGroupName: ${shown(selection.subnetGroupName)}`]),
    ...(selection.availabilityZones === undefined ? [] : [`availabilityZones: ${shown(selection.availabilityZones)}`]),
    ...(selection.subnetFilters === undefined ? [] : ['subnetFilters']),
    ...(selection.subnets === undefined ? [] : [`subnets: ${selection.subnets.length === 0 ? '[]' : 'given'}`]),
    ...(selection.onePerAz ? ['onePerAz: true'] : []),
  ];
  return parts.length > 0 ? `{ ${parts.join(', ')} }` : '(not given, so private subnets)';
}
