/** The matrix as `putright model --format json` writes it: with the meaning of every name, and with a run for each outcome. */
import { designs } from './designs/index.js';
import { type CellRun, cellRuns } from './explain.js';
import type { Cell, Matrix, MatrixOptions } from './matrix.js';
import { misuses } from './misuses.js';
import { notices } from './notices.js';
import { outcomes } from './outcomes.js';
import { settings } from './settings.js';

/** The matrix with all that a reader of the file needs. */
export interface MatrixReport extends Omit<Matrix, 'cells'> {
  readonly about: {
    readonly designs: Readonly<Record<string, { readonly about: string; readonly source: string }>>;
    readonly misuses: Readonly<Record<string, { readonly about: string; readonly question: string }>>;
    readonly outcomes: typeof outcomes;
    readonly notices: typeof notices;
    readonly settings: Readonly<Record<string, string>>;
  };
  readonly cells: readonly (Cell & { readonly runs: readonly CellRun[] })[];
}

/**
 * Returns a matrix together with everything that a reader of the file needs.
 * @param options those with which the matrix was made
 * @param onProgress called after each cell
 */
export function reportOf(matrix: Matrix, options: MatrixOptions = {}, onProgress?: (done: number, total: number) => void): MatrixReport {
  return {
    ...matrix,
    about: {
      designs: Object.fromEntries(designs.map(({ name, about, source }) => [name, { about, source }])),
      misuses: Object.fromEntries(misuses.map(({ name, about, question }) => [name, { about, question }])),
      outcomes,
      notices,
      settings: Object.fromEntries(settings.map(({ name, about }) => [name, about])),
    },
    cells: matrix.cells.map((cell, n) => {
      const design = (options.designs ?? designs).find(({ name }) => name === cell.design);
      const misuse = (options.misuses ?? misuses).find(({ name }) => name === cell.misuse);
      const runs = design && misuse ? cellRuns(design, misuse, cell, options) : [];
      onProgress?.(n + 1, matrix.cells.length);
      return { ...cell, runs };
    }),
  };
}
