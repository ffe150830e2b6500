import { IConstruct } from 'constructs';
import { ISlicedCapacity } from '../capacity';

/** The facts about a capacity with slices, whether or not this app creates its hosts. */
export type SlicedFacts = Omit<ISlicedCapacity, keyof IConstruct | 'compatibility' | 'taskDefinitionMixins' | '_planner'>;
