/** What a macro is where it is called: one call of the tables, statements that are expanded there, or its own argument. */
import { acquires, errorTests, frameTestName, noFrameName, releases } from '../protocol/index.js';
import { excludes } from '../syntax/assumptions.js';
import type { FunctionVariant } from '../syntax/ast.js';
import { parseMacro } from '../syntax/index.js';
import type { FunctionReference } from './file.js';
import type { CallOperation } from './graph.js';
import { handsThrough } from './handing.js';
import type { WrittenKind } from './lower/builder.js';
import { asAliased, type MacroAliases, openMacroAliases } from './macro-aliases.js';
import { type MacroArms, openArms } from './macro-arms.js';
import {
  answerOf,
  callsParameter,
  isJumping,
  isLooping,
  isStatements,
  isTest,
  isWorking,
  mayBeMember,
  mayJump,
  mayLoop,
  mayTest,
  memberOf,
  reachesInto,
  statementsOf,
} from './macro-bodies.js';
import { calledIn, type MacroSources } from './macro-sources.js';
import { macrosOf } from './macros.js';
import { isTabled } from './shims.js';

/** Looks up what macros mean in the files that call them. */
export interface MacroCalls extends MacroArms {
  /**
   * Returns a call of a macro that stands for one call of the tables as that call, in the `#if` arms that `assumed` allows; any other call
   * as it is.
   */
  expand(call: CallOperation, from: string, assumed: readonly string[]): CallOperation;
  /** True if a macro's body is one call of a name in the tables. */
  isAlias(macro: FunctionReference): boolean;
  /** Returns the macro of this kind that a name means, in the arms that `assumed` allows; `null` if it means none. */
  writtenMacro(kind: WrittenKind, name: string, from: string, assumed: readonly string[]): FunctionVariant | null;
  /** True for a macro of a driver that hands its argument through, in every arm that defines it. */
  isHanding(name: string, from: string): boolean;
}

/** Opens the lookup of what macros mean. */
export function openMacroCalls(sources: MacroSources): MacroCalls {
  const aliases = openMacroAliases(sources);
  const written = openWritten(sources, {
    jump: (macro) => jumpingVariant(sources, aliases, macro),
    test: (macro) => testVariant(sources, aliases, macro),
    loop: (macro) => loopVariant(sources, aliases, macro),
    member: (macro) => memberVariant(sources, macro),
    value: (macro) => workingVariant(sources, aliases, macro),
    drop: (macro) => droppingVariant(sources, aliases, macro),
  });
  return {
    expand(call, from, assumed) {
      const alias = call.name === null || call.iterates ? null : aliases.aliasFor(call.name, from, sources.isDriver ? assumed : []);
      return alias ? asAliased(call, alias) : call;
    },
    isAlias: (macro) => aliases.aliasOf(macro) !== null,
    writtenMacro: (kind, name, from, assumed) =>
      written(kind, name, from, assumed) ?? (kind === 'test' ? questionFor(sources, name, from) : null),
    isHanding: openHanding(sources),
    ...openArms(sources, aliases),
  };
}

/**
 * Makes the lookup of macros that are expanded at their place of use: those of the file or, in a driver's tree, also those of its headers.
 */
function openWritten(
  { worked, isDriver, shell, macros }: MacroSources,
  variantOf: Readonly<Record<WrittenKind, (macro: FunctionReference) => FunctionVariant | null>>,
): MacroCalls['writtenMacro'] {
  return (kind, name, from, assumed) => {
    const own = isDriver ? undefined : macrosOf(shell(from), name);
    // Most names mean no macro: this is the quick way out.
    if (!isDriver && !own) return null;
    const arm = isDriver ? assumed : [];
    const find = (): FunctionVariant | null => {
      for (const macro of own ?? macros(name, from)) {
        const variant = excludes(arm, macro.item.conditions) ? null : variantOf[kind](macro);
        if (variant) return variant;
      }
      return null;
    };
    return worked(`${kind}\0${name}\0${from}\0${arm.join('\0')}`, find, () => null);
  };
}

/** The loop that a macro is the head of. `null` for a macro that calls something in the tables: it is followed as that call. */
function loopVariant(sources: MacroSources, aliases: MacroAliases, macro: FunctionReference): FunctionVariant | null {
  if (macro.objectLike || !mayLoop(parsed(sources, macro).body)) return null;
  if (tabledIn(sources, aliases, macro).length > 0) return null;
  const [variant] = sources.variants(macro);
  return variant && isLooping(variant) ? variant : null;
}

/**
 * The statements of a macro that jumps. `null` for one that calls something in the tables which takes no pages: it is followed as that
 * call.
 */
function jumpingVariant(sources: MacroSources, aliases: MacroAliases, macro: FunctionReference, level = 0): FunctionVariant | null {
  if (macro.objectLike) return null;
  const doesJump = (called: string): boolean =>
    level < maxLevels && sources.macros(called, macro.file).some((other) => jumpingVariant(sources, aliases, other, level + 1) !== null);
  if (!mayJump(sources.textOf(macro)) && !calledIn(sources.textOf(macro), macro.name).some(doesJump)) return null;
  if (!tabledIn(sources, aliases, macro).every((called) => acquires.has(called))) return null;
  const [variant] = sources.variants(macro);
  return variant && isJumping(variant, parsed(sources, macro), doesJump) ? variant : null;
}

/**
 * The test that a macro is, if it has only one definition. `null` for one that calls something in the tables: it is followed as that call.
 */
