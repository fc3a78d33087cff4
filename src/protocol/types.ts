/**
 * The words in which a family of kernel calls is written down. A family is data: a table of acquiring calls, of releases,
 * of calls that move pages from one place to another. Nothing here runs.
 */

/**
 * A place of a call, as text: `0` is the first argument, `return` the result, `*` steps: `[]` what a pointer or array
 * refers to, `.field`, and `@sgl`, `@bvec`, `@skb`, `@pipe`, `@pfn`, `@address` for what a container holds.
 * `1[]` is "the array elements behind the second argument", `0@sgl` "the pages in the scatterlist that is the first".
 */
export type Place = string;

/** What an acquiring call takes. `none` is decided per call (a NULL page array). */
export type Taken = 'get' | 'pin' | 'conditional';

/** What an acquiring call returns. */
export type Result =
  /** Number of pages, or a negative error. */
  | 'count'
  /** Number of bytes, or a negative error. */
  | 'bytes'
  /** True if the one page was taken. */
  | 'bool'
  /** The page itself, or an error pointer. */
  | 'page'
  /** Number of folios, or a negative error. */
  | 'folios';

/** One spelling of an acquiring call's arguments; kernels changed them over the years. Positions count from 0. */
export interface Signature {
  /** Number of arguments. */
  args: number;
  /** Position of the page array or page pointer, `null` if the page is the result. */
  pages: number | null;
  /** Position of the gup_flags, or of the write flag of old kernels, `null` if there is none. */
  flags: number | null;
  /** Position of the number of pages, `null` where one page is meant or the size is in bytes. */
  count: number | null;
  /** Position of the number of bytes, of calls that count those. */
  bytes?: number;
  /** Position of the pointer to the number of entries that are filled, which grows with what is taken. */
  filled?: number;
  /** The first release without this spelling. */
  until?: Release;
}

/** A release of the kernel: `[5, 6]`. */
export type Release = readonly [major: number, minor: number];

/** A call that takes references on user pages. */
export interface Acquire {
  name: string;
  taken: Taken;
  result: Result;
  /** How far behind the page argument the pages lie: `[]` for `struct page **`, `[][]` for `struct page ***`, `@bvec` for bvecs. */
  behind: string;
  /** FOLL_LONGTERM is implied by the name. */
  longterm: boolean;
  /** Through an `iov_iter`, which need not be user backed. Its position, or `null`. */
  iterator: number | null;
  /** References are taken where no array is given, too, and nobody can drop them; the others take none then. */
  alwaysTakes?: true;
  signatures: Signature[];
  /** Kernel versions that have it, for readers. */
  era: string;
}

/** How a releasing call takes its pages. */
export type ReleaseShape =
  /** One page or folio. */
  | 'single'
  /** A whole array or range. */
  | 'bulk'
  /** Everything in a container, done by generic kernel code. */
  | 'container';

/** A call that drops references. */
export interface ReleaseCall {
  name: string;
  /** Where the pages stand. */
  pages: Place;
  shape: ReleaseShape;
  /** Which kind of reference it drops. */
  drops: 'get' | 'pin' | 'any';
  /** Gives the page back to the allocator: meant for pages that came from there. */
  frees?: true;
  /** Marks dirty too: always, or if the argument at this position is not zero. */
  dirty?: true | number;
  era: string;
}

/** A call that moves page pointers, or what stands for them, from one place to another: pairs of from and to. */
export interface Transfer {
  name: string;
  moves: readonly (readonly [from: Place, to: Place])[];
  /** Tag of the struct that the result points at, where that is part of a container. */
  returns?: string;
  /** The result that says that nothing was moved; success is zero beside `error`, and anything else beside `any error`. */
  fails?: 'error' | 'any error' | 'zero' | 'error pointer';
  /** Where the call fails it has dropped what it was to move. */
  drops?: true;
  /** Position of the argument that the result is, where something was moved. */
  gives?: number;
  /** Position of a flag's address: set where the call succeeds but the page stands there already, and its reference stays with whoever called. */
  merged?: number;
  /** Who finds what is there: where nobody near calls that, nothing is kept by having been put there. */
  foundBy?: string;
}

/**
 * What sort of pages those of another origin are: fresh from the allocator, the kernel's own memory, the page of zeros, pages of the
 * page cache, pages looked up by a number or an address, no more than the number of one, memory that other calls give, or what an
 * iterator has that is no user's.
 */
export type OriginKind = 'allocated' | 'kernel' | 'zero' | 'cache' | 'found' | 'frame' | 'memory' | 'iterator';

/** Pages that are not those of a site. */
export interface Origin {
  kind: OriginKind;
  /** What they are, as a phrase for `mixedWith`. */
  what: string;
}

/** A call whose result is a page of another origin. */
export interface OriginCall extends Origin {
  name: string;
}

/** A macro followed by a statement. */
export interface Iterator {
  name: string;
  /** Moves at the start of each round, between its arguments. */
  moves: readonly (readonly [from: Place, to: Place])[];
}

/** A struct that is part of a generic container: its fields lead to the same container, or to the pages in it. */
export interface ContainerStruct {
  tag: string;
  /** The step that stands for the pages in it: `@sgl`. */
  content: string;
  /** Fields that hold the page pointer itself. */
  pageFields: readonly string[];
  /** Fields that lead to another part of the same container. */
  same: readonly string[];
  /** Fields that name the function to which the kernel gives it back. */
  completes?: readonly string[];
}
