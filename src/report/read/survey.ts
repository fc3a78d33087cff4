import type { Coverage, Gap, Place, Release, Row, Step, Survey } from '../../survey/row.js';
import { list, nullable, number, object, oneOf, orElse, parse, refuse, type Shape, text, truth } from './shape.js';

const place = { file: text, line: number, column: number } satisfies { [K in keyof Place]: Shape<Place[K]> };
const gap = object<Gap>({ file: text, line: number, why: text });
const token = object<Place & { name: string }>({ ...place, name: text });

const row = object<Row>({
  ...place,
  id: text,
  function: text,
  api: text,
  kind: oneOf('user', 'wrapper', 'internal', 'test'),
  reference: oneOf('get', 'pin', 'conditional', 'none'),
  longterm: truth,
  containers: list(oneOf('single', 'page-array', 'sgl', 'skb', 'bvec', 'pipe', 'pfn', 'other')),
  carrier: list(text),
  releases: list(object<Release>({ file: text, line: number, function: text, api: text })),
  releaseForm: oneOf('single', 'loop-collapsible', 'loop-other', 'bulk', 'container', 'none', 'caller'),
  releaseReason: orElse(text, ''),
  releaseScope: oneOf('function', 'file', 'cross-file', 'caller'),
  dirty: oneOf('none', 'set_page_dirty', 'set_page_dirty_lock', 'SetPageDirty', 'bulk', 'container', 'other'),
  mixed: truth,
  mixedWith: list(text),
  case: nullable(
    object<NonNullable<Row['case']>>({
      number: (value, at) => ([1, 2, 3, 4, 5] as const).find((one) => one === value) ?? refuse(at, 'a number from 1 to 5'),
      reason: text,
    }),
  ),
  wrappers: orElse(list(text), []),
  trace: list(object<Step>({ ...place, function: text, text })),
  gaps: list(gap),
});

const coverage = object<Coverage>({
  tokens: number,
  rows: number,
  declarations: list(
    object<Coverage['declarations'][number]>({
      ...place,
      name: text,
      use: oneOf('declaration', 'definition', 'macro', 'own'),
    }),
  ),
  gaps: list(object<Coverage['gaps'][number]>({ ...place, name: text, why: text })),
  unaccounted: list(token),
});

const survey = object<Survey>({
  tree: text,
  version: text,
  sites: list(row),
  coverage: orElse(coverage, { tokens: 0, rows: 0, declarations: [], gaps: [], unaccounted: [] }),
  warnings: orElse(list(object<Survey['warnings'][number]>({ file: text, why: text })), []),
});

/**
 * Reads a survey from the JSON of `survey --format json`.
 * @throws ShapeError if it is something else
 */
export function readSurvey(json: string): Survey {
  return parse(json, survey);
}
