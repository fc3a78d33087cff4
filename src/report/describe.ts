/** A row's facts as short phrases, for the sheet and the story alike. */
import type { Release, Row } from '../survey/row.js';
import { visible } from './visible.js';

/** Places that are named for each releasing call; the others are only counted, and the JSON has all. */
const NAMED_PLACES = 3;

/** `file:line`, safe to print. */
export function at(place: { file: string; line: number }): string {
  return `${visible(place.file)}:${place.line}`;
}

/** The reference as a phrase: `pin`, or `pin LT` for the long term. */
export function referenceOf(row: Row): string {
  return row.longterm ? `${row.reference} LT` : row.reference;
}

/** The place of a release: `:line` in the site's own file, else `base:line`. */
function place(release: Release, row: Row): string {
  if (release.file === row.file) return `:${release.line}`;
  const base = release.file.slice(release.file.lastIndexOf('/') + 1);
  return `${visible(base)}:${release.line}`;
}

/** Each releasing call once, with its number and places: `put_page ×2 (:120 :131)`. */
export function releasesOf(row: Row): string {
  const byApi = new Map<string, Release[]>();
  for (const release of row.releases) byApi.set(release.api, [...(byApi.get(release.api) ?? []), release]);
  const phrases = [...byApi].map(([api, releases]) => {
    const places = [...new Set(releases.map((release) => place(release, row)))];
    const more = places.length > NAMED_PLACES ? ` +${places.length - NAMED_PLACES}` : '';
    return `${visible(api)}${releases.length > 1 ? ` ×${releases.length}` : ''} (${places.slice(0, NAMED_PLACES).join(' ')}${more})`;
  });
  return phrases.join(', ') || '-';
}

/** What else the container can hold; `-` for nothing. */
export function mixedOf(row: Row): string {
  return row.mixed ? visible(row.mixedWith.join('; ')) || 'yes' : '-';
}
