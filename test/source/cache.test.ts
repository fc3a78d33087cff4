import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { lookAhead, openShared, openStore, openTree, type Tree } from '../../src/source/index.js';
import { emptyDir, manyFiles, plant, put } from './helpers.js';

/** Longer than a change counts as too fresh to be relied on. */
const SETTLE = 120;

function onlyFile(cache: string): string {
  const names = readdirSync(cache);
  expect(names).toHaveLength(1);
  return join(cache, names[0] as string);
}

function everything(tree: Tree): unknown {
  const calls = Array.from({ length: 101 }, (_, k) => tree.filesCalling(`g${k}`));
  return [tree.files, calls, tree.filesCalling('foo'), tree.filesAccessing('m3'), tree.filesDefiningStruct('s5')];
}

describe('the cache of a tree', () => {
  it('gives the same, and is not written again for nothing', async () => {
    const root = plant(manyFiles());
    await sleep(SETTLE);
    const cache = join(emptyDir(), 'made', 'when needed');
    const plain = everything(await openTree(root));
    for (const jobs of [1, 2]) {
      expect(everything(await openTree(root, { cache, jobs }))).toEqual(plain);
      const file = onlyFile(cache);
      const { ino, mtimeMs } = statSync(file);
      expect(everything(await openTree(root, { cache, jobs }))).toEqual(plain);
      expect(statSync(file)).toMatchObject({ ino, mtimeMs });
    }
  });

  it('sees what is changed, new, gone, moved, or changed with its old time and size', async () => {
    const root = plant({ 'a.c': 'aaa(1)', 'b.c': 'bbb(1)', 'c.c': 'ccc(1)', 'd.c': 'ddd(1)' });
    await sleep(SETTLE);
    const cache = emptyDir();
    await openTree(root, { cache });
    const { atime, mtime } = statSync(join(root, 'd.c'));
    put(root, 'a.c', 'foo(1)');
    put(root, 'aa/new.c', 'foo(2)');
    put(root, 'd.c', 'foo(3)');
    utimesSync(join(root, 'd.c'), atime, mtime);
    for (let run = 0; run < 4; run++) {
      const looked = lookAhead(root, cache);
      const tree = await openTree(root, run % 2 === 0 ? { cache, looked } : { cache });
      expect(tree.filesCalling('foo')).toEqual(['a.c', 'aa/new.c', 'd.c']);
      expect(tree.filesCalling('bbb')).toEqual(['b.c']);
      expect(tree.filesCalling('ddd')).toEqual([]);
      await sleep(SETTLE);
    }
  });

  it('has nothing to be looked at before there is one, or a tree', async () => {
    const root = plant({ 'a.c': 'foo(1)' });
    const cache = emptyDir();
    expect(await lookAhead(root, cache)).toBeNull();
    expect(await lookAhead(join(root, 'none'), cache)).toBeNull();
    const tree = await openTree(root, { cache, looked: lookAhead(root, cache) });
    expect(tree.filesCalling('foo')).toEqual(['a.c']);
    expect(await lookAhead(root, cache)).not.toBeNull();
  });

  it('reads few changed files again, and is written anew when they are many', async () => {
    const given = Object.fromEntries(Array.from({ length: 150 }, (_, k) => [`f${k}.c`, `g${k % 101}(1);\nstruct s5 {\n`]));
    const root = plant(given);
    const cache = emptyDir();
    await sleep(SETTLE);
    await openTree(root, { cache });
    // Of 150 files the first few: as many as are read again, then one more, which is the new state to start from.
    for (const [count, isWritten] of [
      [1, false],
      [100, false],
      [40, false],
      [101, true],
      [3, false],
    ] as const) {
      const before = readFileSync(onlyFile(cache));
      for (let k = 0; k < count; k++) put(root, `f${k}.c`, `x->m3;\nfoo(1);\ng${(k + count) % 101}(1);\n`);
      await sleep(SETTLE);
      const plain = everything(await openTree(root));
      for (let run = 0; run < 2; run++) {
        const tree = await openTree(root, { cache });
        expect(everything(tree)).toEqual(plain);
        expect(everything(openShared(tree.share()))).toEqual(plain);
      }
      expect(readFileSync(onlyFile(cache)).equals(before)).toBe(!isWritten);
    }
  });

  it('does not trust a file that was written just now', async () => {
    const root = plant({ 'a.c': 'aaa(1)' });
    const cache = emptyDir();
    for (let k = 0; k < 20; k++) {
      put(root, 'a.c', `f${k % 10}(1)`);
      expect((await openTree(root, { cache })).filesCalling(`f${k % 10}`)).toEqual(['a.c']);
    }
  });

  it('is made anew when broken in any place', async () => {
    const root = plant({ 'a.c': 'foo(1)', 'b.c': 'x->m3' });
    await sleep(SETTLE);
    const cache = emptyDir();
    const plain = everything(await openTree(root, { cache }));
    const file = onlyFile(cache);
    const good = readFileSync(file);
    // Every byte of the ends, where what is told of the file stands, and of the long tables between some.
    const places = [...good.keys()].filter((at) => at < 256 || at >= good.length - 256 || at % 29 === 0);
    const broken = [
      Buffer.alloc(0),
      Buffer.from('no'),
      good.subarray(0, good.length - 1),
      Buffer.concat([good, good]),
      Buffer.alloc(good.length),
      ...places.map((at) => {
        const bad = Buffer.from(good);
        bad[at] = (bad[at] as number) ^ 0x41;
        return bad;
      }),
    ];
    for (const bad of broken) {
      writeFileSync(file, bad);
      expect(everything(await openTree(root, { cache }))).toEqual(plain);
      expect(readFileSync(file).equals(good)).toBe(true);
    }
  });

  it('keeps trees apart, and goes by the content, not by where it lay', async () => {
    const one = plant({ 'a.c': 'foo(1)' });
    const two = emptyDir();
    cpSync(one, two, { recursive: true, preserveTimestamps: true });
    put(two, 'a.c', 'bar(1)');
    await sleep(SETTLE);
    const cache = emptyDir();
    for (let run = 0; run < 2; run++) {
      expect((await openTree(one, { cache })).filesCalling('foo')).toEqual(['a.c']);
      expect((await openTree(two, { cache })).filesCalling('foo')).toEqual([]);
    }
    expect(readdirSync(cache)).toHaveLength(2);
  });

  it('may be shared by runs at the same time', async () => {
    const root = plant(manyFiles(1500));
    await sleep(SETTLE);
    const cache = emptyDir();
    const runs = await Promise.all(Array.from({ length: 6 }, () => openTree(root, { cache, jobs: 1 })));
    const plain = everything(await openTree(root));
    for (const run of runs) expect(everything(run)).toEqual(plain);
    onlyFile(cache);
    expect(everything(await openTree(root, { cache }))).toEqual(plain);
  });

  it('is done without where it cannot be written', async () => {
    const root = plant({ 'a.c': 'foo(1)' });
    const blocked = join(plant({ file: '' }), 'file', 'below');
    expect((await openTree(root, { cache: blocked })).filesCalling('foo')).toEqual(['a.c']);
  });
});

