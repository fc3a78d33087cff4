import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  compile,
  designs,
  explore,
  operationsInSchema,
  parseScenario,
  ScenarioError,
  scenarioSchema,
  walk,
  withLine,
} from '../../src/model/index.js';
import { operationNames } from '../../src/model/operations/index.js';

const good = `{
  "name": "mine",
  "pages": [{ "kind": "anon" }],
  "actors": [
    {
      "name": "driver",
      "program": [
        { "op": "pin", "page": 0, "slot": "a", "else": "out" },
        { "op": "put", "slot": "a", "mistake": true },
        { "label": "out" }
      ]
    }
  ]
}
`;
const bias = designs.find(({ name }) => name === 'bias')!;
/** A scenario of one driver with this program. */
const driverOf = (program: readonly object[]) =>
  parseScenario(JSON.stringify({ name: 'one', pages: [{ kind: 'anon' }], actors: [{ name: 'driver', program }] }));
const problems = (text: string): readonly string[] => {
  try {
    parseScenario(text);
    return [];
  } catch (error) {
    return (error as Error).message.split('\n');
  }
};

describe('a scenario file', () => {
  it('runs', () => {
    const found = explore(compile(parseScenario(good), bias));
    expect([found.finished, found.ends, [...found.verdicts.keys()]]).toEqual([true, 1, [1]]);
  });

  it.each([
    ['"kind": "anon"', '"kind": "anonymous"', 'line 3, pages[0].kind: must be one of file, anon, zero, kernel'],
    ['"mistake": true', '"mistaken": true', 'line 9, actors[0].program[1].mistaken: no such key here'],
    ['"op": "put"', '"op": "drop"', 'line 9, actors[0].program[1].op: no such operation: drop'],
    ['"page": 0', '"page": "0"', 'line 8, actors[0].program[0].page: must be integer'],
    ['"page": 0', '"page": -1', 'line 8, actors[0].program[0].page: must be >= 0'],
    ['"name": "mine",', '', "line 1, the file: must have required property 'name'"],
    ['"name": "mine",', '"name": "mine"', 'line 3: no JSON here: CommaExpected'],
  ])('with %s as %s is refused with its line and key', (from, to, said) => {
    expect(problems(good.replace(from, to))).toContain(said);
  });

  it.each([
    ['"page": 0', '"page": 3', 'line 8, actors[0].program[0].page: there is no page 3'],
    ['"else": "out"', '"else": "away"', 'line 8, actors[0].program[0].else: there is no label away'],
    ['{ "label": "out" }', '{ "label": "out" }, { "label": "out" }', 'line 10, actors[0].program[3].label: there are two labels out'],
    ['"op": "put", "slot": "a"', '"op": "fork"', 'line 9, actors[0].program[1].op: fork needs "spaces": 2'],
    [
      '"op": "put", "slot": "a"',
      '"op": "dma-wait", "device": "disk"',
      'line 9, actors[0].program[1].device: disk is no actor with a dma instruction',
    ],
  ])('with %s as %s means nothing, and says where', (from, to, said) => {
    const text = good.replace(from, to);
    const scenario = parseScenario(text);
    try {
      compile(scenario, bias);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(ScenarioError);
      expect(withLine(text, error as ScenarioError).message).toBe(said);
    }
  });

  it('knows every operation, and the document has the same schema', () => {
    expect([...operationsInSchema].sort()).toEqual([...operationNames].sort());
    const written: unknown = JSON.parse(readFileSync(new URL('../../docs/scenario.schema.json', import.meta.url), 'utf8'));
    expect(written).toEqual(JSON.parse(JSON.stringify(scenarioSchema)));
  });
});

describe('random walks', () => {
  it('are the same for the same seed, and see only what can happen', () => {
    const system = compile(parseScenario(good), bias);
    const { seconds: _a, ...first } = walk(system, 7, 50);
    const { seconds: _b, ...again } = walk(system, 7, 50);
    expect(first).toEqual(again);
    expect([...first.outcomes]).toEqual([['unevictable', 50]]);
    expect(first.mistaken).toBe(50);
  });

  it('say nothing of a walk that came to no end, but count it', () => {
    const forever = [{ label: 'again' }, { op: 'get', page: 0, slot: 'a' }, { op: 'put', slot: 'a' }, { op: 'goto', else: 'again' }];
    const once = forever.slice(0, 3);
    const walksOf = (program: object[]) => {
      const { cut, outcomes, walks } = walk(compile(driverOf(program), bias), 1, 3);
      return [walks, cut, [...outcomes.keys()]];
    };
    expect(walksOf(forever)).toEqual([3, 3, []]);
    expect(walksOf(once)).toEqual([3, 0, []]);
    expect(walksOf(once.slice(0, 2))).toEqual([3, 0, ['unevictable']]);
  });
});

describe('a jump back', () => {
  const seen = (...program: object[]) => [...explore(compile(driverOf(program), bias)).verdicts.keys()];
  const get = { op: 'get', page: 0, slot: 'a' };
  const put = { op: 'put', slot: 'a' };
  const end = { label: 'end' };

  it('to a release that stands above drops the page again', () => {
    const back = [{ op: 'goto', else: 'first' }, { label: 'again' }, put, { op: 'goto', else: 'end' }, { label: 'first' }];
    expect(seen(get, ...back, put, { op: 'goto', else: 'again' }, end)).toEqual(seen(get, put, put));
    expect(seen(get, put, put)).not.toEqual(seen(get, put));
  });

  it('past a release does not', () => {
    const back = [{ op: 'goto', else: 'first' }, { label: 'again' }, { op: 'goto', else: 'end' }, { label: 'first' }];
    expect(seen(get, ...back, put, { op: 'goto', else: 'again' }, end)).toEqual(seen(get, put));
  });
});

describe('iterators', () => {
  const run = (op: 'iov-get' | 'iov-extract', iterator: 'user' | 'kvec' | 'bvec', release: object) => {
    const kind = iterator === 'user' ? 'anon' : 'kernel';
    const program = [{ op, iterator, page: 0, slot: 'a' }, release] as never;
    return [...explore(compile({ name: op, pages: [{ kind }], actors: [{ name: 'driver', program }] }, bias)).verdicts.keys()];
  };

  it('pin only what is user backed when they extract', () => {
    expect(run('iov-extract', 'user', { op: 'release-extracted', iterator: 'user', slot: 'a' })).toEqual([0]);
    expect(run('iov-extract', 'bvec', { op: 'release-extracted', iterator: 'bvec', slot: 'a' })).toEqual([0]);
    expect(run('iov-extract', 'kvec', { op: 'release-extracted', iterator: 'kvec', slot: 'a' })).toEqual([0]);
    // Nothing was taken, so a put takes away the owner's own reference.
    expect(run('iov-extract', 'bvec', { op: 'put', slot: 'a' })).toEqual([2]);
    expect(run('iov-extract', 'user', { op: 'put', slot: 'a' })).toEqual([1]);
  });

  it('take a plain reference when they get', () => {
    expect(run('iov-get', 'user', { op: 'put', slot: 'a' })).toEqual([0]);
    expect(run('iov-get', 'bvec', { op: 'put', slot: 'a' })).toEqual([0]);
    expect(run('iov-get', 'bvec', { op: 'unpin', slot: 'a' })).toEqual([1]);
  });
});
