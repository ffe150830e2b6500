declare module 'asl-validator' {
  /** Validates a state machine in Amazon States Language. */
  export default function validate(definition: unknown): { readonly isValid: boolean; readonly errors: unknown[] };
}
