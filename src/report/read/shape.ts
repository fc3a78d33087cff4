/** Reads JSON that may come from anybody: what does not have the expected shape is refused, with the place in it. */

/** The JSON does not have the expected shape. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}

/** Returns the value at a place (`sites[3].file`) as what it should be, or throws ShapeError. */
export type Shape<T> = (value: unknown, at: string) => T;

/** Throws a ShapeError: the value at a place is not what it should be. */
export const refuse = (at: string, what: string): never => {
  throw new ShapeError(`${at || 'the top'} is not ${what}`);
};

/** A string. */
export const text: Shape<string> = (value, at) => (typeof value === 'string' ? value : refuse(at, 'a text'));
/** A finite number. */
export const number: Shape<number> = (value, at) => (typeof value === 'number' && Number.isFinite(value) ? value : refuse(at, 'a number'));
/** True or false. */
export const truth: Shape<boolean> = (value, at) => (typeof value === 'boolean' ? value : refuse(at, 'true or false'));

/** One of these texts. */
export function oneOf<const T extends string>(...allowed: readonly T[]): Shape<T> {
  return (value, at) => allowed.find((one) => one === value) ?? refuse(at, `one of ${allowed.join(', ')}`);
}

/** A list of values of one shape. */
export function list<T>(of: Shape<T>): Shape<T[]> {
  return (value, at) => (Array.isArray(value) ? value.map((one: unknown, n) => of(one, `${at}[${n}]`)) : refuse(at, 'a list'));
}

/** A value of a shape, or null. */
export function nullable<T>(of: Shape<T>): Shape<T | null> {
  return (value, at) => (value === null ? null : of(value, at));
}

/** A value of a shape, or `fallback` if it is missing or null. */
export function orElse<T>(of: Shape<T>, fallback: T): Shape<T> {
  return (value, at) => (value === undefined || value === null ? fallback : of(value, at));
}

/** An object with these keys; its other keys are dropped. */
export function object<T extends object>(keys: { [K in keyof T]: Shape<T[K]> }): Shape<T> {
  const entries = Object.entries(keys) as [string, Shape<unknown>][];
  return (value, at) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(at, 'an object');
    const given = new Map<string, unknown>(Object.entries(value));
    return Object.fromEntries(entries.map(([name, of]) => [name, of(given.get(name), at ? `${at}.${name}` : name)])) as T;
  };
}

/** An object with any keys and values of one shape. */
export function named<T>(of: Shape<T>): Shape<Record<string, T>> {
  return (value, at) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(at, 'an object');
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, of(one, `${at}.${name}`)]));
  };
}

/**
 * Parses a text as JSON of a shape.
 * @throws ShapeError if it is no JSON or has another shape
 */
export function parse<T>(json: string, shape: Shape<T>): T {
  let value: unknown;
  try {
    // Some programs begin each text with a byte order mark, which JSON.parse() refuses.
    value = JSON.parse(json.replace(/^\ufeff/, ''));
  } catch (error) {
    throw new ShapeError(`it is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  return shape(value, '');
}
