/** Small C in, readable result out. */
import { outline, parseFunction, printFunction, printStatement } from '../../src/syntax/index.js';

/** The first function of `text`, every variant printed. */
export function functions(text: string): string[] {
  const item = outline(text).items.find((i) => i.kind === 'function');
  if (item === undefined) throw new Error('no function found');
  return parseFunction(text, item).map(printFunction);
}

/** The header line of the first function. */
export function header(text: string): string {
  return functions(text)[0]!.split('\n')[0]!;
}

/** The statements of a body, one a line; problems at the end. */
export function body(statements: string): string {
  const text = `void f(void)\n{\n${statements}\n}\n`;
  const item = outline(text).items[0];
  if (item === undefined) throw new Error('no function found');
  const variants = parseFunction(text, item);
  return variants
    .map((v) => [...v.body.body.map((s) => printStatement(s)), ...v.problems.map((p) => `! ${p.why}`)].join('\n'))
    .join('\n----\n');
}

/** `kind name`, one an item. */
export function items(text: string): string[] {
  return outline(text).items.map((i) => [i.kind, i.name, ...(i.conditions.length > 0 ? [`[${i.conditions.join('] [')}]`] : [])].join(' '));
}
