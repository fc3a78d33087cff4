/** The way of a finding to elsewhere. */
import type { Context } from '../context.js';
import { button } from '../dom.js';
import { copied } from '../export.js';
import type { Found } from '../query.js';
import { asText } from './text.js';

/** The button that copies a finding and its path as text. */
export function copyButton({ data, say }: Context, { finding }: Found): HTMLElement {
  const copyIt = async (): Promise<void> => say(await copied(asText(data, finding), 'Finding copied as text, with its path'));
  return button({ class: 'copy', click: copyIt }, 'Copy as text');
}
