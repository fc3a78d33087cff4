/** The formats of a survey: the table behind `--format`. A new output is a file of this folder and a line here. */
import type { Writer } from './writer.js';

export type { Writer, WriterContext } from './writer.js';

/** A format that `--format` knows. */
export interface Format {
  /** What it is for, as a phrase of `--help`. */
  about: string;
  /** It writes bytes that a terminal cannot show. */
  binary: boolean;
  /** It has room itself for the accounting that `--coverage` asks for. */
  holdsCoverage: boolean;
  /** Loads the writer, only when it is used, so that a command which needs none starts fast. */
  load: () => Promise<Writer>;
}

/** The formats by name. */
export const formats = {
  text: {
    about: 'the sheet and its totals, to read',
    binary: false,
    holdsCoverage: true,
    load: async () => (await import('./text.js')).writeText,
  },
  json: { about: 'everything, for programs', binary: false, holdsCoverage: true, load: async () => (await import('./json.js')).writeJson },
  csv: {
    about: 'one line a site (RFC 4180)',
    binary: false,
    holdsCoverage: false,
    load: async () => (await import('./csv.js')).writeCsvSheet,
  },
  xlsx: {
    about: 'a workbook: sites, traces, totals',
    binary: true,
    holdsCoverage: true,
    load: async () => (await import('./xlsx.js')).writeWorkbook,
  },
  md: {
    about: 'the figures and a table a subsystem, for a mail',
    binary: false,
    holdsCoverage: false,
    load: async () => (await import('./markdown.js')).writeMarkdown,
  },
} as const satisfies Record<string, Format>;

/** The name of a format. */
export type FormatName = keyof typeof formats;

/** Every format's name, in the order of the table. */
export const formatNames = Object.keys(formats) as FormatName[];
