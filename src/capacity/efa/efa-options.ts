/** Options of pools whose hosts can use Elastic Fabric Adapter. */
export interface EfaOptions {
  /**
   * Whether hosts communicate over Elastic Fabric Adapter (EFA), which jobs that span several hosts need. Hosts get an EFA interface on
   * each network card, a security group that allows all traffic between them, a cluster placement group unless they use reserved capacity,
   * and the EFA software. Tasks get
   * the devices, the memory lock limit and the variables that EFA needs. The instance type must support EFA, and all subnets must be in one
   * Availability Zone.
   *
   * Hosts with several network interfaces get no public IP address, so place them in private subnets.
   *
   * @default false
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa.html
   */
  readonly efa?: boolean;
}
