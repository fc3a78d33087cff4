/** Bits of numbers, `flags & FLAG`, as values of their own. */
import type { Operation } from '../../../program/graph.js';
import type { Value } from '../../../program/path.js';

/** What stands in no parentheses of a call that are open where the mask begins. */
const closed = String.raw`(?:[^&|=<>?()]|\((?:[^&|=<>?()]|\([^&|=<>?()]*\))*\))*`;

/** `flags & FLAG`, and no more than that. */
const masked = new RegExp(String.raw`^\(*${closed} & (?!&)((?:[^&|=<>?]|<<)*)$`);

/** The bits that are asked for, as they are written; `undefined` where the whole value is. */
export function maskOf({ text }: Value): string | undefined {
  return masked.exec(text)?.[1];
}

/** Some bits of a number, as a value. */
export function bitsOf(value: string, mask: string): string {
  return `${value}@${mask.replace(/^\W+|\W+$/g, '').replace(/\W+/g, '_')}`;
}

/** The bits that an operation tests, of whatever number. */
export function bitsTestedBy(o: Operation | null): string[] {
  const mask = o?.kind === 'assume' ? maskOf(o.left) : undefined;
  return mask === undefined ? [] : [bitsOf('', mask)];
}
