/** How long the hosts of a capacity are certain to run. */
export interface HostTimes {
  /** Whether ECS may remove a host while a task runs on it. The task then has 48 hours to end. */
  readonly removesBusyHosts?: boolean;
  /** Whether ECS replaces hosts after 14 days. */
  readonly replacesHosts?: boolean;
  /** When the hosts start. Undefined if they start when tasks need them. */
  readonly starts?: Date;
  /** When the hosts stop, whatever runs on them. Undefined if they do not have to. */
  readonly ends?: Date;
}
