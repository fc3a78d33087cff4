/** What a function's graph holds. */
import { beforeAll, expect, it } from 'vitest';
import type { Graph } from '../../src/program/graph.js';
import { lower } from '../../src/program/lower/lower.js';
import { initSyntax, outline, parseFunction } from '../../src/syntax/index.js';

beforeAll(initSyntax);

/** The graph of a text's first function, in which no name is known. */
function graphOf(text: string): Graph {
  const item = outline(text).items.find((i) => i.kind === 'function');
  const variant = item && parseFunction(text, item)[0];
  if (!variant) throw new Error('no function found');
  return lower(variant, {
    isTransparent: (name) => name === 'likely' || name === 'unlikely',
    isCast: () => false,
    isTaking: () => false,
    isReturning: () => false,
    isStoring: () => false,
    isGlobal: () => false,
    isFunction: () => false,
    isScopeEnd: () => false,
    waits: () => null,
    written: () => null,
  });
}

const body = (statements: string): Graph => graphOf(`void f(struct foo *x, struct page *p, int n)\n{\n${statements}\n}\n`);

/** What the calls of a function's body are given, and what is stored, in the order of the nodes. */
const operations = (statements: string): string[] =>
  body(statements).nodes.flatMap(({ operation: o }) =>
    o?.kind === 'call'
      ? [`${o.name}(${o.args.map((a) => a.path ?? a.text).join()})`]
      : o?.kind === 'copy'
        ? [`${o.target} = ${o.source.path}`]
        : [],
  );

it('evaluates once what a compound literal holds that is stored', () => {
  expect(operations('*x = (struct foo){ .page = get(p) };')).toEqual(['get(p)', 'x.page = %0']);
  expect(operations('*find(n) = (struct foo){ .page = get(p) };')).toEqual(['find(n)', 'get(p)', '%0.page = %1']);
  expect(operations('struct foo y = { .page = get(p) };')).toEqual(['get(p)', 'y.page = %0']);
  expect(operations('use((struct foo){ .page = get(p) });')).toEqual(['get(p)', '%0.page = %1', 'use(%0)']);
});

it('cleans up on a way out of a scope, and not where the scope goes on', () => {
  const drops = (jump: string): number =>
    operations(`again:
	if (n) {
		struct page *q __free(drop) = get(n);
inner:
		if (odd(q))
			${jump};
	}
out:
	return;`).filter((o) => o === 'drop(q)').length;
  expect(drops('use(q)')).toBe(1);
  for (const jump of ['goto again', 'goto out', 'return']) expect(drops(jump)).toBe(2);
  expect(drops('goto inner')).toBe(1);
  expect(operations('for (struct page *q __free(drop) = get(n); n; n--) use(q);\nother(p);')).toEqual([
    'get(n)',
    'q = %0',
    'use(q)',
    'drop(q)',
    'other(p)',
  ]);
});

it('takes the statements in an expression for a block', () => {
  expect(operations('use(({ struct page *q __free(drop) = get(n); look(q); peek(q); }));\nother(p);')).toEqual([
    'get(n)',
    'q = %0',
    'look(q)',
    'peek(q)',
    'drop(q)',
    'use(%2)',
    'other(p)',
  ]);
  // What does not end with an expression has no value.
  expect(operations('use(({ get(n); if (n) look(p); }));')).toEqual(['get(n)', 'look(p)', 'use()']);
  const [behind] = body('use(({ if (!p) return; look(p); }));\nother(n);').nodes.flatMap(({ operation: o, guards }) =>
    o?.kind === 'call' && o.name === 'look' ? [guards] : [],
  );
  expect(behind).toMatchObject([{ path: 'p', negated: false }]);
});

/** What is known where a call stands, each as `path`, `!path`, `path=values` or `path!=values`; `?` for an unknown test. */
const knownAt = (statements: string, call: string): string[] =>
  body(statements).nodes.flatMap(({ operation: o, guards }) =>
    o?.kind !== 'call' || o.name !== call
      ? []
      : guards.map(({ path, negated, values }) =>
          path === null ? '?' : values.length > 0 ? `${path}${negated ? '!' : ''}=${values.join('|')}` : `${negated ? '!' : ''}${path}`,
        ),
  );

it('knows what holds behind likely() and unlikely()', () => {
  expect(knownAt('if (p && n) use(p);', 'use')).toEqual(['p', 'n']);
  expect(knownAt('if (likely(p && n)) use(p);', 'use')).toEqual(['p', 'n']);
  expect(knownAt('if (unlikely(!p || !n)) return;\nuse(p);', 'use')).toEqual(['p', 'n']);
  expect(knownAt('if (!unlikely(!p)) use(p);', 'use')).toEqual(['p']);
});

it('knows of a case what falls into it', () => {
  const inSwitch = (cases: string): string[] => knownAt(`switch (n) {\n${cases}\n}`, 'use');
  expect(inSwitch('case 1: case 2: use(p);')).toEqual(['n=1|2']);
  expect(inSwitch('case 1: look(p); break; default: use(p);')).toEqual(['n!=1']);
  expect(inSwitch('case 1: look(p); break; default: case 2: use(p);')).toEqual(['?']);
  expect(inSwitch('case 1: default: use(p);')).toEqual(['?']);
  expect(inSwitch('default: use(p); break; case 1: look(p);')).toEqual(['?']);
  expect(inSwitch('case 1: default: case 2: use(p);')).toEqual(['?']);
});

/** How many guards, and values of guards, a graph holds. */
const told = ({ nodes }: Graph): number => {
  const lists = [...new Set(nodes.map((n) => n.guards))];
  return lists.reduce((sum, list) => sum + list.length, 0) + [...new Set(lists.flat())].reduce((sum, g) => sum + g.values.length, 0);
};

it('does not keep all that many cases and early exits tell', () => {
  const many = (text: (k: number) => string): string => Array.from({ length: 3000 }, (_, k) => text(k)).join('\n');
  const exits = body(many((k) => `if (x->a${k}) return;`));
  expect(exits.nodes.length).toBeGreaterThan(6000);
  expect(told(exits)).toBeLessThan(300_000);
  const cases = body(`switch (n) {\n${many((k) => `case ${k}:`)}\nuse(p); }`);
  expect(cases.nodes.length).toBeGreaterThan(3000);
  expect(told(cases)).toBeLessThan(10_000);
});

it('looks once through many statements with labels', () => {
  const many = Array.from({ length: 20_000 }, (_, k) => `l${k}: if (x->a${k}) goto l${k};\n`).join('');
  const loops = new Set(body(`${many}again: n++; if (n < 9) { use(&p[n]); goto again; }`).nodes.flatMap((node) => node.loops));
  expect([...loops].map((l) => [l.name, l.variables])).toEqual([['goto', ['n']]]);
  expect(operations(`again: { ${'use(p);'.repeat(40_000)} } if (n) goto again;`)).toHaveLength(40_000);
});
