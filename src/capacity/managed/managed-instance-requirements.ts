import { aws_ec2 as ec2, Size } from 'aws-cdk-lib';
import { ManagedCapacityProps } from './managed-capacity-props';

/**
 * A limit that no price reaches. By default EC2 leaves out types that cost a fifth more than the cheapest general-purpose type with the same
 * attributes, as accelerated ones do; who names a type wants it.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceRequirements.html
 */
const NO_PRICE_LIMIT = 999_999;

/**
 * What hosts have to be: of the named types, of the manufacturer, and with at least what the smallest of them has. Accelerator names are left
 * out unless asked for, for the public pages disagree about them.
 */
export function managedInstanceRequirements(props: ManagedCapacityProps, spot: boolean): ec2.InstanceRequirementsConfig {
  const { hostTypes: types, acceleratorManufacturer, acceleratorNames, instanceRequirements: given } = props;
  const unlimited = spot
    ? given?.maxSpotPriceAsPercentageOfOptimalOnDemandPrice === undefined && { spotMaxPricePercentageOverLowestPrice: NO_PRICE_LIMIT }
    : { onDemandMaxPricePercentageOverLowestPrice: NO_PRICE_LIMIT };
  return {
    vCpuCountMin: Math.min(...types.map(({ vCpus }) => vCpus)),
    memoryMin: Size.mebibytes(Math.min(...types.map(({ memory }) => memory.toMebibytes()))),
    acceleratorManufacturers: [acceleratorManufacturer],
    ...unlimited,
    ...given,
    acceleratorNames: acceleratorNames ?? given?.acceleratorNames,
    allowedInstanceTypes: types.map(({ name }) => name),
  };
}
