/**
 * Bundles, over what the compiler made of them, the modules from which the program and its threads start: a hundred and more
 * small files, which every thread finds and loads anew, take longer than what is in them. Part of `npm run build`.
 */
import { readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const at = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));
const starting = (/** @type {string} */ name) => ({ in: at(`src/${name}.ts`), out: name });

/** @type {import('esbuild').BuildOptions} */
const common = {
  outdir: at('dist'),
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  logLevel: 'warning',
};

for (const name of readdirSync(at('dist/cli'))) if (name.startsWith('part-')) rmSync(at(`dist/cli/${name}`));

// What the program needs for some commands alone is loaded when they are given.
await build({ ...common, entryPoints: [starting('cli/main')], splitting: true, chunkNames: 'cli/part-[hash]' });
// A thread goes through all of its bundle before it begins: without blanks in half the time. Names stay what they are in an error's stack.
const terse = { ...common, minifyWhitespace: true, lineLimit: 120 };
await build({ ...terse, entryPoints: ['cli/engine', 'survey/lane', 'check/lane', 'source/worker'].map(starting) });
