import { IConstruct } from 'constructs';
import { ISlicedCapacity } from '../capacity';

/** What is known of a capacity with slices, whoever made its hosts. */
export type SlicedFacts = Omit<ISlicedCapacity, keyof IConstruct | 'compatibility' | 'taskDefinitionMixins' | '_planner'>;
