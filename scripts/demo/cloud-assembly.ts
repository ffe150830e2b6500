import { readFileSync } from 'fs';
import * as path from 'path';

/** The fields of a CloudFormation template that the demo reads. */
export interface Template {
  readonly Resources?: Record<string, { readonly Type: string; readonly Properties?: object; readonly Metadata?: Record<string, unknown> }>;
  readonly Outputs?: Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: unknown } }>;
}

/** A resource of one of the stacks. */
export interface Resource<Properties extends object = object> {
  readonly stack: string;
  readonly type: string;
  /** Its name for the user: the construct path in the stack, without ids that the library or aws-cdk-lib adds. */
  readonly name: string;
  readonly properties: Properties;
}

/** Ids that aws-cdk-lib and the library give to the resources of a construct. */
const GENERIC_IDS = new Set(['Resource', 'Service', 'TaskDefinition', 'CapacityProvider']);

interface Manifest {
  readonly artifacts: Record<string, { readonly type: string; readonly properties?: { readonly templateFile?: string } }>;
}

/** The stacks that one app synthesizes to. */
export class CloudAssembly {
  /** Reads the folder that `cdk synth` writes. */
  public static read(folder: string): CloudAssembly {
    const json = (file: string) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as unknown;
    const stacks = Object.entries((json('manifest.json') as Manifest).artifacts).filter(
      ([, { type }]) => type === 'aws:cloudformation:stack',
    );
    return new CloudAssembly(new Map(stacks.map(([stack, { properties }]) => [stack, json(properties!.templateFile!) as Template])));
  }

  private readonly located: Map<string, Resource>;

  constructor(private readonly templates: ReadonlyMap<string, Template>) {
    this.located = new Map(
      [...templates].flatMap(([stack, { Resources = {} }]) =>
        Object.entries(Resources).map(([logicalId, { Type: type, Properties: properties = {}, Metadata }]) => [
          `${stack}/${logicalId}`,
          { stack, type, name: nameOf(logicalId, Metadata?.['aws:cdk:path']), properties },
        ]),
      ),
    );
  }

  public get stacks(): string[] {
    return [...this.templates.keys()];
  }

  /** The resources of all stacks, or only those of a type. */
  public resources<Properties extends object = object>(type?: string): Resource<Properties>[] {
    return [...this.located.values()].filter((resource) => !type || resource.type === type) as Resource<Properties>[];
  }

  /** The first resource of a type that a value refers to, including across stacks. */
  public referenced<Properties extends object>(stack: string, value: unknown, type: string): Resource<Properties> | undefined {
    return this.references(stack, value).find((resource) => resource.type === type) as Resource<Properties> | undefined;
  }

  private references(stack: string, value: unknown): Resource[] {
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([key, inner]) => {
      if (key === 'Ref') return this.at(stack, inner);
      if (key === 'Fn::GetAtt') return this.at(stack, Array.isArray(inner) ? inner[0] : String(inner).split('.')[0]);
      if (key === 'Fn::ImportValue') return this.imported(inner);
      return this.references(stack, inner);
    });
  }

  private at(stack: string, logicalId: unknown): Resource[] {
    const found = this.located.get(`${stack}/${String(logicalId)}`);
    return found ? [found] : [];
  }

  private imported(exportName: unknown): Resource[] {
    for (const [stack, { Outputs = {} }] of this.templates) {
      const output = Object.values(Outputs).find(({ Export }) => Export && Export.Name === exportName);
      if (output) return this.references(stack, output.Value);
    }
    return [];
  }
}

function nameOf(logicalId: string, constructPath: unknown): string {
  const ids = String(constructPath ?? '')
    .split('/')
    .slice(1);
  while (ids.length > 1 && GENERIC_IDS.has(ids[ids.length - 1])) ids.pop();
  return ids.join('/') || logicalId;
}
