import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openTree, TreeError } from '../../src/source/index.js';
import { emptyDir, manyFiles, plant, put } from './helpers.js';

describe('questions', () => {
  it('names the files for a call, a field and a struct', async () => {
    const tree = await openTree(
      plant({
        'a.c': 'int f(void) { return pin_user_pages (1) + x->pages; }',
        'b/c.h': 'struct umem {\n int pages;\n};',
        'b/d.c': 'static struct ops o = { .pages = f };',
        'b/e.txt': 'pin_user_pages(1)',
      }),
    );
    expect(tree.files).toEqual(['a.c', 'b/c.h', 'b/d.c']);
    expect(tree.filesCalling('pin_user_pages')).toEqual(['a.c']);
    expect(tree.filesDefining('f')).toEqual(['a.c']);
    expect(tree.filesDefining('none')).toEqual([]);
    expect(tree.filesAccessing('pages')).toEqual(['a.c', 'b/d.c']);
    expect(tree.filesDefiningStruct('umem')).toEqual(['b/c.h']);
    expect(tree.filesCalling('nobody')).toEqual([]);
    expect(tree.warnings).toEqual([]);
  });

  it('says every file for a name that the index cannot tell apart', async () => {
    const tree = await openTree(plant({ 'a.c': 'foo$(1); x->$foo; ab$foo(2);', 'b.c': '' }));
    expect(tree.filesCalling('foo$')).toEqual(['a.c', 'b.c']);
    expect(tree.filesAccessing('$foo')).toEqual(['a.c', 'b.c']);
    expect(tree.filesCalling('ab$foo')).toEqual(['a.c']);
  });

  it('does not depend on the number of jobs', async () => {
    const root = plant({ ...manyFiles(), 'z/null.c': '\0\0f(\0', 'z/empty.h': '' });
    const [one, two, three] = await Promise.all([1, 2, 3].map((jobs) => openTree(root, { jobs })));
    for (const other of [two, three]) {
      expect(other?.files).toEqual(one?.files);
      for (let k = 0; k < 101; k++) expect(other?.filesCalling(`g${k}`)).toEqual(one?.filesCalling(`g${k}`));
      for (let k = 0; k < 13; k++) expect(other?.filesAccessing(`m${k}`)).toEqual(one?.filesAccessing(`m${k}`));
    }
    expect(one?.filesDefiningStruct('s3').length).toBe(Math.ceil((2500 - 3) / 11));
  });

  it('tells how far it is, and stops when told', async () => {
    const root = plant(manyFiles());
    const seen: number[] = [];
    await openTree(root, { jobs: 2, onProgress: (done) => seen.push(done) });
    expect(seen.at(-1)).toBe(2500);
    const stop = new AbortController();
    const running = openTree(root, { jobs: 2, signal: stop.signal, onProgress: () => stop.abort() });
    await expect(running).rejects.toThrow();
    await expect(openTree(root, { signal: AbortSignal.abort() })).rejects.toThrow();
  });
});

