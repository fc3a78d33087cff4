/** The survey of one file: the unit of work that is done by itself, on any thread, in any order. */
import type { Analysis } from '../flow/flow.js';
import { openFollower } from '../flow/follow.js';
import type { Followed } from '../flow/visit.js';
import type { FunctionReference } from '../program/file.js';
import { openLedger, questionsOf, unkept } from '../program/ledger.js';
import { openProgram, type Program } from '../program/program.js';
import { together } from '../program/questions.js';
import { acquires } from '../protocol/index.js';
import type { Tree } from '../source/index.js';
import { coverageOf } from './coverage.js';
import { type Origins, openOrigins } from './mixed.js';
import type { Coverage, Row } from './row.js';
import { rowOf } from './row-of.js';
import { type Site, sitesIn, startOf, takesNothing } from './sites.js';

/** What the survey found in one file. */
export interface Unit {
  sites: Row[];
  coverage: Coverage;
  /** What an {@link Inspect} found; empty without one. */
  found: unknown[];
}

/** A unit and the questions that it was worked out from. */
export interface AskedUnit {
  unit: Unit;
  questions: readonly string[];
}

/** Units that were worked out, by file. */
export interface Worked {
  units: ReadonlyMap<string, AskedUnit>;
  /**
   * The digest of each text that the units rest on, by file, as it was read while they were worked out; `null` if the text was not the same
   * each time.
   */
  texts: ReadonlyMap<string, string | null>;
  /** The answers, other than digests, that other threads took from those texts. */
  answers: ReadonlyMap<string, string | null>;
}

/** A site with its row and all that was followed, for rooms that need more than the sheet shows. */
export interface Subject {
  program: Program;
  analysis: Analysis;
  site: Site;
  followed: Followed;
  row: Row;
  origins: Origins;
}

/** Examines the followed sites of one file. The result must be plain data: it is sent between threads. */
export type Inspect = (subjects: readonly Subject[]) => unknown[];

/**
 * Opens the survey of single files of a tree. What one file needed of others is remembered for the next, but a unit is the same whatever
 * was surveyed before it.
 * @param keep true if each unit is to come with the questions that it rests on
 */
export function openUnits(
  tree: Tree,
  aliases: readonly FunctionReference[],
  keep: boolean,
  inspect: Inspect = () => [],
): (file: string) => AskedUnit {
  const ledger = keep ? openLedger() : unkept;
  const program = openProgram(tree, aliases, ledger);
  const { value: survey, entry: base } = ledger.entry(() => openSurvey(program, inspect));

  return (file) => {
    const { value: unit, entry } = ledger.entry(() => survey(file));
    return { unit, questions: keep ? together([...questionsOf(base), ...questionsOf(entry)]) : [] };
  };
}

function openSurvey(program: Program, inspect: Inspect): (file: string) => Unit {
  const follower = openFollower(program);
  const origins = openOrigins(program, follower.analysis);

  return (file) => {
    const counted = new Map<string, number>();
    const sites = sitesIn(program, file);
    const subjects: Subject[] = [];
    const rows = sites.map((site) => {
      const stem = `${site.reference.name}:${site.acquire.name}`;
      const number = (counted.get(stem) ?? 0) + 1;
      counted.set(stem, number);
      const internal = isInternal(program, site);
      const isIdle = takesNothing(site) && !site.acquire.alwaysTakes;
      const followed = isIdle || internal ? null : follower.follow(startOf(program, site));
      const row = rowOf(program, site, number, followed, internal, origins);
      if (followed) subjects.push({ program, analysis: follower.analysis, site, followed, row, origins });
      return row;
    });
    return { sites: rows, coverage: coverageOf(program, file, sites), found: inspect(subjects) };
  };
}

/** True for a part of the API's implementation: the function, or another one of its file, is an acquiring call itself. */
function isInternal(program: Program, site: Site): boolean {
  const { name, file, macro } = site.reference;
  // A static function is the file's own; in a header it is the driver's, if elsewhere the name means the kernel's call.
  const { definitions, tabled } = program.meaning(name, file);
  const isOwn = site.reference.static && (file.endsWith('.c') || (definitions.length > 0 && tabled.length > 0));
  if (acquires.has(name) && !macro && !isOwn) return true;
  const functions = program.shell(file)?.functions ?? [];
  return functions.some((f) => acquires.has(f.name) && !f.macro && !f.static);
}
