/**
 * The types in which families of kernel calls are described. A family is data: tables of calls that take references, that drop them, and
 * that move pages from one place to another. There is no code here.
 */

/**
 * A place of a call, as text: `0` is the first argument, `return` the result. Steps may follow: `[]` for what a pointer or array refers to,
 * `.field`, and `@sgl`, `@bvec`, `@skb`, `@pipe`, `@pfn`, `@address` for what a container holds. `1[]` is "the elements of the array that
 * the second argument points at", `0@sgl` "the pages in the scatterlist that is the first argument".
 */
export type Place = string;

/** What an acquiring call takes. (`none`, for a NULL page array, is found out for each call.) */
export type Taken = 'get' | 'pin' | 'conditional';

/** What an acquiring call returns. */
export type Result =
  /** The number of pages, or a negative error. */
  | 'count'
  /** The number of bytes, or a negative error. */
  | 'bytes'
  /** True if the one page was taken. */
  | 'bool'
  /** The page itself, or an error pointer. */
  | 'page'
  /** The number of folios, or a negative error. */
  | 'folios';

/** One list of arguments of an acquiring call; kernels changed them over the years. Positions count from 0. */
export interface Signature {
  /** Number of arguments. */
  args: number;
  /** Position of the page array or page pointer; `null` if the page is the result. */
  pages: number | null;
  /** Position of the gup_flags, or of the write flag of old kernels; `null` if there is none. */
  flags: number | null;
  /** Position of the number of pages; `null` if it is always one page, or if the size is in bytes. */
  count: number | null;
  /** Position of the number of bytes, if the call is given one. */
  bytes?: number;
  /** Position of a pointer to the number of filled entries, which the call increases. */
  filled?: number;
  /** The first release without this list of arguments. */
  until?: Release;
}

/** A kernel release: `[5, 6]`. */
export type Release = readonly [major: number, minor: number];

/** A call that takes references on user pages. */
export interface Acquire {
  name: string;
  taken: Taken;
  result: Result;
  /** Steps from the page argument to the pages: `[]` for `struct page **`, `[][]` for `struct page ***`, `@bvec` for bvecs. */
  behind: string;
  /** True if the name implies FOLL_LONGTERM. */
  longterm: boolean;
  /** Position of the `iov_iter` that the pages come from, which need not be user backed; else `null`. */
  iterator: number | null;
  /** Set if references are taken also when no array is given, so that nobody can drop them. Other calls take none then. */
  alwaysTakes?: true;
  /** Its lists of arguments, the most recent first. */
  signatures: Signature[];
  /** Kernel versions that have the call, for readers. */
  era: string;
}

/** How a releasing call is given its pages. */
export type ReleaseShape =
  /** One page or folio. */
  | 'single'
  /** A whole array or range. */
  | 'bulk'
  /** Everything in a container, by generic kernel code. */
  | 'container';

/** A call that drops references. */
export interface ReleaseCall {
  name: string;
  /** Where the pages are. */
  pages: Place;
  shape: ReleaseShape;
  /** The kind of reference that it drops. */
  drops: 'get' | 'pin' | 'any';
  /** Set if it returns the page to the allocator, and so is meant for pages from there. */
  frees?: true;
  /**
   * Set if it drops only one of a container's pages: the position of the argument that says which, and the container's member that says how
   * many it has. Who has dropped all of them so sets that, or the container's own end drops them again.
   */
  one?: { at: number; count: string };
  /** Set if it marks the pages dirty too: always, or if the argument at this position is not zero. */
  dirty?: true | number;
  era: string;
}

/** A call that moves page pointers, or what stands for them, from one place to another. */
export interface Transfer {
  name: string;
  /** Each move as a pair of places of the call: `['1', '0@sgl']` is from the second argument into the scatterlist that is the first. */
  moves: readonly (readonly [from: Place, to: Place])[];
  /** Tag of the struct that the result points at, if that is part of a container. */
  returns?: string;
  /**
   * How the result says that nothing was moved. `error`: a negative number, with zero for success. `any error`: a negative number, with any
   * other for success. `zero`: zero or NULL. `error pointer`: an error pointer, with a valid pointer for success.
   */
  fails?: 'error' | 'any error' | 'zero' | 'error pointer';
  /** Tests of the first argument, each with the answer behind which the call does not fail. */
  roomy?: readonly (readonly [test: string, answer: boolean])[];
  /** Set if the call, when it fails, has dropped what it was to move. */
  drops?: true;
  /** Position of the argument that the result equals if something was moved. */
  gives?: number;
  /**
   * Position of a flag's address. The flag is set if the call succeeds but the page is there already, and its reference stays with the
   * caller.
   */
  merged?: number;
  /** The call that finds what was put there. If no code nearby calls it, putting something there keeps nothing. */
  foundBy?: string;
}

/**
 * The kind of pages of another origin: fresh from the allocator; the kernel's own memory; the zero page; pages of the page cache; pages
 * looked up by a number or an address; only the frame number of such a page; memory that other calls return; pages of an iterator that is
 * not user backed.
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

/** A macro followed by a statement, which iterates. */
export interface Iterator {
  name: string;
  /** What is moved between its arguments at the start of each iteration. */
  moves: readonly (readonly [from: Place, to: Place])[];
}

/** A struct that is part of a generic container: its fields lead to other parts of the container, or to the pages in it. */
export interface ContainerStruct {
  tag: string;
  /** The step that stands for the pages in it: `@sgl`. */
  content: string;
  /** Fields that hold the page pointer itself. */
  pageFields: readonly string[];
  /** Fields that lead to another part of the same container. */
  same: readonly string[];
  /** Fields with the function that the kernel calls when it gives the struct back. */
  completes?: readonly string[];
}
