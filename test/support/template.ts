/** A resource of a rendered template. */
export interface Resource {
  readonly Type: string;
  readonly Properties?: Record<string, unknown>;
  readonly DependsOn?: string[];
}

/** The fields of a rendered template that the judges read. */
export interface TemplateJson {
  readonly Resources: Record<string, Resource>;
}
