/** The house's order: data goes one way, so a room imports only from the rooms before it. See docs/architecture.md. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, normalize, posix, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const order = ['protocol', 'source', 'syntax', 'program', 'flow', 'survey', 'check', 'convert', 'model', 'compare', 'report', 'cli'];
/** The model is a room of its own: it stands on nothing. */
const alone = new Set(['model']);
/** The walk of paths is a house of its own; its context and how it is entered stand on the first two floors, below the others. */
const floors = ['memory', 'function', '', 'loops', 'step', 'walk', 'faults'];
const pathsRoom = 'flow/paths/';

const specifiers = [
  /^\s*(?:import|export)\b[^'"]*?\bfrom\s*['"]([^'"]+)['"]/gm,
  /^\s*import\s*['"]([^'"]+)['"]/gm,
  /\bimport\s*\(\s*['"]([^'"]+)['"]/g,
];

/** The modules that a text imports or exports from, as they are written. */
function importsOf(text: string): string[] {
  return specifiers.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => match[1] as string));
}

/** Those of them that are loaded with it: no types, and not what is imported when it is needed. */
function loadedWith(text: string): string[] {
  const named = [...text.matchAll(/^(?:import|export)\s+(?!type\b)([^'"]*?)\bfrom\s*['"]([^'"]+)['"]/gm)];
  const isOfTypes = (names: string): boolean => /^\{(\s*type\s[^,}]+,?)+\s*\}\s*$/.test(names);
  return named.flatMap(([, names, specifier]) => (isOfTypes(names as string) ? [] : [specifier as string]));
}

/** The module of `src/` that a specifier in a file of it means; `null` if it means none. */
function targetOf(file: string, specifier: string): string | null {
  return specifier.startsWith('.') ? posix.normalize(posix.join(posix.dirname(file), specifier)) : null;
}

/** A way from a module by its imports back to itself; `null` if there is none in any. */
function circleIn(imports: ReadonlyMap<string, readonly string[]>): string[] | null {
  const done = new Set<string>();
  const from = (module: string, way: readonly string[]): string[] | null => {
    if (way.includes(module)) return [...way.slice(way.indexOf(module)), module];
    if (done.has(module)) return null;
    for (const next of imports.get(module) ?? []) {
      const circle = from(next, [...way, module]);
      if (circle) return circle;
    }
    done.add(module);
    return null;
  };
  for (const module of imports.keys()) {
    const circle = from(module, []);
    if (circle) return circle;
  }
  return null;
}

/** The room of a path below `src/`; `null` for the entry point, which is in none. */
function roomOf(path: string): string | null {
  const slash = path.indexOf('/');
  return slash < 0 ? null : path.slice(0, slash);
}

/** The floor of a module of the walk, counted from below; `null` for a module that is not of it. */
function floorOf(path: string): number | null {
  return path.startsWith(pathsRoom) ? floors.indexOf(roomOf(path.slice(pathsRoom.length)) ?? '') : null;
}

/** What is wrong with an import of `specifier` by `file`; `null` if nothing is. */
function complaint(file: string, specifier: string): string | null {
  const target = targetOf(file, specifier);
  if (target === null) return null;
  const from = roomOf(file);
  const to = roomOf(target);
  const [floor, below] = [floorOf(file), floorOf(target)];
  if (floor !== null && below !== null && (below < 0 || below > floor)) return `${file} stands below ${target}, and cannot import it`;
  if (target.startsWith('..')) return `${file} reaches outside src/: ${specifier}`;
  if (from === null || from === to) return null;
  if (to === null) return `${file} imports the entry point: ${specifier}`;
  if (alone.has(from)) return `${file}: ${from}/ imports no other room, but ${specifier}`;
  return order.indexOf(to) < order.indexOf(from) ? null : `${file}: ${from}/ stands before ${to}/ and cannot import ${specifier}`;
}

const src = fileURLToPath(new URL('../src/', import.meta.url));
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map((file) => normalize(file).split(sep).join('/'))
  .filter((file) => file.endsWith('.ts'));

describe('the rooms', () => {
  it('are those of the design', () => {
    expect(files.length).toBeGreaterThan(20);
    expect([...new Set(files.map(roomOf))].filter((room) => room !== null && !order.includes(room))).toEqual([]);
  });

  it('import only from the rooms before them', () => {
    const found = files.flatMap((file) => importsOf(readFileSync(join(src, file), 'utf8')).map((specifier) => complaint(file, specifier)));
    expect(found.length).toBeGreaterThan(files.length);
    expect(found.filter((line) => line !== null)).toEqual([]);
  });
});

describe('the modules', () => {
  it('import each other in no circle, not for a type either', () => {
    const targets = (file: string): string[] =>
      importsOf(readFileSync(join(src, file), 'utf8')).flatMap((specifier) => targetOf(file, specifier)?.replace(/\.js$/, '.ts') ?? []);
    expect(circleIn(new Map(files.map((file) => [file, targets(file)])))).toBeNull();
  });
});

describe('the program', () => {
  it('begins without the analysis, which a thread of its own loads', () => {
    const seen = new Set<string>();
    const pending = ['cli/main.ts'];
    for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
      if (seen.has(file)) continue;
      seen.add(file);
      for (const specifier of loadedWith(readFileSync(join(src, file), 'utf8'))) {
        const target = targetOf(file, specifier);
        if (target !== null) pending.push(target.replace(/\.js$/, '.ts'));
      }
    }
    expect(seen).toContain('cli/run-survey.ts');
    expect([...seen].filter((file) => /^(?:syntax|program|flow|survey)\//.test(file))).toEqual([]);
  });
});

describe('the check of the rooms', () => {
  it('finds a circle wherever it is entered', () => {
    const imports = { top: ['a', 'leaf'], a: ['leaf', 'b'], b: ['c'], c: ['a'], leaf: [] };
    expect(circleIn(new Map(Object.entries(imports)))).toEqual(['a', 'b', 'c', 'a']);
    expect(circleIn(new Map(Object.entries({ ...imports, c: ['leaf'] })))).toBeNull();
  });

  it('sees every form of import', () => {
    const text = `import a from './a.js';
import {
  b,
  type C,
} from "../b/index.js";
import './c.js';
export * from './d.js';
export type { E } from './e.js';
const f = await import('../f.js');`;
    expect(importsOf(text).sort()).toEqual(['../b/index.js', '../f.js', './a.js', './c.js', './d.js', './e.js']);
    expect(loadedWith(text)).toEqual(['./a.js', '../b/index.js', './d.js']);
    expect(loadedWith("import { type A, type B } from './a.js';\nimport type { C } from './c.js';")).toEqual([]);
  });

  it('tells the ways of the house', () => {
    expect(complaint('flow/follow.ts', '../program/path.js')).toBeNull();
    expect(complaint('flow/follow.ts', './facts.js')).toBeNull();
    expect(complaint('flow/paths/step/call.ts', '../memory/state.js')).toBeNull();
    expect(complaint('flow/paths/step/call.ts', './enter.js')).toBeNull();
    expect(complaint('index.ts', './cli/main.js')).toBeNull();
    expect(complaint('report/text.ts', 'picocolors')).toBeNull();
    expect(complaint('program/path.ts', '../flow/facts.js')).toContain('program/ stands before flow/');
    expect(complaint('flow/paths/step/call.ts', '../walk/walk.js')).toContain('stands below flow/paths/walk/walk.js');
    expect(complaint('flow/paths/context.ts', './cellar/state.js')).toContain('cannot import');
    expect(complaint('model/explore.ts', '../protocol/index.js')).toContain('imports no other room');
    expect(complaint('cli/main.ts', '../index.js')).toContain('entry point');
    expect(complaint('cli/main.ts', '../../test/x.js')).toContain('outside');
  });
});
