/** Reads a scenario file. Problems are reported with their line and key. */
import { Ajv, type ErrorObject } from 'ajv';
import jsonc from 'jsonc-parser';
import type { ScenarioError } from './compile.js';
import type { Scenario } from './scenario.js';
import { scenarioSchema } from './schema.js';

/** Thrown for a scenario file that cannot be used. Each problem is a line of the message: `line N, key: what`. */
export class ScenarioFault extends Error {
  override readonly name = 'ScenarioFault';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

const lineOf = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;

const keyOf = (path: readonly (string | number)[]): string =>
  path.map((part, n) => (typeof part === 'number' ? `[${part}]` : n === 0 ? part : `.${part}`)).join('') || 'the file';

/** Returns a problem with the line and key of a path in the text, or of the nearest thing on the path that exists. */
function located(text: string, path: readonly (string | number)[], what: string): string {
  const root = jsonc.parseTree(text);
  let node = root;
  for (let length = path.length; length >= 0; length--) {
    const found = root && jsonc.findNodeAtLocation(root, path.slice(0, length));
    if (!found) continue;
    node = found;
    break;
  }
  // The line of a property is that of its key.
  const offset = node?.parent?.type === 'property' ? node.parent.offset : (node?.offset ?? 0);
  return `line ${lineOf(text, offset)}, ${keyOf(path)}: ${what}`;
}

function pathOf(error: ErrorObject, root: unknown): (string | number)[] {
  const path: (string | number)[] = [];
  let value = root;
  for (const raw of error.instancePath.split('/').slice(1)) {
    const part = raw.replaceAll('~1', '/').replaceAll('~0', '~');
    const key = Array.isArray(value) ? Number(part) : part;
    path.push(key);
    value = (value as Record<string | number, unknown>)[key];
  }
  if (error.keyword === 'additionalProperties') path.push(String(error.params['additionalProperty']));
  if (error.keyword === 'discriminator') path.push('op');
  return path;
}

function sentence(error: ErrorObject): string {
  const { params, keyword, message } = error;
  if (keyword === 'additionalProperties') return 'no such key here';
  if (keyword === 'enum') return `must be one of ${(params['allowedValues'] as unknown[]).join(', ')}`;
  if (keyword === 'discriminator') return `no such operation${params['tagValue'] === undefined ? '' : `: ${String(params['tagValue'])}`}`;
  return message ?? 'is wrong';
}

/** Returns a {@link ScenarioError} with the line that it is about. */
export function withLine(text: string, error: ScenarioError): ScenarioFault {
  return new ScenarioFault([located(text, error.path, error.message)]);
}

/**
 * Reads a scenario from the text of a file.
 * @throws ScenarioFault with every line that is wrong
 */
export function parseScenario(text: string): Scenario {
  const broken: jsonc.ParseError[] = [];
  const value: unknown = jsonc.parse(text, broken, { disallowComments: true });
  if (broken.length > 0)
    throw new ScenarioFault(
      broken.map(({ offset, error }) => `line ${lineOf(text, offset)}: no JSON here: ${jsonc.printParseErrorCode(error)}`),
    );
  const validate = new Ajv({ allErrors: true, discriminator: true, strict: false }).compile(scenarioSchema);
  if (!validate(value)) {
    const told = (validate.errors ?? []).filter(({ keyword }) => keyword !== 'if');
    throw new ScenarioFault([...new Set(told.map((error) => located(text, pathOf(error, value), sentence(error))))]);
  }
  return value as unknown as Scenario;
}
