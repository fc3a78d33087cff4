/**
 * Ends of objects: functions that free an object with pages in some field. If one of them drops the pages first, and another does not on
 * some path, that path loses them.
 */
import type { FunctionReference } from '../../../program/file.js';
import { type Graph, type NamedCall, namedCall } from '../../../program/graph.js';
import { join, rootOf, type Value } from '../../../program/path.js';
import { memberText } from '../../../program/patterns.js';
import type { Program } from '../../../program/program.js';
import { addText, castCalls, endEntries, findingCall, freedOf, freeingCalls, removals } from '../../../protocol/index.js';
import type { CType } from '../../../syntax/ast.js';
import { printExpression } from '../../../syntax/print.js';
import type { Entry } from '../entry.js';
import { freedIn, pointedTag } from '../function/freed.js';
import { parameterOf } from '../function/parameter.js';
import { removingCall } from '../function/taking-out.js';
import type { InGraph } from '../function/text.js';
import type { Exit } from '../memory/state.js';
import type { Walked } from '../walk/walk.js';
import { bareHeads } from './bare.js';
import type { Carrier } from './carrier.js';
import { closes, isOfClosing } from './closing.js';

/** What becomes of the pages in a function that ends an object, or that calls one which does. */
export interface Ending {
  /** The function. */
  reference: FunctionReference;
  /** If the objects are those of a list, one after the other: what must not be freed with the pages in it. */
  listed: 'object' | 'array' | null;
  /** True if it is called when a file is closed: nobody comes back for the object. */
  closes: boolean;
  /** True if the function that frees such objects drops their pages, or another caller of it has that done first. */
  isUsual: boolean;
  /** Its walk. */
  walked: Walked;
}

/** How many callers up to go from the free. */
const maxLevels = 3;
/** The most walks for one field. */
const maxWalks = 30;

/**
 * Every function of some files in which an object's life ends, found upwards from where it is freed.
 * @param keepers functions that have put such objects, with pages in them, on a list
 */
