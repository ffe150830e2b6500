/** Options of pools whose hosts can have Elastic Fabric Adapter. */
export interface EfaOptions {
  /**
   * Whether hosts reach each other by Elastic Fabric Adapter, as jobs that span hosts need. They get an EFA interface on each network card,
   * a security group that allows all traffic among them, a cluster placement group, and the EFA software; tasks get the devices, the
   * memory lock and the variables. An instance type without EFA is an error, and so are subnets in more than one Availability Zone.
   *
   * Hosts with several network interfaces get no public address: place them in private subnets.
   *
   * @default false
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa.html
   */
  readonly efa?: boolean;
}
