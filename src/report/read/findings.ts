import type { Finding } from '../../compare/finding.js';
import { list, number, object, oneOf, orElse, parse, text } from './shape.js';

const finding = object<Finding>({
  id: text,
  rule: text,
  severity: oneOf('error', 'warning', 'note'),
  message: text,
  file: text,
  line: number,
  column: orElse(number, 1),
  function: orElse(text, ''),
  site: orElse(text, ''),
  path: orElse(
    list(object<Finding['path'][number]>({ file: text, line: number, column: orElse(number, 1), function: orElse(text, ''), text })),
    [],
  ),
  fingerprint: orElse(text, ''),
});

/**
 * Reads findings from the JSON of `check --format json`.
 * @throws ShapeError if it is something else
 */
export function readFindings(json: string): Finding[] {
  return parse(json, object<{ findings: Finding[] }>({ findings: list(finding) })).findings;
}
