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

/** `flags |= A`, `obj->flags = obj->flags | A | BIT(3)` */
const setting = /^(?<of>[\w.>[\]-]+?)\s*(?:\|=|=\s*\k<of>\s*\|)\s*(?<mask>[^;,=&?]+?)\s*(?:;|$)/;
/** `flags &= ~A`, `obj->flags = obj->flags & ~(A | BIT(3))` */
const clearing = /^(?<of>[\w.>[\]-]+?)\s*(?:&=|=\s*\k<of>\s*&)\s*~\s*(?<mask>[^;,=&?]+?)\s*(?:;|$)/;
/** `err |= hw_map(dev, page)` */
const merging = /^[\w.>[\]-]+?\s*\|=/;
/** A variable may have none of the bits. */
const constant = /^\(?(?:-\s*E[A-Z\d]+|[A-Z_][A-Z\d_]*|BIT\(\w+\)|0x[\da-f]*[1-9a-f][\da-f]*|[1-9]\d*|1U?L* ?<< ?\w+)\)?$/;
const error = /^\(?-/;

/** The constants of which a statement sets the bits; `null` for one that sets others, or none. */
export function masksSetAt(text: string): string[] | null {
  return constantsOf(setting.exec(text));
}

/** The constants of which a statement clears the bits; `null` for one that clears others, or none. */
export function masksClearedAt(text: string): string[] | null {
  return constantsOf(clearing.exec(text));
}

/** True for a statement behind which a number that was not zero is not, as all bits of it stay. */
export function keepsBits(text: string): boolean {
  return merging.test(text);
}

/** True for the constant of an error, `-EIO`. */
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
