/** Reading JSON that somebody else wrote: what is not of the expected shape is refused, with the place where. */

/** The JSON is not what it should be. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}

/** Takes a value at a place (`sites[3].file`) and gives it as what it should be, or throws ShapeError. */
export type Shape<T> = (value: unknown, at: string) => T;

/** Throws: what stands at the place is not that. */
export const refuse = (at: string, what: string): never => {
  throw new ShapeError(`${at || 'the top'} is not ${what}`);
};

export const text: Shape<string> = (value, at) => (typeof value === 'string' ? value : refuse(at, 'a text'));
export const number: Shape<number> = (value, at) => (typeof value === 'number' && Number.isFinite(value) ? value : refuse(at, 'a number'));
export const truth: Shape<boolean> = (value, at) => (typeof value === 'boolean' ? value : refuse(at, 'true or false'));

/** One of these texts. */
export function oneOf<const T extends string>(...allowed: readonly T[]): Shape<T> {
  return (value, at) => allowed.find((one) => one === value) ?? refuse(at, `one of ${allowed.join(', ')}`);
}

/** A list of such values. */
export function list<T>(of: Shape<T>): Shape<T[]> {
  return (value, at) => (Array.isArray(value) ? value.map((one: unknown, n) => of(one, `${at}[${n}]`)) : refuse(at, 'a list'));
}

/** Such a value or null. */
export function nullable<T>(of: Shape<T>): Shape<T | null> {
  return (value, at) => (value === null ? null : of(value, at));
}

/** Such a value, or `fallback` where there is none. */
export function orElse<T>(of: Shape<T>, fallback: T): Shape<T> {
  return (value, at) => (value === undefined || value === null ? fallback : of(value, at));
}

/** An object with these keys; others are dropped. */
export function object<T extends object>(keys: { [K in keyof T]: Shape<T[K]> }): Shape<T> {
  const entries = Object.entries(keys) as [string, Shape<unknown>][];
  return (value, at) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(at, 'an object');
    const given = new Map<string, unknown>(Object.entries(value));
    return Object.fromEntries(entries.map(([name, of]) => [name, of(given.get(name), at ? `${at}.${name}` : name)])) as T;
  };
}

/** An object with any names, and such a value at each. */
export function named<T>(of: Shape<T>): Shape<Record<string, T>> {
  return (value, at) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(at, 'an object');
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, of(one, `${at}.${name}`)]));
  };
}

/** Parses a text as JSON of this shape. Throws ShapeError if it is no JSON, or of another shape. */
export function parse<T>(json: string, shape: Shape<T>): T {
  let value: unknown;
  try {
    // Some programs begin every text with a mark of its byte order, which JSON.parse() takes for none of it.
    value = JSON.parse(json.replace(/^\ufeff/, ''));
  } catch (error) {
    throw new ShapeError(`it is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  return shape(value, '');
}
