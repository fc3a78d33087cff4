/**
 * Typed handles on a live machine: what the thread asks for, "making get_user_pages() return a different type", without what it says would
 * be lost: a scatterlist of pinned pages returns pinned pages.
 */
import { compile, type System } from './compile.js';
import type { Design } from './designs/design.js';
import { ALLOCATED, type State } from './layout.js';
import { addPins, addRef, hasFlag, pinsOf, pteFrame, pteOf, putPage as put, refOf } from './machine.js';
import { FAULT, fault, usable } from './operations/fault.js';
import { undoPin } from './operations/gup.js';

declare const reference: unique symbol;
declare const pinned: unique symbol;

/** A page on which the holder has a plain reference. */
export interface Page {
  readonly frame: number;
  readonly [reference]: 'get';
}

/** A page on which the holder has a pin. It is no {@link Page}: `putPage()` does not take it. */
export interface Pinned<_Of extends Page = Page> {
  readonly frame: number;
  readonly [pinned]: 'pin';
}

/** Either of them: generic code can take it, but not release it. */
export type AnyPage = Page | Pinned<Page>;

/** A list of pages of one kind, which a page keeps when it is put in and taken out. */
export interface Scatterlist<T extends AnyPage> {
  readonly entries: T[];
}
/** The fragments of an skb, pages of one kind. */
export interface Skb<T extends AnyPage> {
  readonly frags: T[];
}
/** A list of bvecs with pages of one kind. */
export interface Bvec<T extends AnyPage> {
  readonly vecs: T[];
}

/** Returns an empty scatterlist. */
export const scatterlist = <T extends AnyPage>(): Scatterlist<T> => ({ entries: [] });
/** Returns an empty skb. */
export const skb = <T extends AnyPage>(): Skb<T> => ({ frags: [] });
/** Returns an empty list of bvecs. */
export const bvec = <T extends AnyPage>(): Bvec<T> => ({ vecs: [] });

function at<T>(list: readonly T[], index: number, of: string): T {
  const found = list[index];
  if (found === undefined) throw new RangeError(`${of} has no entry ${index}`);
  return found;
}

/** `sg_set_page()`: appends a page. */
export function sgSetPage<T extends AnyPage>(list: Scatterlist<T>, page: NoInfer<T>): void {
  list.entries.push(page);
}
/**
 * `sg_page()`.
 * @throws RangeError if there is no such entry
 */
export function sgPage<T extends AnyPage>(list: Scatterlist<T>, index: number): T {
  return at(list.entries, index, 'the scatterlist');
}
/** `skb_fill_page_desc()`: appends a page. */
export function skbFillPage<T extends AnyPage>(buffer: Skb<T>, page: NoInfer<T>): void {
  buffer.frags.push(page);
}
/**
 * `skb_frag_page()`.
 * @throws RangeError if there is no such fragment
 */
export function skbFragPage<T extends AnyPage>(buffer: Skb<T>, index: number): T {
  return at(buffer.frags, index, 'the skb');
}
/** `bvec_set_page()`: appends a page. */
export function bvecSetPage<T extends AnyPage>(vec: Bvec<T>, page: NoInfer<T>): void {
  vec.vecs.push(page);
}
/**
 * `bv_page`.
 * @throws RangeError if there is no such entry
 */
export function bvPage<T extends AnyPage>(vec: Bvec<T>, index: number): T {
  return at(vec.vecs, index, 'the bvec');
}

/** A live machine: the anonymous pages of one process, in one design. */
export interface Memory {
  readonly system: System;
  readonly state: State;
}

/** Makes a process with this many anonymous pages, 1 to 4. */
export function createMemory(design: Design, pages = 1): Memory {
  const spec = { kind: 'anon' } as const;
  const scenario = {
    name: 'memory',
    pages: Array.from({ length: pages }, () => spec),
    actors: [{ name: 'user', program: [{ op: 'omit', what: '' }] }],
  } as const;
  const system = compile(scenario, design);
  return { system, state: system.initial.slice() };
}

function frameFor({ system, state }: Memory, page: number): number {
  const m = system.machine;
  if (!(page >= 0 && page < m.layout.pages)) throw new RangeError(`there is no page ${page}`);
  for (let frame = 0; !usable(pteOf(m, state, 0, page), true) && frame < m.layout.frames; frame++) {
    if (fault(m, state, 0, page, true, frame) === FAULT.failed) throw new Error(`page ${page} cannot be faulted in`);
  }
  return pteFrame(pteOf(m, state, 0, page));
}

/**
 * `get_user_pages()` for one page.
 * @throws RangeError if the process has no such page
 */
export function getUserPage(memory: Memory, page: number): Page {
  const frame = frameFor(memory, page);
  addRef(memory.system.machine, memory.state, frame, 1);
  return { frame } as Page;
}

/**
 * `pin_user_pages()` for one page.
 * @throws RangeError if the process has no such page
 */
export function pinUserPage(memory: Memory, page: number): Pinned<Page> {
  const m = memory.system.machine;
  const frame = frameFor(memory, page);
  for (const { field, add } of m.design.pin) (field === 'pins' ? addPins : addRef)(m, memory.state, frame, add);
  return { frame } as Pinned<Page>;
}

/** `put_page()`: for plain references only. */
export function putPage(memory: Memory, page: Page): void {
  put(memory.system.machine, memory.state, page.frame);
}

/** `unpin_user_page()`: for pins only. */
export function unpinUserPage(memory: Memory, page: Pinned<Page>): void {
  undoPin(memory.system.machine, memory.state, page.frame);
}

/** Returns the counts of a page, and whether it is still allocated. */
export function countsOf(memory: Memory, page: AnyPage): { readonly ref: number; readonly pins: number; readonly allocated: boolean } {
  const m = memory.system.machine;
  return {
    ref: refOf(m, memory.state, page.frame),
    pins: pinsOf(m, memory.state, page.frame),
    allocated: hasFlag(m, memory.state, page.frame, ALLOCATED),
  };
}
