import { acquires } from '../protocol/index.js';
import type { Row } from './row.js';

/** The families of acquiring calls that the conversion from get to pin is counted in. */
export type Family = 'get' | 'pin' | 'iterator get' | 'iterator extract';

/** For a call that is no table's entry (an internal step of one): what its name says. */
const BY_NAME: readonly (readonly [RegExp, Family])[] = [
  [/iov_iter_extract|extract_.*_pages/, 'iterator extract'],
  [/iov_iter_/, 'iterator get'],
  [/(^|_)pin_/, 'pin'],
];

/** Which family a row's call belongs to. */
export function family(row: Row): Family {
  const known = acquires.get(row.api);
  if (!known) return BY_NAME.find(([pattern]) => pattern.test(row.api))?.[1] ?? 'get';
  if (known.iterator !== null) return known.taken === 'get' ? 'iterator get' : 'iterator extract';
  return known.taken === 'pin' ? 'pin' : 'get';
}
