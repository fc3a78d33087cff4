/** The model's results: what each misuse does under each design, with the shortest run that shows it. See docs/report.md. */
import { list, number, object, orElse, parse, type Shape, ShapeError, text, truth } from './shape.js';

/** One step of a run: who does what. */
export interface RunStep {
  actor: string;
  text: string;
}

/** One cell: a scenario under a design. */
export interface MatrixCell {
  scenario: string;
  design: string;
  /** What can happen: `unevictable`, `lost-write`…; empty if every run ends well. */
  outcomes: string[];
  /** Whether the design says something before the harm is done. */
  noticed: boolean;
  /** How many states were searched, 0 if unknown. */
  states: number;
  /** The shortest run to the first outcome. */
  run: RunStep[];
}

/** The model's matrix. */
export interface Matrix {
  cells: MatrixCell[];
}

const step: Shape<RunStep> = (value, at) =>
  typeof value === 'string' ? { actor: '', text: value } : object<RunStep>({ actor: orElse(text, ''), text })(value, at);

/** A text, or an object with a name. */
const named: Shape<string> = (value, at) => (typeof value === 'string' ? value : object<{ name: string }>({ name: text })(value, at).name);

const cell: Shape<MatrixCell> = object<MatrixCell>({
  scenario: named,
  design: named,
  outcomes: orElse(list(named), []),
  noticed: orElse(truth, false),
  states: orElse(number, 0),
  run: orElse(list(step), []),
});

/** Reads the matrix of `model --format json`: `{ "cells": [...] }`, or the list alone. Throws ShapeError. */
export function readMatrix(json: string): Matrix {
  const cells = parse(json, (value, at) =>
    Array.isArray(value) ? list(cell)(value, at) : object<Matrix>({ cells: list(cell) })(value, at).cells,
  );
  if (cells.length === 0) throw new ShapeError('cells is empty');
  return { cells };
}