export function endingsOf(
  program: Program,
  files: readonly string[],
  carrier: Carrier,
  keepers: readonly FunctionReference[],
  walked: (reference: FunctionReference, entry: Entry) => Walked,
  effects: (callee: FunctionReference, facts: readonly string[]) => readonly Exit[],
): Ending[] {
  const found: Ending[] = [];
  const seen = new Set<string>();
  let walks = 0;
  const visit = (reference: FunctionReference, variable: string, own: Field, level: number, isUsual: boolean): void => {
    const key = `${reference.key}|${variable}${own.suffix}`;
    if (seen.has(key) || walks >= maxWalks) return;
    seen.add(key);
    walks++;
    const index = indexOf(program, reference, variable);
    const param = program.variants(reference)[0]?.params[index]?.name;
    const calls = param !== undefined && level < maxLevels ? program.callSites(reference) : [];
    if (param === undefined || (calls.length === 0 && param !== variable)) {
      const listed = isListed(program, reference, variable) ? (own.embedded ? 'object' : 'array') : null;
      found.push({
        reference,
        listed,
        closes: closes(program, reference),
        isUsual,
        walked: walked(reference, { kind: 'object', variable, suffixes: [own.suffix], bare: bareHeads(program, reference, own, walked) }),
      });
      return;
    }
    if (calls.length === 0) {
      found.push({
        reference,
        listed: null,
        closes: false,
        isUsual,
        walked: walked(reference, { kind: 'given', facts: [param + own.suffix] }),
      });
      return;
    }
    // A function that drops the pages of its parameter's object does so in every use of it, whatever its callers have done with them before.
    const drops = isUsual || effects(reference, [param + own.suffix]).some((exit) => exit.kind === 'dropped' && !exit.unsure);
    for (const { caller, graph, call } of calls) {
      const path = call.args[index]?.path;
      if (!path || program.typeOf(path, graph, caller.file)?.tag !== own.tag) continue;
      const above = rootOf(path) === path ? own : memberOf(program, caller.file, graph, path, own);
      if (above && pointedTag(program, caller.file, graph, rootOf(path)) === above.tag)
        visit(caller, rootOf(path), above, level + 1, drops);
    }
  };
  /** True if the function passes the object to another one that drops what it holds. */
  const isHandedOn = ({ nodes }: Graph, { file }: FunctionReference, variable: string, { suffix }: Field): boolean =>
    nodes.some(({ operation: o }) => {
      const index = o?.kind === 'call' ? o.args.findIndex((a) => a.path === variable) : -1;
      if (o?.kind !== 'call' || o.name === null || index < 0 || freeingCalls.has(o.name)) return false;
      return program.resolve(o.name, file).some((callee) => {
        const name = program.variants(callee)[0]?.params[index]?.name;
        return name !== undefined && effects(callee, [name + suffix]).some((exit) => exit.kind === 'dropped' && !exit.unsure);
      });
    });
  /** True if some caller passes the object to another function that drops what it holds, and then to this one. */
  const isDroppedFirst = (reference: FunctionReference, variable: string, own: Field): boolean => {
    const index = indexOf(program, reference, variable);
    return (
      index >= 0 &&
      program.callSites(reference).some(({ caller, graph, call }) => {
        const path = call.args[index]?.path;
        return path != null && program.typeOf(path, graph, caller.file)?.tag === own.tag && isHandedOn(graph, caller, path, own);
      })
    );
  };
  for (const file of files) {
    let filled: ReadonlySet<string> | undefined;
    const heads = (): ReadonlySet<string> => {
      filled ??= filledOnlyBy(program, file, keepers);
      return filled;
    };
    for (const reference of program.searched(file, freeing)) {
      if (reference.macro) continue;
      const text = program.textOf(reference);
      const isOfArrays = mayFreeArray(text, (tag, member) => arrayOf(program, file, tag, member, carrier) !== null);
      if (!isOfArrays && !mayFree(text, (tag) => within(program, file, tag, carrier).length > 0)) continue;
      for (const graph of program.graphs(reference)) {
        if (isOfArrays)
          for (const { variable, own } of arraysFreed({ program, reference, graph }, carrier)) visit(reference, variable, own, 0, false);
        for (const { variable: freed, tag } of freedIn(program, file, graph)) {
          const variable = foundBy(program, file, graph, freed, tag);
          const fields = within(program, file, tag, carrier);
          // A function that ends the object in another of its uses does not name the fields, nor pass it to one that drops what is there.
          const isMeant =
            fields.some(({ named }) => new RegExp(`\\b${named}\\b`).test(program.textOf(reference))) ||
            (fields.length > 0 &&
              (isOfClosing(program, reference) ||
                isTakenOut({ program, reference, graph }, variable) ||
                isOfList(graph, variable, heads()) ||
                isErased(graph, variable, heads())));
          for (const own of fields) {
            if (isMeant || isHandedOn(graph, reference, variable, own)) visit(reference, variable, own, 0, false);
            else if (isDroppedFirst(reference, variable, own)) visit(reference, variable, own, 0, true);
          }
        }
      }
    }
  }
  return found;
}

/** The variable by which an object was found that is freed by another, after `victim = map;` in a loop over a list; else the other. */
function foundBy(program: Program, file: string, graph: Graph, freed: string, tag: string): string {
  const sources = graph.nodes.flatMap(({ operation: o }) => (o?.kind === 'copy' && o.replaces && o.target === freed ? [o.source] : []));
  const [by, ...others] = new Set(sources.map(({ path, address }) => (address || path === null || rootOf(path) !== path ? '' : path)));
  const isOne = by !== undefined && others.length === 0 && graph.types.has(by) && pointedTag(program, file, graph, by) === tag;
  return isOne && listsOf(graph, by).length > 0 ? by : freed;
}

/** Index of the parameter that a variable stands for in some variant of a function; -1 if it stands for none. */
function indexOf(program: Program, reference: FunctionReference, variable: string): number {
  return Math.max(-1, ...program.graphs(reference).map((graph) => parameterOf(graph, variable)));
}

/** Fields with heads of lists, or other things to find objects by, that only the keepers add to in this file. */
function filledOnlyBy(program: Program, file: string, keepers: readonly FunctionReference[]): ReadonlySet<string> {
  const heads = (r: FunctionReference): string[] => [...program.textOf(r).matchAll(addText)].map((m) => m[1] as string);
  const filled = new Set(keepers.flatMap((r) => (r.file === file ? heads(r) : [])));
  if (filled.size > 0)
    for (const other of program.searched(file, addText))
      if (!keepers.some((r) => r.key === other.key)) for (const head of heads(other)) filled.delete(head);
  return filled;
}

/** True for an object that the function has taken out by a key: it was in use until then. */
function isTakenOut(within: InGraph, variable: string): boolean {
  return within.graph.nodes.some(
    ({ operation: o }) => o?.kind === 'copy' && o.target === variable && removingCall(within, o.source.path)?.byMember === false,
  );
}

