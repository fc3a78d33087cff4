/** The stages of the engine for one file, as text. */

import { openFollower } from '../flow/follow.js';
import type { FunctionReference } from '../program/file.js';
import { printGraph } from '../program/print.js';
import { openProgram, type Program } from '../program/program.js';
import { visible } from '../report/visible.js';
import { openTree, TreeError } from '../source/index.js';
import { surveyedFiles } from '../survey/index.js';
import { sitesIn, startOf } from '../survey/sites.js';
import { initSyntax, printFunction } from '../syntax/index.js';
import { Failure } from './failure.js';

/** A file in its tree. */
export interface Opened {
  program: Program;
  file: string;
}

/**
 * Opens a tree for one of its files; `null` if the file is not in it.
 *
 * @throws Failure if the folder is no tree
 */
export async function open(root: string, file: string): Promise<Opened | null> {
  const [tree] = await Promise.all([openTree(root).catch(refuse), initSyntax()]);
  const program = openProgram(tree, surveyedFiles(tree).aliases);
  return program.file(file) ? { program, file } : null;
}

function refuse(error: unknown): never {
  throw error instanceof TreeError ? new Failure(error.message) : error;
}

function functionsOf({ program, file }: Opened, name: string | null): FunctionReference[] {
  return (program.file(file)?.functions ?? []).filter((f) => name === null || f.name === name);
}

/** The C as it was parsed, one variant after the other. */
export function showSyntax(opened: Opened, name: string | null): string {
  return clean(functionsOf(opened, name).flatMap((f) => opened.program.variants(f).map(printFunction)));
}

/** The control-flow graphs of the functions. */
export function showProgram(opened: Opened, name: string | null): string {
  const { program, file } = opened;
  const line = (pos: number): number => program.position(file, pos).line;
  return clean(functionsOf(opened, name).flatMap((f) => program.graphs(f).map((g) => `${f.name}()\n${printGraph(g, line)}`)));
}

/** Each site, then each function that its reference was followed into: by which way, what held it there, and what dropped it. */
export function showFlow({ program, file }: Opened, name: string | null): string {
  const follower = openFollower(program);
  return clean(
    sitesIn(program, file)
      .filter((site) => name === null || site.reference.name === name)
      .map((site) => {
        const { visits, heap } = follower.follow(startOf(program, site));
        const lines = visits.map((v) => {
          const { reference, releases, origins, unknowns } = v.flow;
          const drops = releases.map((e) => `${e.api}@${program.position(reference.file, e.pos).line}${e.partial ? ' (some)' : ''}`);
          return [
            `  ${v.id} ${v.way}${v.parent ? ` from ${v.parent.visit.id}` : ''} ${reference.file}:${reference.name}()${v.heap ? ` by ${v.heap}` : ''}`,
            `      held by ${[...origins.keys()].filter((f) => !f.startsWith('-')).join(' ')}`,
            ...(drops.length > 0 ? [`      dropped by ${drops.join(', ')}`] : []),
            ...(unknowns.length > 0 ? [`      handed to ${unknowns.map((u) => u.name).join(', ')}, not followed`] : []),
          ].join('\n');
        });
        return [
          `${site.acquire.name}() in ${site.reference.name}(), line ${program.position(file, site.call.pos).line}; fields: ${heap.join(' ') || 'none'}`,
          ...lines,
        ].join('\n');
      }),
  );
}

function clean(parts: readonly string[]): string {
  return parts.length === 0 ? '' : `${parts.join('\n\n').split('\n').map(visible).join('\n')}\n`;
}
