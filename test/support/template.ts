/** A resource of a rendered template. */
export interface Resource {
  readonly Type: string;
  readonly Properties?: Record<string, unknown>;
  readonly DependsOn?: string[];
}

/** What the judges read of a rendered template. */
export interface TemplateJson {
  readonly Resources: Record<string, Resource>;
}