/** True for a path that ends in one of some fields. */
function isIn(fields: ReadonlySet<string>, path: string | null | undefined): boolean {
  return fields.has(/\.(\w+)$/.exec(path ?? '')?.[1] ?? '');
}

/** True for a variable that is set to the result of a call. */
function isSetTo({ nodes }: Graph, variable: string, result: string): boolean {
  return nodes.some(({ operation: o }) => o?.kind === 'copy' && o.target === variable && o.source.path === result);
}

/** True for an object that is looked up by a key in one of some fields, and taken out there by the same key. */
function isErased(graph: Graph, variable: string, heads: ReadonlySet<string>): boolean {
  if (heads.size === 0) return false;
  const calls = graph.nodes.flatMap((n) => namedCall(n) ?? []);
  const written = ({ expressions }: NamedCall): string => expressions.slice(0, 2).map(printExpression).join();
  const found = new Set(calls.filter((c) => findingCall.test(c.name) && isSetTo(graph, variable, c.result)).map(written));
  return calls.some((c) => removals.get(c.name)?.member === null && isIn(heads, c.args[0]?.path) && found.has(written(c)));
}

/** True for objects of a list whose head is in one of some fields. */
function isOfList(graph: Graph, variable: string, heads: ReadonlySet<string>): boolean {
  const isHead = ({ address, path }: Value): boolean => address && isIn(heads, path);
  return heads.size > 0 && listsOf(graph, variable).some((args) => args.some(isHead));
}

/**
 * The arguments of the calls that give a variable the objects of a list, one after the other: the head of a loop over it, or a call that
 * takes the first one in each iteration.
 */
function listsOf(graph: Graph, variable: string): (readonly Value[])[] {
  const calls = graph.nodes.flatMap(({ operation: o, loops }) =>
    o?.kind === 'call' && o.name !== null ? [{ ...o, name: o.name, loops }] : [],
  );
  const isMade = (result: string): boolean => result === variable || isSetTo(graph, variable, result);
  // `list_entry(at, struct reg, list)`
  const makers = calls.filter(({ name, result }) => castCalls.test(name) && isMade(result));
  const cursors = new Set([variable, ...makers.flatMap(({ args }) => args[0]?.path ?? [])]);
  const loops = calls.filter(({ iterates, args }) => iterates && args.some(({ path }) => path !== null && cursors.has(path)));
  const firsts = makers.filter(({ name, loops: around }) => endEntries.test(name) && around.length > 0);
  return [...loops, ...firsts].map(({ args }) => args);
}

/** A field that keeps pages, of the carrier's struct or of one that has that as a member. */
interface Field extends Carrier {
  /** The name by which code mentions it. */
  named: string;
  /** True if the page pointers are in the object's own memory. */
  embedded: boolean;
}

/** The carrier's field below objects of a struct: the carrier's own, or one that has it as a member; empty for any other struct. */
export function within(program: Program, file: string, tag: string, { tag: inner, suffix }: Carrier): Field[] {
  const fields = (suffix.match(/\.\w+/g) ?? []).map((f) => f.slice(1));
  const last = program.structure(inner, file)?.fields.find((f) => f.name === fields[0]);
  const embedded = fields.length === 1 && last !== undefined && isEmbedded(last.type, suffix);
  if (tag === inner) return [{ tag, suffix, named: fields.at(-1) ?? '', embedded }];
  const members = program.structure(tag, file)?.fields.filter((f) => f.type.tag === inner && f.type.pointers === 0) ?? [];
  return members.map(({ name, type }) => ({ tag, suffix: `.${name}${'[]'.repeat(type.dims.length)}${suffix}`, named: name, embedded }));
}

/** Whether a member is an array of the structs which keep pages, or of pointers to such; `null` for any other member. */
function arrayOf(program: Program, file: string, tag: string, member: string, { tag: inner }: Carrier): 'objects' | 'pointers' | null {
  const type = program.structure(tag, file)?.fields.find((f) => f.name === member)?.type;
  if (type === undefined || type.tag !== inner) return null;
  if (type.pointers + type.dims.length === 2 && type.pointers > 0) return 'pointers';
  return type.pointers === 1 && type.dims.length === 0 ? 'objects' : null;
}

/**
 * Such arrays that a function frees, `kfree(obj->bufs)`, and such objects that it frees by an element, `kfree(obj->bufs[i])`, if it names
 * the field that keeps their pages and has put none there itself: the variable of the object with the array, and the field below it.
 */
