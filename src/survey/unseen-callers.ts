/** Finds pages that are handed to callers which are not seen: the tree does not have them, or they call by another name. */
import { isHandedOut } from '../flow/mentions.js';
import type { Followed, Handing, Visit } from '../flow/visit.js';
import type { FunctionReference } from '../program/file.js';
import { folderOf, isNear } from '../program/place.js';
import type { Program } from '../program/program.js';
import { standInsFor } from '../program/stand-ins.js';

/** A function that hands the pages up, and why they are not followed further. */
export interface UnseenCallers {
  reference: FunctionReference;
  why: string;
}

/**
 * Returns the functions, from the site's upwards, at which a path of the pages ends. Pages that one of them also keeps in a field do not
 * count: whoever drops them gets them from there.
 */
export function unseenCallers(program: Program, { handing, visits }: Followed): UnseenCallers[] {
  return handing.flatMap((last) => {
    const way = wayUp(last.visit);
    if (way.length === 0 || way.some(({ flow }) => flow.heap.length > 0)) return [];
    const isAlone = visits.every((v) => v.way !== 'return' || way.includes(v));
    const why = whyUnseen(program, last, isAlone);
    return why === null ? [] : [{ reference: last.visit.flow.reference, why }];
  });
}

/** The visits from this one down to the site's, if the pages came here only by being returned to callers; else none. */
function wayUp(visit: Visit): Visit[] {
  const way: Visit[] = [];
  for (let at: Visit | undefined = visit; at; at = at.parent?.visit) {
    way.push(at);
    if (at.way === 'site') return way;
    if (at.way !== 'return') return [];
  }
  return [];
}

/**
 * Who may call a function without being followed; `null` if nobody is known to.
 * @param isAlone true if the pages go nowhere else
 */
function whyUnseen(program: Program, { visit, isUncalled }: Handing, isAlone: boolean): string | null {
  const { reference } = visit.flow;
  const { name } = reference;
  const files = isUncalled ? filesNaming(program, reference) : [reference.file];
  const macro = files.flatMap((file) => standInsFor(program, file, reference))[0];
  if (macro) return `handed to the callers of ${macro.name}(), a macro that may stand for ${name}()`;
  if (!isUncalled) return null;
  if (files.some((file) => isHandedOut(program, { file, name }))) return `handed to whoever calls ${name}() through a pointer`;
  if (!reference.static && !reference.macro) return `handed to the callers of ${name}(), which nothing in the tree calls`;
  return isAlone ? `handed to the callers of ${name}(), which is not used in the tree` : null;
}

/** The file of a function and, if others can see it, those nearby that name it. */
function filesNaming({ tree }: Program, { static: isStatic, file, name }: FunctionReference): string[] {
  if (isStatic && file.endsWith('.c')) return [file];
  const folder = folderOf(file);
  return [file, ...tree.list().filter((f) => f !== file && isNear(f, folder) && tree.mentions(f, name))];
}
