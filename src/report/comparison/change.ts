import type { Change } from '../../compare/compare.js';
import { fields } from '../fields.js';

/** The names that people have for the facts, as the sheet has them. */
const TITLES = new Map(fields.map(({ key, title }) => [key, title.toLowerCase()]));

/** A longer list is told by what came and what went. */
const WHOLE = 3;

/** A change as a phrase: `get → pin`, or `+ unpin_user_page; - put_page ×2` for a long list. Texts from the tree are in it unescaped. */
export function changeOf({ before, after }: Change): string {
  const joined = (texts: readonly string[]): string => texts.join(', ') || '-';
  if (before.length <= WHOLE && after.length <= WHOLE) return `${joined(before)} → ${joined(after)}`;
  const came = after.filter((text) => !before.includes(text));
  const went = before.filter((text) => !after.includes(text));
  return [came.length > 0 ? `+ ${came.join(', ')}` : '', went.length > 0 ? `- ${went.join(', ')}` : '']
    .filter((part) => part !== '')
    .join('; ');
}

/** A change after the name of its fact: `release form: loop-other → bulk`. */
export function namedChange(change: Change): string {
  return `${TITLES.get(change.fact) ?? change.fact}: ${changeOf(change)}`;
}
