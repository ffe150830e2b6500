import { Size } from 'aws-cdk-lib';
import { checked } from '../rules/checked';
import { typeNamed } from '../rules/instance-type-rules';

const BASICS = 'https://docs.aws.amazon.com/elastic-inference/latest/developerguide/basics.html';
const FIRST_GENERATION = 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/elastic-inference.html';

/** The smallest current Neuron instance type. Its chip has more memory and is faster than the largest Elastic Inference accelerator was. */
const INF2_XLARGE = 'inf2.xlarge';

interface Facts {
  readonly memory: number;
  readonly fp32: number;
  readonly fp16: number;
  readonly sources: string[];
}

/**
 * A type of Amazon Elastic Inference accelerator, which tasks used over the network.
 *
 * Amazon Elastic Inference ended in April 2024. `replacement` names the EC2 instance type to use instead.
 *
 * @see https://docs.aws.amazon.com/elastic-inference/latest/developerguide/basics.html
 *
 * @example
 * ElasticInferenceAccelerator.EIA2_MEDIUM.replacement; // 'inf2.xlarge'
 */
@checked
export class ElasticInferenceAccelerator {
  /** eia1.medium: 1 GiB, 8 TFLOPS in FP16. */
  public static readonly EIA1_MEDIUM = ElasticInferenceAccelerator.first('eia1.medium', { memory: 1, fp32: 1, fp16: 8 });

  /** eia1.large: 2 GiB, 16 TFLOPS in FP16. */
  public static readonly EIA1_LARGE = ElasticInferenceAccelerator.first('eia1.large', { memory: 2, fp32: 2, fp16: 16 });

  /** eia1.xlarge: 4 GiB, 32 TFLOPS in FP16. */
  public static readonly EIA1_XLARGE = ElasticInferenceAccelerator.first('eia1.xlarge', { memory: 4, fp32: 4, fp16: 32 });

  /** eia2.medium: 2 GiB, 8 TFLOPS in FP16. */
  public static readonly EIA2_MEDIUM = ElasticInferenceAccelerator.second('eia2.medium', { memory: 2, fp32: 1, fp16: 8 });

  /** eia2.large: 4 GiB, 16 TFLOPS in FP16. */
  public static readonly EIA2_LARGE = ElasticInferenceAccelerator.second('eia2.large', { memory: 4, fp32: 2, fp16: 16 });

  /** eia2.xlarge: 8 GiB, 32 TFLOPS in FP16. */
  public static readonly EIA2_XLARGE = ElasticInferenceAccelerator.second('eia2.xlarge', { memory: 8, fp32: 4, fp16: 32 });

  /**
   * Returns the type with the given API name, for example `eia2.medium`. Use it where the name comes from a configuration file.
   *
   * @param name the API name. Must be the name of a type that this class has a constant for
   */
  public static fromName(name: string): ElasticInferenceAccelerator {
    return typeNamed(name, ElasticInferenceAccelerator.list(), 'Amazon Elastic Inference had no others.');
  }

  /** Returns all accelerator types. */
  public static list(): ElasticInferenceAccelerator[] {
    return [this.EIA1_MEDIUM, this.EIA1_LARGE, this.EIA1_XLARGE, this.EIA2_MEDIUM, this.EIA2_LARGE, this.EIA2_XLARGE];
  }

  private static first(name: string, facts: Omit<Facts, 'sources'>): ElasticInferenceAccelerator {
    return new ElasticInferenceAccelerator(name, { ...facts, sources: [FIRST_GENERATION, BASICS] });
  }

  private static second(name: string, facts: Omit<Facts, 'sources'>): ElasticInferenceAccelerator {
    return new ElasticInferenceAccelerator(name, { ...facts, sources: [BASICS] });
  }

  /** The memory of the accelerator. */
  public readonly memory: Size;

  /** The single-precision throughput, in TFLOPS. */
  public readonly fp32Teraflops: number;

  /** The half-precision throughput, in TFLOPS. */
  public readonly fp16Teraflops: number;

  /** The EC2 instance type with a Neuron chip that replaces the accelerator. */
  public readonly replacement: string;

  /** The public pages that these facts come from. */
  public readonly sources: string[];

  private constructor(
    /** The API name, for example `eia2.medium`. */
    public readonly name: string,
    facts: Facts,
  ) {
    this.memory = Size.gibibytes(facts.memory);
    this.fp32Teraflops = facts.fp32;
    this.fp16Teraflops = facts.fp16;
    this.replacement = INF2_XLARGE;
    this.sources = facts.sources;
  }

  /** The API name, for example `eia2.medium`. */
  public toString(): string {
    return this.name;
  }
}
