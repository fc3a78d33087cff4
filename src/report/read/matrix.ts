/** The model's results: what each misuse does under each design, with the shortest runs that show it. */
import { list, named, nullable, number, object, orElse, parse, ShapeError, text, truth } from './shape.js';

/** The counts of a page frame at one moment. */
export interface RunPage {
  ref: number;
  pins: number;
  mapcount: number;
  flags: string[];
}

/** One step of a run: who does what, and the page frames after it. */
export interface RunStep {
  actor: string;
  text: string;
  /** The part of the kernel that it stands for. */
  stands: string;
  /** It is the mistake. */
  mistake: boolean;
  /** What the design says at this step. */
  notices: string[];
  /** One for each page frame, by its number. */
  pages: RunPage[];
}

/** The shortest run to one outcome. */
export interface MatrixRun {
  outcome: string;
  /** The setting in which it happens: `reclaim`, `fork`… */
  scenario: string;
  actors: string[];
  start: RunPage[];
  steps: RunStep[];
}

/** One cell: a misuse under a design. */
export interface MatrixCell {
  misuse: string;
  design: string;
  /** What can happen, such as `unevictable`, `lost-write`; empty if every run ends well. */
  outcomes: string[];
  /** Those of `outcomes` that a correct program of the design has too. */
  alsoCorrect: string[];
  /** How often the design says something: `always`, `sometimes`, `never`, or `compiler`; `null` if there is no misuse. */
  notices: string | null;
  /** The same in a debugging kernel. */
  noticesDebug: string | null;
  /** The design complains of a correct program. */
  criesWolf: boolean;
  /** All states were searched. */
  finished: boolean;
  /** How many states were searched, over all settings. */
  states: number;
  /** Why it does not compile; empty if it does. */
  typeFaults: { actor: string; why: string }[];
  /** The shortest run to each outcome. */
  runs: MatrixRun[];
}

/** Names with what they mean. */
export type Meanings = Record<string, string>;

/** The model's matrix. */
export interface Matrix {
  designs: string[];
  misuses: string[];
  about: { designs: Meanings; misuses: Meanings; outcomes: Meanings; settings: Meanings };
  cells: MatrixCell[];
}

const page = object<RunPage>({ ref: number, pins: orElse(number, 0), mapcount: orElse(number, 0), flags: orElse(list(text), []) });

const step = object<RunStep>({
  actor: orElse(text, ''),
  text,
  stands: orElse(text, ''),
  mistake: orElse(truth, false),
  notices: orElse(list(text), []),
  pages: orElse(list(page), []),
});

const run = object<MatrixRun>({
  outcome: text,
  scenario: orElse(text, ''),
  actors: orElse(list(text), []),
  start: orElse(list(page), []),
  steps: list(step),
});

const wolf = object<{ warns: boolean; falsePin: boolean }>({ warns: orElse(truth, false), falsePin: orElse(truth, false) });
const searches = list(object<{ states: number }>({ states: number }));
const fault = object<MatrixCell['typeFaults'][number]>({ actor: orElse(text, ''), why: text });

/** A cell as the model writes it; the page's is made from it. */
type Written = Omit<MatrixCell, 'criesWolf' | 'states'> & {
  criesWolf: { warns: boolean; falsePin: boolean } | null;
  searches: { states: number }[];
};

const cell = object<Written>({
  misuse: text,
  design: text,
  outcomes: list(text),
  alsoCorrect: orElse(list(text), []),
  notices: orElse(nullable(text), null),
  noticesDebug: orElse(nullable(text), null),
  criesWolf: orElse(nullable(wolf), null),
  finished: orElse(truth, true),
  searches: orElse(searches, []),
  typeFaults: orElse(list(fault), []),
  runs: orElse(list(run), []),
});

const meanings = orElse(named(object<{ about: string }>({ about: text })), {});
const about = orElse(
  object<{
    designs: Record<string, { about: string }>;
    misuses: Record<string, { about: string }>;
    outcomes: Meanings;
    settings: Meanings;
  }>({
    designs: meanings,
    misuses: meanings,
    outcomes: orElse(named(text), {}),
    settings: orElse(named(text), {}),
  }),
  { designs: {}, misuses: {}, outcomes: {}, settings: {} },
);

const matrix = object({ designs: list(text), misuses: list(text), about, cells: list(cell) });

/**
 * Reads the matrix from the JSON of `model --format json`.
 * @throws ShapeError if it is something else
 */
export function readMatrix(json: string): Matrix {
  const read = parse(json, matrix);
  if (read.cells.length === 0) throw new ShapeError('cells is empty');
  const texts = (of: Record<string, { about: string }>): Meanings =>
    Object.fromEntries(Object.entries(of).map(([name, meaning]) => [name, meaning.about]));
  return {
    designs: read.designs,
    misuses: read.misuses,
    about: { ...read.about, designs: texts(read.about.designs), misuses: texts(read.about.misuses) },
    cells: read.cells.map(({ criesWolf, searches, ...rest }) => ({
      ...rest,
      criesWolf: criesWolf !== null && (criesWolf.warns || criesWolf.falsePin),
      states: searches.reduce((sum, { states }) => sum + states, 0),
    })),
  };
}
