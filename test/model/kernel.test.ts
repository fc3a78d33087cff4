/** Every step stands for functions that are in the kernel: looked up in a tree of 6.12, if there is one. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { compile, designs, type Instruction, misuses, type Scenario, systemsOf } from '../../src/model/index.js';
import { operationNames } from '../../src/model/operations/index.js';

const tree = process.env['PUTRIGHT_TREE'] ?? '';
const why = existsSync(join(tree, 'mm/gup.c')) ? null : 'PUTRIGHT_TREE names no kernel tree';

/** Names of other kernels than 6.12, with the kernel that has them. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  put_user_page: '5.2 to 5.5',
  put_user_pages_dirty: '5.2 to 5.3',
  put_user_pages_dirty_lock: '5.2 to 5.6',
  append_pipe: '5.19 to 6.4',
  push_anon: '5.19 to 6.4',
  pipe_get_pages: 'to 6.4',
};

/** What the matrix does not use. */
const rest: readonly Instruction[] = [
  { op: 'iov-get', iterator: 'pipe', page: 0, slot: 's' },
  { op: 'pipe-unlock' },
  ...(['user', 'kvec', 'bvec'] as const).map((iterator) => ({ op: 'iov-get', iterator, page: 0, slot: 't' }) as const),
  ...(['user', 'kvec', 'bvec', 'pipe'] as const).map((iterator) => ({ op: 'iov-extract', iterator, page: 0, slot: 'u' }) as const),
  { op: 'release-extracted', iterator: 'kvec', slot: 'u' },
  { op: 'pin', page: 1, slot: 'l', longterm: true },
  { op: 'unpin-many', slots: ['l'], dirty: 'dirty' },
  { op: 'munmap', page: 1 },
  { op: 'migrate', page: 1 },
];
const scenario: Scenario = {
  name: 'rest',
  pages: [{ kind: 'kernel' }, { kind: 'file' }],
  actors: [
    { name: 'a', program: rest },
    { name: 'b', program: [{ op: 'pipe-read', pipe: 'a' }] },
  ],
};

const steps = designs.flatMap((design) =>
  [...misuses.flatMap((misuse) => systemsOf(design, misuse)), compile(scenario, design)].flatMap((system) => system.programs.flat()),
);

it('says of every operation what it stands for', () => {
  const silent = new Set(['goto', 'omit']);
  expect(new Set(steps.map(({ operation }) => operation.op)).size).toBe(operationNames.length);
  for (const { operation, step } of steps) expect(step.stands !== '' || silent.has(operation.op), operation.op).toBe(true);
});

it.skipIf(why !== null)(`stands for functions of Linux 6.12${why ? ` (skipped: ${why})` : ''}`, { timeout: 60_000 }, () => {
  const folder = (name: string) => readdirSync(join(tree, name)).flatMap((file) => (/\.[ch]$/.test(file) ? [join(name, file)] : []));
  const files = [
    ...folder('mm'),
    ...folder('include/linux'),
    'lib/iov_iter.c',
    'fs/pipe.c',
    'fs/splice.c',
    'arch/x86/include/asm/pgtable.h',
  ];
  const source = files.map((file) => readFileSync(join(tree, file), 'utf8')).join('\n');
  const names = new Set(steps.flatMap(({ step }) => [...step.stands.matchAll(/(\w+)\(\)/g)].map(([, name]) => name!)));
  expect(names.size).toBeGreaterThan(50);
  const flag = (name: string): boolean => {
    // folio_test_dirty(), PageDirty(): made by PAGEFLAG(Dirty, dirty, ...).
    const [, which] = /^(?:folio_test_|Page)(\w+)$/.exec(name) ?? [];
    return which !== undefined && new RegExp(`\\bPAGEFLAG\\(${which}, |\\bPAGEFLAG\\(\\w+, ${which}, `, 'i').test(source);
  };
  const missing = [...names].filter((name) => !(name in ELSEWHERE) && !flag(name) && !new RegExp(`\\b${name}\\(`).test(source));
  expect(missing).toEqual([]);
});
