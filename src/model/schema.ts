/** The JSON schema of a scenario file, draft 7. `docs/scenario.schema.json` has the same, written out. */
import { LIMITS } from './layout.js';
import type { Operation } from './scenario.js';
import { containerKinds } from './scenario.js';

type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: 'string', minLength: 1, maxLength: 200 };
const flag: Schema = { type: 'boolean' };
const page: Schema = { type: 'integer', minimum: 0, maximum: LIMITS.pages - 1 };
const content: Schema = { type: 'integer', minimum: 2, maximum: 127, description: 'what is written: a number of its own' };
const count: Schema = { type: 'integer', minimum: 2, maximum: 2 ** 30 };
const iterator: Schema = { enum: ['user', 'kvec', 'bvec', 'pipe'] };

const take = { required: ['page', 'slot'], properties: { page, slot: text, write: flag, longterm: flag, mayFail: flag, else: text } };
const many = { required: ['slot', 'count'], properties: { slot: text, count } };
const onSlot = { required: ['slot'], properties: { slot: text } };
const onPage = { required: ['page'], properties: { page } };
const whole = { required: [], properties: {} };
const iterate = { required: ['iterator', 'page', 'slot'], properties: { iterator, page, slot: text, write: flag, else: text } };

/** The keys of each operation, besides `op` and `mistake`. */
const operations: { readonly [Name in Operation['op']]: { readonly required: readonly string[]; readonly properties: Schema } } = {
  get: take,
  pin: take,
  'get-many': many,
  'put-many': many,
  put: onSlot,
  unpin: onSlot,
  'unpin-many': {
    required: ['slots'],
    properties: { slots: { type: 'array', items: text, minItems: 1, maxItems: 8 }, dirty: { enum: ['no', 'dirty', 'dirty-lock'] } },
  },
  dirty: { required: ['slot'], properties: { slot: text, lock: flag } },
  move: { required: ['from', 'to'], properties: { from: text, to: text } },
  'dma-start': { required: ['slot', 'device'], properties: { slot: text, device: text } },
  'dma-wait': { required: ['device'], properties: { device: text } },
  dma: { required: [], properties: { write: flag, content } },
  write: { required: ['page', 'content'], properties: { page, content } },
  'iov-get': iterate,
  'iov-extract': iterate,
  'release-extracted': { required: ['iterator', 'slot'], properties: { iterator, slot: text } },
  'pipe-unlock': whole,
  'pipe-read': { required: ['pipe'], properties: { pipe: text } },
  alloc: { required: ['slot', 'content'], properties: { slot: text, content } },
  munmap: onPage,
  truncate: onPage,
  writeback: onPage,
  migrate: onPage,
  fork: whole,
  exit: whole,
  reclaim: whole,
  goto: { required: [], properties: { else: text } },
  omit: { required: ['what'], properties: { what: text } },
};

const closed = (required: readonly string[], properties: Schema): Schema => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
});

/** The schema, as data. */
export const scenarioSchema: Schema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'A scenario of putright model',
  ...closed(['name', 'pages', 'actors'], {
    $schema: { type: 'string' },
    name: text,
    about: { type: 'string' },
    pages: {
      type: 'array',
      minItems: 1,
      maxItems: LIMITS.pages,
      items: closed(['kind'], {
        kind: { enum: ['file', 'anon', 'zero', 'kernel'] },
        present: flag,
        references: { type: 'integer', minimum: 0, maximum: 2 ** 31 - 16 },
        cma: flag,
      }),
    },
    frames: { type: 'integer', minimum: 1, maximum: LIMITS.frames },
    spaces: { type: 'integer', minimum: 1, maximum: LIMITS.spaces },
    actors: {
      type: 'array',
      minItems: 1,
      maxItems: LIMITS.actors,
      items: closed(['name', 'program'], {
        name: text,
        space: { type: 'integer', minimum: 0, maximum: LIMITS.spaces - 1 },
        containers: { type: 'object', additionalProperties: { enum: containerKinds } },
        program: {
          type: 'array',
          items: {
            type: 'object',
            if: { required: ['label'] },
            then: closed(['label'], { label: text }),
            else: {
              type: 'object',
              required: ['op'],
              discriminator: { propertyName: 'op' },
              oneOf: Object.entries(operations).map(([op, { required, properties }]) =>
                closed(['op', ...required], { op: { const: op }, mistake: flag, ...properties }),
              ),
            },
          },
        },
      }),
    },
  }),
};

/** The names of the operations in the schema. */
export const operationsInSchema: readonly string[] = Object.keys(operations);
