import type { Change } from '../../compare/compare.js';

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
