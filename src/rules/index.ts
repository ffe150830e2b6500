// Internal: the rules are not public. Loading this file loads all of them.
import './capacity-rules';
import './container-rules';
import './core-sharing-rules';
import './deployment-rules';
import './device-rules';
import './efa-rules';
import './elastic-inference-rules';
import './fargate-rules';
import './gaudi-managed-rules';
import './gaudi-rules';
import './instance-requirements-rules';
import './instance-type-rules';
import './machine-image-rules';
import './managed-capacity-rules';
import './managed-device-rules';
import './managed-parameter-rules';
import './managed-task-rules';
import './partition-rules';
import './planner-rules';
import './pool-rules';
import './purchase-rules';
import './runtime-rules';
import './service-rules';
import './slice-rules';
import './strategy-rules';
import './zone-rules';

export { Rule } from './rule';
