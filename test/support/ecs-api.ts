import { requestShape, Shape, SimpleShape, Structure } from './ecs-model';
import { Resource, TemplateJson } from './template';

/** A CloudFormation resource type and the ECS request that it becomes. */
interface ResourceRequest {
  readonly request: string;
  /** Request names of properties that have another name in CloudFormation. */
  readonly renamed?: Record<string, string>;
  /** Members that the request requires, but that CloudFormation generates if they are omitted. */
  readonly madeUp?: string[];
}

export const REQUESTS: Record<string, ResourceRequest> = {
  'AWS::ECS::TaskDefinition': { request: 'RegisterTaskDefinitionRequest', madeUp: ['family'] },
  'AWS::ECS::Service': {
    request: 'CreateServiceRequest',
    renamed: { PlacementStrategies: 'placementStrategy' },
    madeUp: ['serviceName'],
  },
  'AWS::ECS::CapacityProvider': { request: 'CreateCapacityProviderRequest', renamed: { ClusterName: 'cluster' }, madeUp: ['name'] },
  'AWS::ECS::Cluster': { request: 'CreateClusterRequest', renamed: { ClusterSettings: 'settings' } },
  'AWS::ECS::ClusterCapacityProviderAssociations': { request: 'PutClusterCapacityProvidersRequest' },
};

/** Nested properties whose names differ between CloudFormation and the API. All other names differ only in their first letter. */
const RENAMED: Record<string, string> = {
  EFSVolumeConfiguration: 'efsVolumeConfiguration',
  FSxWindowsFileServerVolumeConfiguration: 'fsxWindowsFileServerVolumeConfiguration',
  S3FilesVolumeConfiguration: 's3filesVolumeConfiguration',
  FilesystemId: 'fileSystemId',
  IAM: 'iam',
  ProxyConfigurationProperties: 'properties',
};

/** Compares every ECS resource of a template with the request that it becomes, using the model of the ECS API in the AWS SDK. */
export function judgeByEcsApi(template: TemplateJson): string[] {
  return Object.entries(template.Resources).flatMap(([id, resource]) => judgeResource(`Resources.${id}.Properties`, resource));
}

/** Compares a request, as it is sent, with the model of the ECS API in the AWS SDK. */
export function judgeRequest(request: string, value: unknown): string[] {
  const asIs = new Proxy({}, { get: (_, member) => String(member) }) as Record<string, string>;
  return judge(request, value, requestShape(request), asIs, asIs);
}

function judgeResource(path: string, { Type, Properties = {} }: Resource): string[] {
  const known = REQUESTS[Type];
  if (!known) return [];
  const shape = requestShape(known.request);
  const required = shape.required.filter((member) => !known.madeUp?.includes(member));
  return judge(path, Properties, { ...shape, required }, known.renamed);
}

function judge(path: string, value: unknown, shape: Shape, renamed = RENAMED, inner = RENAMED): string[] {
  if (isIntrinsic(value)) return [];
  switch (shape.kind) {
    case 'structure':
      return isObject(value) ? judgeMembers(path, value, shape, renamed, inner) : [wrong(path, value, shape.name)];
    case 'map':
      return isObject(value)
        ? Object.entries(value).flatMap(([key, entry]) => judge(`${path}.${key}`, entry, shape.of, inner, inner))
        : [wrong(path, value, 'a map')];
    case 'list':
      return Array.isArray(value)
        ? value.flatMap((entry, index) => judge(`${path}[${index}]`, entry, shape.of, inner, inner))
        : [wrong(path, value, 'a list')];
    default:
      return judgeSimple(path, value, shape);
  }
}

function judgeSimple(path: string, value: unknown, shape: SimpleShape): string[] {
  if (shape.kind === 'any') return [];
  if (typeof value !== shape.kind) return [wrong(path, value, `a ${shape.kind}`)];
  const values = shape.kind === 'string' ? shape.oneOf : undefined;
  return values && !values.includes(value as string) ? [wrong(path, value, `one of ${values.join(', ')}`)] : [];
}

function judgeMembers(
  path: string,
  value: Record<string, unknown>,
  shape: Structure,
  renamed: Record<string, string>,
  inner: Record<string, string>,
): string[] {
  const given = Object.entries(value).map(([property, entry]) => ({ property, entry, member: memberName(property, renamed) }));
  const missing = shape.required.filter((member) => !given.some((one) => one.member === member));
  return [
    ...missing.map((member) => `${path}: ${shape.name} needs ${member}`),
    ...given.flatMap(({ property, entry, member }) =>
      Object.hasOwn(shape.members, member)
        ? judge(`${path}.${property}`, entry, shape.members[member](), inner, inner)
        : [`${path}.${property}: ${shape.name} has no such member`],
    ),
  ];
}

function memberName(property: string, renamed: Record<string, string>): string {
  const upperCamel = /^[A-Z]/.test(property);
  return renamed[property] ?? (upperCamel ? property[0].toLowerCase() + property.slice(1) : `not upper camel case: ${property}`);
}

function wrong(path: string, value: unknown, expected: string): string {
  return `${path}: ${JSON.stringify(value)} is not ${expected}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value that CloudFormation computes at deployment. It is allowed anywhere. */
function isIntrinsic(value: unknown): boolean {
  const keys = isObject(value) ? Object.keys(value) : [];
  return keys.length === 1 && (keys[0] === 'Ref' || keys[0].startsWith('Fn::'));
}