describe('the order of files', () => {
  it('is that of their bytes, / being one', async () => {
    const names = ['a.c', 'a/b.c', 'a-b.c', 'a/b/c.c', 'a0.c', 'B.c', 'a/b-c.h', 'ä.c', '\u{1F600}.c', '\uFB00.c'];
    const tree = await openTree(plant(Object.fromEntries(names.map((name) => [name, '']))));
    expect(tree.files).toEqual([...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
  });
});

describe('trees that are not as they should be', () => {
  it('a path that the system does not take: below a file, too long, a circle of links', async () => {
    const root = plant({ 'a.c': '', 'b/c.h': '' });
    symlinkSync('loop.h', join(root, 'loop.h'));
    const tree = await openTree(root);
    for (const path of ['a.c/b.h', `${'x'.repeat(300)}.h`, 'x/'.repeat(5000), 'loop.h']) expect(tree.exists(path)).toBe(false);
    expect(tree.exists('b/c.h')).toBe(true);
    expect(tree.exists('b')).toBe(false);
  });

  it('a root that is missing, a file, or without C', async () => {
    const root = plant({ 'x.txt': '' });
    await expect(openTree(join(root, 'none'))).rejects.toThrow(TreeError);
    await expect(openTree(join(root, 'none'))).rejects.toThrow(/no such directory/);
    await expect(openTree(join(root, 'x.txt'))).rejects.toThrow(/not a directory/);
    await expect(openTree(root)).rejects.toThrow(/no C files/);
    await expect(openTree(emptyDir())).rejects.toThrow(TreeError);
  });

  it('names with blanks, line breaks, quotes and what looks like a path elsewhere', async () => {
    const names = ['a b.c', 'new\nline.c', 'it\'s "x".c', '-rf.c', '$(x).h', 'back\\slash.c', '.hidden.c', '...c/d.c'];
    const tree = await openTree(plant(Object.fromEntries(names.map((name) => [name, 'foo(1)']))));
    expect([...tree.filesCalling('foo')].sort()).toEqual([...names].sort());
    for (const name of names) expect(tree.read(name)).toBe('foo(1)');
  });

  it('names that are not UTF-8: said, and left out', async () => {
    const root = plant({ 'a.c': 'foo(1)', 'ok\uFFFD.c': 'foo(2)' });
    writeFileSync(Buffer.concat([Buffer.from(`${root}/b`), Buffer.from([0xff]), Buffer.from('.c')]), 'foo(1)');
    const tree = await openTree(root);
    expect(tree.filesCalling('foo')).toEqual(['a.c', 'ok\uFFFD.c']);
    expect(tree.warnings.map((warning) => warning.why)).toEqual(['left out: its name is not valid UTF-8']);
  });

  it('links: round in circles, out of the tree, to nothing, and to what has no C name', async () => {
    const outside = plant({ 'o.c': 'foo(1)' });
    const root = plant({ 'd/a.c': 'foo(1)', 'd/real.c_shipped': 'foo(2)' });
    symlinkSync('..', join(root, 'd/up'));
    symlinkSync('d', join(root, 'again'));
    symlinkSync('self', join(root, 'self'));
    symlinkSync(outside, join(root, 'out'));
    symlinkSync(join(outside, 'o.c'), join(root, 'out.c'));
    symlinkSync('nothing', join(root, 'gone.c'));
    symlinkSync('d/a.c', join(root, 'copy.c'));
    symlinkSync('real.c_shipped', join(root, 'd/real.c'));
    const tree = await openTree(root);
    expect(tree.files).toEqual(['d/a.c', 'd/real.c']);
    expect(tree.read('d/real.c')).toBe('foo(2)');
    expect([...tree.warnings].sort((a, b) => (a.file < b.file ? -1 : 1))).toEqual([
      { file: 'gone.c', why: 'a symbolic link to nothing' },
      { file: 'out', why: 'link not followed: it leads out of the tree' },
      { file: 'out.c', why: 'link not followed: it leads out of the tree' },
      { file: 'self', why: 'a symbolic link that leads to itself' },
    ]);
  });

  it('a root that is itself a link, and a .git', async () => {
    const root = plant({ 'a.c': 'foo(1)', '.git/b.c': 'foo(1)' });
    const link = join(emptyDir(), 'link');
    symlinkSync(root, link);
    expect((await openTree(link)).filesCalling('foo')).toEqual(['a.c']);
  });

  it('a pipe, and a directory with a C name', async () => {
    const root = plant({ 'dir.c/a.c': 'foo(1)' });
    execFileSync('mkfifo', [join(root, 'pipe.c')]);
    const tree = await openTree(root);
    expect(tree.files).toEqual(['dir.c/a.c']);
    expect(tree.warnings).toEqual([{ file: 'pipe.c', why: 'left out: not a regular file' }]);
    expect(tree.read('pipe.c')).toBeNull();
    expect(tree.read('dir.c')).toBeNull();
  });

  it('a file that is too large, and one that is just large', async () => {
    const root = plant({ 'a.c': 'foo(1)', 'big.h': `${'x'.repeat(40 << 20)} foo(1)` });
    put(root, 'huge.h', '');
    truncateSync(join(root, 'huge.h'), (64 << 20) + 1);
    for (const cache of [undefined, emptyDir()]) {
      const options = cache === undefined ? {} : { cache };
      for (let run = 0; run < 2; run++) {
        const tree = await openTree(root, options);
        expect(tree.files).toEqual(['a.c', 'big.h', 'huge.h']);
        expect(tree.filesCalling('foo')).toEqual(['a.c', 'big.h']);
        expect(tree.warnings).toEqual([{ file: 'huge.h', why: 'left out: larger than 64 MiB' }]);
      }
    }
  });

  it('files that go away while it runs', async () => {
    const root = plant(manyFiles());
    let once = false;
    const tree = await openTree(root, {
      jobs: 1,
      onProgress: () => {
        if (!once) for (let k = 2400; k < 2500; k++) rmSync(join(root, `d${k % 37}/f${k}.c`), { force: true });
        once = true;
      },
    });
    expect(tree.files.length).toBeLessThanOrEqual(2500);
    expect(tree.warnings.every((warning) => /vanished/.test(warning.why))).toBe(true);
    unlinkSync(join(root, 'd0/f0.c'));
    expect(tree.read('d0/f0.c')).toBeNull();
    expect(tree.warnings.at(-1)?.file).toBe('d0/f0.c');
  });

  it('a path too long for the system', async () => {
    const root = plant({ 'a.c': 'foo(1)' });
    let dir = root;
    // Deeper than any path may be; only the shell's cd can make it.
    const deep = `d=${'x'.repeat(200)}; for i in $(seq 25); do mkdir $d && cd $d; done; echo 'foo(1)' > deep.c`;
    execFileSync('bash', ['-c', deep], { cwd: dir });
    const tree = await openTree(root);
    expect(tree.filesCalling('foo')).toEqual(['a.c']);
    expect(tree.warnings.map((warning) => warning.why)).toEqual(['directory left out: its path is too long for the system']);
    dir = join(root, 'x'.repeat(200));
    execFileSync('rm', ['-rf', dir]);
  });
});

describe('reading', () => {
  it('gives bytes as latin1, and does not leave the tree', async () => {
    const root = plant({ 't/a.c': Buffer.from([0xe9, 0, 0xff, 0x0a]), 't/Kconfig': 'x', 'secret.c': '' });
    const tree = await openTree(join(root, 't'));
    expect(tree.read('a.c')).toBe('\xe9\0\xff\n');
    expect(tree.read('a.c')).toBe('\xe9\0\xff\n');
    for (const path of ['../secret.c', 'x/../../secret.c', '/etc/passwd', '', 'none.c', 'a\0.c']) {
      expect(tree.read(path)).toBeNull();
      expect(tree.exists(path)).toBe(false);
    }
    expect(tree.exists('a.c')).toBe(true);
    expect(tree.exists('Kconfig')).toBe(true);
    mkdirSync(join(root, 't/dir.h'));
    expect(tree.exists('dir.h')).toBe(false);
  });

  it('gives blanks for the mark of UTF-8 at the beginning', async () => {
    const tree = await openTree(plant({ 'a.c': '\ufeffstruct s { int a; };\n\ufefff(1);\n', 'b.h': Buffer.from([0xef, 0xbb]) }));
    expect(tree.read('a.c')).toBe('   struct s { int a; };\n\xef\xbb\xbff(1);\n');
    expect(tree.read('b.h')).toBe('\xef\xbb');
    expect(tree.filesDefiningStruct('s')).toEqual(['a.c']);
  });
});

describe('digests of what was read', () => {
  it('tell texts apart, and are made for a cache alone', async () => {
    const root = plant({ 'a.c': 'int a;', 'b.c': 'int b;', 'c.c': 'int a;', 'gone.c': '' });
    const tree = await openTree(root, { cache: emptyDir() });
    expect(tree.digestOf('a.c')).toBeUndefined();
    rmSync(join(root, 'gone.c'));
    for (const file of tree.files) tree.read(file);
    expect(tree.digestOf('a.c')).toEqual(expect.any(String));
    expect(tree.digestOf('c.c')).toBe(tree.digestOf('a.c'));
    expect(tree.digestOf('b.c')).not.toBe(tree.digestOf('a.c'));
    expect(tree.digestOf('gone.c')).toBeNull();
    const plain = await openTree(root);
    plain.read('a.c');
    expect(plain.digestOf('a.c')).toBeUndefined();
  });

  it('of a file that was read twice with another text each time is none', async () => {
    const large = 60 << 20;
    const root = plant({ 'a.c': 'int a;', 'b.c': 'int b;', 'large1.c': '', 'large2.c': '' });
    for (const file of ['large1.c', 'large2.c']) truncateSync(join(root, file), large);
    const tree = await openTree(root, { cache: emptyDir() });
    const twice = (file: string): (string | null)[] => {
      // So much is read between that a text is no longer at hand.
      const first = tree.read(file);
      put(root, 'a.c', 'int other;');
      tree.read('large1.c');
      tree.read('large2.c');
      return [first, tree.read(file)];
    };
    expect(twice('a.c')).toEqual(['int a;', 'int other;']);
    expect(tree.digestOf('a.c')).toBeNull();
    expect(twice('b.c')).toEqual(['int b;', 'int b;']);
    expect(tree.digestOf('b.c')).toEqual(expect.any(String));
  });
});
