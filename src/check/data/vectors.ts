/**
 * Marks that only the pages of a vector get: since 6.0, read() and write() of one buffer come with another kind of iterator (ITER_UBUF).
 */
import type { Visit } from '../../flow/visit.js';
import { callsOf, says } from '../../program/graph.js';
import { rootOf } from '../../program/path.js';
import type { Program } from '../../program/program.js';
import { bufferAcquires, bufferTests, vectorTest } from '../../protocol/index.js';
import type { Subject } from '../../survey/unit.js';
import { releasesIn } from '../evidence.js';
import { dirtiesOf, type Mark } from './access.js';

/** A mark that depends on a test of the iterator's kind, and where that test is. */
export interface Tested {
  mark: Pick<Mark, 'visit'> & { event: Pick<Mark['event'], 'pos' | 'api'> };
  /** In the function that marks, or in another one of its file. */
  test: { visit: Visit; pos: number };
}

/** The marks of a site's pages that depend on a test for a vector, `iter_is_iovec()`. */
export function marksOfVectors(subject: Subject): Tested[] {
  const { program, site, followed } = subject;
  if (site.acquire.iterator === null || !knowsBuffers(subject)) return [];
  const visits = followed.visits.filter((visit) => isAskedOfVectors(program, visit));
  if (visits.length === 0) return [];
  const flags = visits.flatMap((visit) => flagsOf(program, visit));
  const tests = new Map<string, Tested>();
  const add = (mark: Tested['mark'], test: Tested['test'] | undefined): void => {
    if (test) tests.set(`${test.visit.flow.reference.file}:${test.pos}`, { mark, test });
  };
  for (const mark of dirtiesOf(subject)) {
    const guards = mark.event.guards.filter((g) => says(g, false));
    const isOwn = visits.includes(mark.visit) && guards.some((g) => g.call === vectorTest);
    add(mark, isOwn ? { visit: mark.visit, pos: mark.event.pos } : flags.find((f) => guards.some((g) => isOf(f, mark.visit, g.path))));
  }
  for (const mark of releasesIn(subject)) {
    const { visit, event } = mark;
    const given = typeof event.call.dirty === 'number' ? event.call.dirty : null;
    if (given === null) continue;
    const paths = program
      .graphs(visit.flow.reference)
      .flatMap((graph) => callsOf(graph, event.api).map(({ call }) => call.args[given]?.path));
    add(
      mark,
      flags.find((f) => paths.some((path) => isOf(f, visit, path ?? null))),
    );
  }
  return [...tests.values()];
}

const iteratorHeader = 'include/linux/uio.h';

/** True for a site of a kernel that has the other kind. */
function knowsBuffers({ program: { tree }, site }: Subject): boolean {
  return tree.exists(iteratorHeader)
    ? bufferTests.some((name) => tree.mentions(iteratorHeader, name))
    : bufferAcquires.has(site.acquire.name);
}

const others = new RegExp(`\\b(?:${bufferTests.join('|')})\\s*\\(`);

/** True for a function that asks for a vector and for no other kind. */
function isAskedOfVectors(program: Program, { flow: { reference } }: Visit): boolean {
  const text = program.textOf(reference);
  return text.includes(`${vectorTest}(`) && !others.test(text);
}

/** A variable or field that is set to the result of the test. */
interface Flag {
  visit: Visit;
  pos: number;
  path: string;
}

/** The flags that a visited function sets to the result of the test. */
function flagsOf(program: Program, visit: Visit): Flag[] {
  return program
    .graphs(visit.flow.reference)
    .flatMap((graph) =>
      callsOf(graph, vectorTest).flatMap(({ call }) =>
        graph.nodes.flatMap(({ operation: o }) =>
          o?.kind === 'copy' && o.source.path === call.result && !o.target.startsWith('%')
            ? [{ visit, pos: call.pos, path: o.target }]
            : [],
        ),
      ),
    );
}

/**
 * True if what is tested in a function is the flag: the same path in the function that sets it, or its field in another function of the
 * file.
 */
function isOf({ visit, path }: Flag, { flow }: Visit, asked: string | null): boolean {
  if (asked === null || visit.flow.reference.file !== flow.reference.file) return false;
  if (visit.flow.reference.key === flow.reference.key && asked === path) return true;
  const field = path === rootOf(path) ? null : path.slice(path.lastIndexOf('.'));
  return field !== null && asked.endsWith(field);
}