function testVariant(sources: MacroSources, aliases: MacroAliases, macro: FunctionReference, level = 0): FunctionVariant | null {
  if (macro.objectLike || tabledIn(sources, aliases, macro).length > 0) return null;
  const doesTest = (called: string): boolean =>
    level < maxLevels && sources.macros(called, macro.file).some((other) => testVariant(sources, aliases, other, level + 1) !== null);
  if (!mayTest(parsed(sources, macro).body) && !calledIn(sources.textOf(macro), macro.name).some(doesTest)) return null;
  if (macrosOf(sources.shell(macro.file), macro.name)?.length !== 1) return null;
  const [variant] = sources.variants(macro);
  return variant && isTest(variant, doesTest) ? variant : null;
}

/**
 * The test that a static function of the file is, `static bool failed(int got) { return got <= 0; }`. `null` if it is none, if it calls
 * other functions, or if its name says something that the tables know.
 */
function questionFor({ shell, textOf, variants }: MacroSources, name: string, from: string): FunctionVariant | null {
  const [reference, ...others] = shell(from)?.byName.get(name) ?? [];
  if (!reference?.static || reference.macro || others.length > 0) return null;
  if (frameTestName.test(name) || noFrameName.test(name)) return null;
  const text = textOf(reference);
  const body = text.length > longestAnswer ? undefined : mayAnswer.exec(text)?.[1];
  if (body === undefined || !mayTest(body) || calledIn(body, 'if').some((called) => !errorTests.test(called))) return null;
  const [variant, ...arms] = variants(reference);
  const answer = variant && arms.length === 0 ? answerOf(variant) : null;
  return answer && isTest(answer, () => false) ? answer : null;
}

/** A function with more text than this is not looked at as a test. */
const longestAnswer = 600;

/**
 * Matches a function with one `return`, or with an `if` that returns and a second `return`. Functions with unsigned parameters are left
 * out: compared with an argument of another type, the same expression written at the call could come out differently.
 */
const mayAnswer =
  /^(?!(?:[^{]*[\s(,])?(?:unsigned|size_t|__?u\d+|u\d+|uint\w*)\s+\w+\s*[,)])[^{]{0,200}\{\s*((?:if\s*\([^;{}]{1,200}\)\s*return\b[^;{}]*;\s*(?:else\s+)?)?return\b[^;{}]{1,200});\s*\}\s*$/;

/** The names that a macro calls which are in the tables or are macros for one call of the tables. */
function tabledIn({ textOf }: MacroSources, { aliasFor }: MacroAliases, macro: FunctionReference): string[] {
  return calledIn(textOf(macro), macro.name).filter((called) => isTabled(called) || aliasFor(called, macro.file) !== null);
}

/** The parts of a macro's definition. */
function parsed({ shell }: MacroSources, { file: name, item }: FunctionReference): ReturnType<typeof parseMacro> {
  return parseMacro(shell(name)?.outside ?? '', item);
}

/** The statement expression of a macro that jumps in it, or takes pages. */
function workingVariant({ textOf, variants }: MacroSources, aliases: MacroAliases, macro: FunctionReference): FunctionVariant | null {
  if (macro.objectLike || !/\(\s*\{/.test(textOf(macro))) return null;
  const [variant] = variants(macro);
  return variant && isWorking(variant, (called) => isTaking(aliases, macro, called)) ? variant : null;
}

/** True for a call that takes pages, directly or as a macro for one. */
function isTaking({ aliasFor }: MacroAliases, macro: FunctionReference, called: string): boolean {
  return acquires.has(called) || acquires.has(`${aliasFor(called, macro.file)?.name}`);
}

/** The place below its argument that a macro names. */
function memberVariant(sources: MacroSources, macro: FunctionReference, level = 0): FunctionVariant | null {
  const { body } = parsed(sources, macro);
  if (macro.objectLike || !(mayBeMember(body) || body.includes('('))) return null;
  const isMember = (called: string): boolean =>
    level < maxLevels && sources.macros(called, macro.file).some((other) => memberVariant(sources, other, level + 1) !== null);
  if (!calledIn(body, '').every(isMember)) return null;
  const [variant] = sources.variants(macro);
  return variant && memberOf(variant, isMember) ? variant : null;
}

/**
 * The statements of a macro that drops what its argument leads to, hands that to a function which it is given, `EACH(b, put_it)`, or takes
 * pages among other statements; itself or through another such macro.
 */
function droppingVariant(sources: MacroSources, aliases: MacroAliases, macro: FunctionReference, level = 0): FunctionVariant | null {
  const { textOf, variants, macros } = sources;
  const called = macro.objectLike ? [] : calledIn(textOf(macro), macro.name);
  const [variant] = called.length === 0 ? [] : variants(macro);
  if (!variant) return null;
  const isDropping = (other: FunctionReference): boolean => droppingVariant(sources, aliases, other, level + 1) !== null;
  const isDrop = (name: string): boolean => releases.has(name);
  const drops =
    (called.some(isDrop) || (sources.isDriver && callsParameter(textOf(macro)))) && reachesInto(variant, parsed(sources, macro).body);
  const takes = isStatements(variant) && called.some((name) => isTaking(aliases, macro, name));
  return drops || takes || (level < maxLevels && called.some((name) => macros(name, macro.file).some(isDropping)))
    ? statementsOf(variant)
    : null;
}

/** How many macros deep it is searched what one does. */
const maxLevels = 3;

/** Makes the lookup of a driver's macros that hand their argument through. */
function openHanding({ ledger, isDriver, variants, macros }: MacroSources): MacroCalls['isHanding'] {
  const known = ledger.memo<boolean>();
  return (name, from) => {
    if (!isDriver || !/^[A-Za-z]/.test(name)) return false;
    const key = `${name}\0${from}`;
    const find = (): boolean => {
      const all = macros(name, from).filter((macro) => !macro.objectLike);
      return all.length > 0 && all.every((macro) => variants(macro).length > 0 && variants(macro).every(handsThrough));
    };
    return known.get(key) ?? known.work(key, find);
  };
}