describe('the store', () => {
  it('gives back what was put, under any key', () => {
    const dir = join(emptyDir(), 'new');
    const store = openStore(dir, '1');
    for (const key of ['', 'a', '../../b', 'c\0d', 'é'.repeat(500)]) {
      expect(store.get(key)).toBeNull();
      store.put(key, Buffer.from(`value of ${key}`));
      store.put(key, Buffer.from(`new value of ${key}`));
      expect(openStore(dir, '1').get(key)?.toString()).toBe(`new value of ${key}`);
    }
    store.put('empty', Buffer.alloc(0));
    expect(store.get('empty')?.length).toBe(0);
  });

  it('takes what is broken, or belongs to another key, for nothing', () => {
    const dir = emptyDir();
    const store = openStore(dir, '1');
    store.put('a', Buffer.from('value'));
    const home = onlyFile(dir);
    const file = onlyFile(home);
    const good = readFileSync(file);
    for (const at of good.keys()) {
      const bad = Buffer.from(good);
      bad[at] = (bad[at] as number) ^ 1;
      writeFileSync(file, bad);
      expect(store.get('a')).toBeNull();
      writeFileSync(file, good.subarray(0, at));
      expect(store.get('a')).toBeNull();
    }
    store.put('b', Buffer.from('other'));
    const other = readdirSync(home).find((name) => !file.endsWith(name)) as string;
    writeFileSync(file, readFileSync(join(home, other)));
    expect(store.get('a')).toBeNull();
  });

  it('deletes what other versions left, and nothing else', () => {
    const dir = emptyDir();
    openStore(dir, '1').put('a', Buffer.from('old'));
    writeFileSync(join(dir, 'tree-x.bin'), '');
    mkdirSync(join(dir, 'mine'));
    const store = openStore(dir, '2');
    expect(store.get('a')).toBeNull();
    expect(existsSync(join(dir, 'tree-x.bin'))).toBe(true);
    expect(readdirSync(dir)).toHaveLength(3);
    expect(openStore(dir, '1').get('a')).toBeNull();
  });
});
