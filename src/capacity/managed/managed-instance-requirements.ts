import { aws_ec2 as ec2, Size } from 'aws-cdk-lib';
import { ManagedCapacityProps } from './managed-capacity-props';

/**
 * A price limit that no price reaches. By default EC2 excludes types that cost 20 % more than the cheapest general-purpose type with the
 * same attributes, and accelerated types do. Types that are given by name must not be excluded.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceRequirements.html
 */
const NO_PRICE_LIMIT = 999_999;

/**
 * The requirements of the hosts: one of the given types, the manufacturer, and at least the size of the smallest type. Accelerator names
 * are left out unless they are given, because the public pages disagree about them.
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
