import type { Row, Survey } from '../../src/survey/row.js';

/** A row with the fields that a test is about; the rest is a plain user of one page. */
export function row(given: Partial<Row> = {}): Row {
  const file = given.file ?? 'drivers/gpu/drm/a.c';
  const name = given.function ?? 'hold';
  const api = given.api ?? 'get_user_pages_fast';
  return {
    id: `${file}:${name}:${api}#1`,
    file,
    line: 10,
    column: 9,
    function: name,
    api,
    kind: 'user',
    reference: 'get',
    longterm: false,
    containers: ['single'],
    carrier: [],
    releases: [{ file, line: 20, function: name, api: 'put_page' }],
    releaseForm: 'single',
    releaseReason: '',
    releaseScope: 'function',
    dirty: 'none',
    mixed: false,
    mixedWith: [],
    case: null,
    wrappers: [],
    trace: [{ file, line: 10, column: 9, function: name, text: `taken by ${api}()` }],
    gaps: [],
    ...given,
  };
}

/** A survey of these rows. */
export function surveyOf(sites: Row[], given: Partial<Survey> = {}): Survey {
  return {
    tree: '/trees/linux',
    version: '0.1.0',
    sites,
    coverage: { tokens: sites.length, rows: sites.length, declarations: [], gaps: [], unaccounted: [] },
    warnings: [],
    ...given,
  };
}

/** What a tree may hold to annoy its readers: escapes, a formula, quotes, line ends, bidirectional controls, half a character. */
export const HOSTILE = '=HYPERLINK("x")\u001b[31m,\r\n\t"\u009b2J\u202e\ud800\u0000\u200b\u061c\u2060\ufeff\u007f';

/** What no output may hold, its own line ends apart. */
export const STEERS = /(?!\r?\n)[\p{Cc}\p{Cs}\u{61c}\u{200b}\u{202e}\u{2060}\u{feff}]/u;
