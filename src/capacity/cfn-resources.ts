import { CfnResource } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/** The L1 resources of a CloudFormation type at or below a construct. */
export function cfnResources<T extends CfnResource>(scope: IConstruct, type: string): T[] {
  return scope.node.findAll().filter((child): child is T => CfnResource.isCfnResource(child) && child.cfnResourceType === type);
}
