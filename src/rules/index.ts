// Internal: the rules aren't part of the public surface. Loading this file loads them all.
import './capacity-rules';
import './container-rules';
import './deployment-rules';
import './device-rules';
import './fargate-rules';
import './instance-type-rules';
import './job-rules';
import './machine-image-rules';
import './pool-rules';
import './service-rules';
import './slice-rules';

export { Rule } from './rule';
