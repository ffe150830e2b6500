/** How text in the report is highlighted. */
export interface Style {
  strong(text: string): string;
  faint(text: string): string;
  /** Text in the color of the workload with this index. */
  workload(index: number, text: string): string;
}

const WORKLOAD_COLORS = [36, 33, 35, 32, 34];

export const PLAIN: Style = { strong: (text) => text, faint: (text) => text, workload: (_, text) => text };

export const ANSI: Style = {
  strong: (text) => ansi(1, text),
  faint: (text) => ansi(2, text),
  workload: (index, text) => ansi(WORKLOAD_COLORS[index % WORKLOAD_COLORS.length], text),
};

/** Uses colors only for a terminal, and only if the user does not object (https://no-color.org). */
export function styleFor(out: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): Style {
  return out.isTTY && !env.NO_COLOR ? ANSI : PLAIN;
}

function ansi(code: number, text: string): string {
  return `\u001b[${code}m${text}\u001b[0m`;
}
