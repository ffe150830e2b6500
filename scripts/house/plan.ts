/** Stands for the folders of `src` that FLOORS does not name. Each is a family of accelerators. */
export const FAMILIES = '*';

/** Stands for the files directly in `src`. They import anything, and no folder imports them. */
export const ROOF = 'src';

/** The folders of `src`, lowest floor first. A folder imports itself and the floors below, and no shared folder imports a family. */
export const FLOORS: readonly (readonly string[])[] = [['rules'], ['capacity'], ['service'], ['run-task', FAMILIES]];

/** The most lines of a file. */
export const MAX_LINES = 250;

/** Files of data, such as catalogs and what a script writes, that may be longer. */
export const LONG_FILES: readonly string[] = ['src/rules/signatures.ts'];
