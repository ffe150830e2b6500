import { IConstruct } from 'constructs';

/** The path of a construct before it is created, for messages. */
export function childPath(scope: IConstruct, id: string): string {
  return [scope.node.path, id].filter(Boolean).join('/');
}
