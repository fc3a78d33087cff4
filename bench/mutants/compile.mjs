/** Compiles mutants in a prepared copy of a kernel tree, to show that they are programs. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mutated } from './make.mjs';

/** @typedef {import('./make.mjs').Mutant} Mutant */

/**
 * Compiles each mutant whose file compiles unmodified, and says how many do; false if one does not. The copy is as before
 * afterwards.
 * @param {string} copy
 * @param {readonly Mutant[]} mutants
 * @param {{ read(file: string): string | null }} tree
 */
export function compileAll(copy, mutants, tree) {
  /** @type {Map<string, boolean>} */
  const plain = new Map();
  const failed = [];
  let compiled = 0;
  let other = 0;
  for (const mutant of mutants) {
    const { file } = mutant;
    const path = join(copy, file);
    if (!file.endsWith('.c') || !existsSync(path)) {
      other++;
      continue;
    }
    const able = plain.get(file) ?? compile(copy, file) === null;
    plain.set(file, able);
    if (!able) {
      other++;
      continue;
    }
    const before = readFileSync(path, 'latin1');
    try {
      rmSync(path);
      writeFileSync(path, mutated(tree.read(file) ?? '', mutant), 'latin1');
      const why = compile(copy, file);
      if (why === null) compiled++;
      else failed.push(`${mutant.id}: ${mutant.about}\n${why}`);
    } finally {
      rmSync(path);
      writeFileSync(path, before, 'latin1');
    }
  }
  for (const why of failed) console.log(`does not compile: ${why}`);
  console.log(`${compiled} of ${compiled + failed.length} compile; ${other} in files that this configuration does not build`);
  return failed.length === 0;
}

/**
 * Compiles one file; what the compiler said if it failed.
 * @param {string} copy
 * @param {string} file
 */
function compile(copy, file) {
  const object = file.replace(/\.c$/, '.o');
  const { status, stderr } = spawnSync('make', ['-s', object], { cwd: copy, encoding: 'utf8', maxBuffer: 1 << 26 });
  if (status === 0 && existsSync(join(copy, object))) return null;
  const errors = stderr.split('\n').filter((line) => /error|No rule/i.test(line));
  return (errors.length > 0 ? errors : stderr.split('\n')).slice(0, 5).join('\n');
}
