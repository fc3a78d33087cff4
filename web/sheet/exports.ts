/** The ways out of the sheet: buttons that copy it or write it to a file. */
import type { Context } from '../context.js';
import { button } from '../dom.js';
import { copied, download, toCsv, toMarkdown } from '../export.js';
import type { Seen } from './shown.js';

/** A way out: what its button says, and what it does; it gives what is then told to the reader. */
interface Export {
  title: string;
  act: (context: Context, seen: () => Seen) => Promise<string>;
}

const EXPORTS: readonly Export[] = [
  {
    title: 'Copy as Markdown',
    act: async (_, seen) => {
      const { sites, columns } = seen();
      return copied(toMarkdown(sites, columns), `${sites.length} rows copied as Markdown`);
    },
  },
  {
    title: 'Download CSV',
    act: async ({ columns }, seen) => {
      const { sites } = seen();
      // All columns: a file is for working on.
      download('putright.csv', 'text/csv;charset=utf-8', toCsv(sites, columns));
      return `${sites.length} rows written as CSV`;
    },
  },
];

/** The buttons of all ways out; `seen` says what the sheet shows when one is pressed. */
export function exportButtons(context: Context, seen: () => Seen): HTMLElement[] {
  return EXPORTS.map(({ title, act }) => button({ click: async () => context.say(await act(context, seen)) }, title));
}