function arraysFreed(within: InGraph, carrier: Carrier): { variable: string; own: Field }[] {
  const { program, reference, graph } = within;
  const { file } = reference;
  const kept = new RegExp(memberText(carrier.suffix.match(/(?<=\.)\w+/g)?.at(-1) ?? ''));
  return graph.nodes.flatMap((n) => {
    const call = namedCall(n);
    const path = call && freeingCalls.has(call.name) ? freedOf(call.name, call.args)[0]?.path : null;
    const [, variable, member, element] = /^(\w+)\.(\w+)(\[\])?$/.exec(path ?? '') ?? [];
    const tag = variable === undefined ? null : pointedTag(program, file, graph, variable);
    const below = variable === undefined ? null : join(`${variable}.${member}[]`, carrier.suffix);
    if (!variable || !member || tag === null || below === null) return [];
    const isPut = graph.nodes.some(({ operation: o }) => o?.kind === 'copy' && o.target === path);
    const isMeant = element === undefined || (!isPut && kept.test(program.textOf(reference)));
    const isOne = isMeant && arrayOf(program, file, tag, member, carrier) === (element === undefined ? 'objects' : 'pointers');
    return isOne ? [{ variable, own: { tag, suffix: below.slice(variable.length), named: member, embedded: false } }] : [];
  });
}

/** The field below the root of a path that leads to an object with a carrier's field: `obj->buf` or `&obj->buf`, whose `pages` are kept. */
function memberOf(program: Program, file: string, graph: Graph, path: string, { suffix, named, embedded }: Field): Field | null {
  const root = rootOf(path);
  const tag = pointedTag(program, file, graph, root);
  const below = join(path, suffix);
  return tag === null || below === null || path.includes('[]') ? null : { tag, suffix: below.slice(root.length), named, embedded };
}

/** True for a member that is itself an array of pages or scatterlist entries, or a pointer to a single page. */
function isEmbedded({ tag, pointers, dims }: CType, suffix: string): boolean {
  if (dims.length > 0) return pointers === (/\[\]$/.test(suffix) ? 1 : 0);
  return pointers === 1 && /^(page|folio)$/.test(tag ?? '') && /^\.\w+$/.test(suffix);
}

const freeing = new RegExp(
  `\\b(?:${[...freeingCalls].filter((name) => !/^devm_|^dmam?_|^pci_|^sg_|vunmap|^free_page/.test(name)).join('|')})\\s*\\((?=\\s*([^;]*))`,
  'g',
);

/**
 * False if a function, by its text, frees nothing, or only objects of other structs: a cheap look before it is parsed.
 * @param isOwn true for the tag of a struct whose objects are looked for
 */
function mayFree(text: string, isOwn: (tag: string) => boolean): boolean {
  const given = Array.from(text.matchAll(freeing), (match) => match[1] as string);
  return given.some((argument) => {
    const name = /^(?:\w+\s*,\s*)?(\w+)\s*[,)]/.exec(argument)?.[1];
    // What is below an object, or an address, is no object of its own.
    if (name === undefined) return !/^[\w\s,]+(?:->|\.|\[)|^&/.test(argument);
    const tags = tagsOf(text, name);
    return tags.length === 0 || tags.some(isOwn);
  });
}

/** As {@link mayFree}, for an array that a member points at, or an element of one. */
function mayFreeArray(text: string, isOwn: (tag: string, member: string) => boolean): boolean {
  const given = Array.from(text.matchAll(freeing), (match) => /^(\w+)\s*->\s*(\w+)\s*(?:\[[^\]]*\]\s*)?\)/.exec(match[1] as string));
  return given.some((of) => of !== null && tagsOf(text, of[1] as string).some((tag) => isOwn(tag, of[2] as string)));
}

/** Tags of the structs that a text declares a variable to point at. */
function tagsOf(text: string, name: string): string[] {
  const declared = text.matchAll(new RegExp(`\\bstruct\\s+(\\w+)(?:(?!\\bstruct\\b)[^;(){}])*\\*[\\s\\w]*\\b${name}\\b`, 'g'));
  return Array.from(declared, (match) => match[1] as string);
}

/** True for the variable of a loop over a list. */
function isListed(program: Program, reference: FunctionReference, variable: string): boolean {
  return program.graphs(reference).some((graph) => listsOf(graph, variable).length > 0);
}
