// Compiles fast.as into fast-wasm.ts. Run it by hand after a change of fast.as; the compiler is fetched for the occasion
// (it is no dependency), and the result is checked in. test/source/scan.test.ts fails while the two do not match.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const source = new URL('fast.as', import.meta.url);
const dir = mkdtempSync(join(tmpdir(), 'putright-fast-'));
try {
  // Under another name, as tsc would take a .ts for its own.
  copyFileSync(source, join(dir, 'fast.ts'));
  const flags = '-O3 --noAssert --runtime stub --enable simd --initialMemory 64 --memoryBase 4096'.split(' ');
  const compiler = ['--yes', '--package=assemblyscript@0.28.20', 'asc'];
  execFileSync('npx', [...compiler, 'fast.ts', ...flags, '-o', 'fast.wasm'], { cwd: dir, stdio: 'inherit' });
  const digest = createHash('sha1').update(readFileSync(source)).digest('hex');
  const lines = readFileSync(join(dir, 'fast.wasm'))
    .toString('base64')
    .match(/.{1,110}/g);
  writeFileSync(
    new URL('fast-wasm.ts', import.meta.url),
    `/** The SHA-1 of the fast.as that this was compiled from, by make-fast.mjs. */
export const FAST_SOURCE = '${digest}';

/** fast.as, compiled. */
export const FAST_WASM = [
${lines.map((line) => `  '${line}',`).join('\n')}
].join('');
`,
  );
} finally {
  rmSync(dir, { recursive: true });
}
