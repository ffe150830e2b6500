import { CfnResource, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { referencesIn } from './references';

/** The L1 resources of a CloudFormation type at or below a construct. */
export function cfnResources<T extends CfnResource>(scope: IConstruct, type: string): T[] {
  return scope.node.findAll().filter((child): child is T => CfnResource.isCfnResource(child) && child.cfnResourceType === type);
}

/** The properties of a resource as the template gets them, with overrides. Values that are not known at synth are objects. */
export function renderedProperties(resource: CfnResource): Readonly<Record<string, unknown>> {
  const { Resources = {} } = Stack.of(resource).resolve(rendered(resource)) as { Resources?: object };
  const [{ Properties = {} } = {}] = Object.values(Resources) as { Properties?: Record<string, unknown> }[];
  return Properties;
}

/** The constructs that a resource refers to, with overrides. */
export function referencesOf(resource: CfnResource): Set<IConstruct> {
  return referencesIn(resource, rendered(resource));
}

function rendered(resource: CfnResource): object {
  // Internal to aws-cdk-lib, which has no other way to read a resource with its overrides.
  return (resource as unknown as { _toCloudFormation?(): object })._toCloudFormation?.() ?? {};
}

/** What the user has given as the override of a property, unresolved. */
export function givenOverride(resource: CfnResource, property: string): unknown {
  // Private in aws-cdk-lib, which has no other way to read an override without the rest of the resource.
  const { rawOverrides } = resource as unknown as { rawOverrides?: { Properties?: Readonly<Record<string, unknown>> } };
  return rawOverrides?.Properties?.[property];
}
