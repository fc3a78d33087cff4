/** Bits of numbers, `flags & FLAG`, as values of their own. */
import type { Operation } from '../../../program/graph.js';
import type { Value } from '../../../program/path.js';

/** Text with balanced parentheses, without comparison or logical operators: so the `&` that follows is in no open call. */
const closed = String.raw`(?:[^&|=<>?()]|\((?:[^&|=<>?()]|\([^&|=<>?()]*\))*\))*`;

/** `flags & FLAG` and no more. */
const masked = new RegExp(String.raw`^\(*${closed} & (?!&)((?:[^&|=<>?]|<<)*)$`);

/** The mask that a value is taken with, as written; `undefined` if the whole value is meant. */
export function maskOf({ text }: Value): string | undefined {
  return masked.exec(text)?.[1];
}

/** The value for some bits of a number: `flags@FLAG`. */
export function bitsOf(value: string, mask: string): string {
  return `${value}@${mask.replace(/^\W+|\W+$/g, '').replace(/\W+/g, '_')}`;
}

/** The bits that an operation tests, without the number: `@FLAG`. */
export function bitsTestedBy(o: Operation | null): string[] {
  const mask = o?.kind === 'assume' ? maskOf(o.left) : undefined;
  return mask === undefined ? [] : [bitsOf('', mask)];
}

/** `flags |= A`, `obj->flags = obj->flags | A | BIT(3)` */
const setting = /^(?<of>[\w.>[\]-]+?)\s*(?:\|=|=\s*\k<of>\s*\|)\s*(?<mask>[^;,=&?]+?)\s*(?:;|$)/;
/** `flags &= ~A`, `obj->flags = obj->flags & ~(A | BIT(3))` */
const clearing = /^(?<of>[\w.>[\]-]+?)\s*(?:&=|=\s*\k<of>\s*&)\s*~\s*(?<mask>[^;,=&?]+?)\s*(?:;|$)/;
/** `err |= hw_map(dev, page)` */
const merging = /^[\w.>[\]-]+?\s*\|=/;
/** A mask that is certainly not zero; a variable may be. */
const constant = /^\(?(?:-\s*E[A-Z\d]+|[A-Z_][A-Z\d_]*|BIT\(\w+\)|0x[\da-f]*[1-9a-f][\da-f]*|[1-9]\d*|1U?L* ?<< ?\w+)\)?$/;
const error = /^\(?-/;

/** The constants whose bits a statement sets; `null` if it sets no bits, or others. */
export function masksSetAt(text: string): string[] | null {
  return constantsOf(setting.exec(text));
}

/** The constants whose bits a statement clears; `null` if it clears no bits, or others. */
export function masksClearedAt(text: string): string[] | null {
  return constantsOf(clearing.exec(text));
}

/** True for `x |= y`: a number that was not zero is not zero after it. */
export function keepsBits(text: string): boolean {
  return merging.test(text);
}

/** True for an error code, `-EIO`. */
export function isError(mask: string): boolean {
  return error.test(mask);
}

function constantsOf(match: RegExpExecArray | null): string[] | null {
  const masks = match?.groups?.['mask']
    ?.replace(/^\((.*)\)$/, '$1')
    .split('|')
    .map((one) => one.trim());
  return masks?.every((one) => constant.test(one)) ? masks : null;
}
