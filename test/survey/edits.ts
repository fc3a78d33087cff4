import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'vitest';
import { withTree } from './helper.js';

/** A file of a tree and its new text. */
export type Edit = readonly [file: string, text: string];

/** What was written a moment ago may change again unseen, and is not relied on. */
const settle = () => setTimeout(80);

/** Expects of each edit in turn that a run with a cache then gives what one without gives; `see` looks at that. */
export async function expectSameWithCache<T>(
  files: Readonly<Record<string, string>>,
  edits: readonly Edit[],
  run: (tree: string, options: { jobs: number; cache?: string }) => Promise<T>,
  see: (plain: T) => void = () => {},
): Promise<void> {
  await withTree(files, async (tree) => {
    const cache = mkdtempSync(join(tmpdir(), 'putright-kept-'));
    try {
      await settle();
      await run(tree, { jobs: 1, cache });
      for (const [file, text] of edits) {
        writeFileSync(join(tree, file), text);
        await settle();
        const plain = await run(tree, { jobs: 1 });
        see(plain);
        expect(await run(tree, { jobs: 1, cache })).toEqual(plain);
      }
    } finally {
      rmSync(cache, { recursive: true, force: true });
    }
  });
}
