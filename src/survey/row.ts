/** The data contract of the survey: one {@link Row} per site, and what is reported beside the rows. */

/** Who takes the reference: see the README's "How to read a row". */
export type SiteKind = 'user' | 'wrapper' | 'internal' | 'test';
/** What the site takes: a plain reference, a pin, one or none depending on the iterator or flags, or none at all. */
export type Reference = 'get' | 'pin' | 'conditional' | 'none';
/** What holds the page pointers. */
export type Container = 'single' | 'page-array' | 'sgl' | 'skb' | 'bvec' | 'pipe' | 'pfn' | 'other';
/** How the reference is dropped: see the README's table. */
export type ReleaseForm = 'single' | 'loop-collapsible' | 'loop-other' | 'bulk' | 'container' | 'none' | 'caller';
/** Where it is dropped, seen from the site. */
export type ReleaseScope = 'function' | 'file' | 'cross-file' | 'caller';
/** How a written page is marked dirty before the drop. */
export type Dirty = 'none' | 'set_page_dirty' | 'set_page_dirty_lock' | 'SetPageDirty' | 'bulk' | 'container' | 'other';

/** A place in the tree. `line` and `column` count from 1; a column is a byte. */
export interface Place {
  file: string;
  line: number;
  column: number;
}

/** A statement that drops the reference which a site took. */
export interface Release {
  file: string;
  line: number;
  function: string;
  /** The releasing call as written there. */
  api: string;
}

/** One step on the way of a reference from acquire to release. */
export interface Step extends Place {
  function: string;
  /** A phrase: `kept in vm->page, of struct vm`, `passed to free_pages()`, `dropped by put_page()`. */
  text: string;
}

/** Something that the analysis could not follow. */
export interface Gap {
  file: string;
  line: number;
  why: string;
}

/** One site: a call expression that takes references on user pages. */
export interface Row extends Place {
  /** `file:function:api#n`, n counting the calls of that api in that function from 1. */
  id: string;
  function: string;
  /** The acquiring call's name, also where a macro stands for it. */
  api: string;
  kind: SiteKind;
  reference: Reference;
  /** True if FOLL_LONGTERM is passed. */
  longterm: boolean;
  /** In the order in which the pages flow through them. */
  containers: Container[];
  /** Each `struct-tag.field` in which the pages survive the function. */
  carrier: string[];
  /** Every statement that drops the reference, on any path. */
  releases: Release[];
  releaseForm: ReleaseForm;
  /** Why a loop is not collapsible, or what decided the form: a phrase, or `''`. */
  releaseReason: string;
  releaseScope: ReleaseScope;
  dirty: Dirty;
  /** True if what holds these pages can also hold pages from elsewhere. */
  mixed: boolean;
  /** Where the other pages are from, as phrases. */
  mixedWith: string[];
  /** One of the five cases of Documentation/core-api/pin_user_pages.rst; `null` if the C does not decide it. */
  case: { number: 1 | 2 | 3 | 4 | 5; reason: string } | null;
  /** For a wrapper, the functions that hand the pages on, outermost last; empty otherwise. */
  wrappers: string[];
  /** The steps from the acquiring call to the main release. */
  trace: Step[];
  gaps: Gap[];
}

/** What a token, an acquiring name followed by `(`, is if it is neither a row nor a gap. */
export type TokenUse = 'declaration' | 'definition' | 'macro' | 'own';

/** Accounts for every acquiring name outside comments and strings that is followed by `(`, or used as a value. */
export interface Coverage {
  /** How many names followed by `(` the independent scanner counted. */
  tokens: number;
  /** How many of the names are sites, and so have a row. */
  rows: number;
  /** Declarations and definitions of the API itself, macro definitions, and functions of the file's own with an API's name. */
  declarations: (Place & { name: string; use: TokenUse })[];
  gaps: (Place & { name: string; why: string })[];
  /** Tokens that are none of these; empty unless putright is wrong. */
  unaccounted: (Place & { name: string })[];
}

/** The result of a survey. */
export interface Survey {
  /** The tree's path as given. */
  tree: string;
  /** putright's version. */
  version: string;
  sites: Row[];
  coverage: Coverage;
  /** Files that could not be read or were left out, with the reason. */
  warnings: { file: string; why: string }[];
}
