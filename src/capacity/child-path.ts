import { IConstruct } from 'constructs';

/** The path of a construct that is about to be made, for messages. */
export function childPath(scope: IConstruct, id: string): string {
  return [scope.node.path, id].filter(Boolean).join('/');
}
