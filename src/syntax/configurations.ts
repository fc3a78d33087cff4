/** Chooses a small set of consistent configurations that together show every arm of an item's `#if` groups. */
import { atomsOf, type Condition, type Configuration, conditionText, evaluate, negate } from './conditions.js';

/** The most variants of an item: more would say more about the preprocessor than about the code. */
const MAX_VARIANTS = 16;
/** The most configurations that are tried. */
const MAX_TRIED = 512;

type Compare = Condition & { op: 'compare' };

/** The states worth trying for each name: one for each combination of results that the tests of it can have. */
function statesOf(conditions: Condition[]): Map<string, (number | null)[]> {
  const compared = new Map<string, Compare[]>();
  const tested = new Set<string>();
  const opaque = new Set<string>();
  for (const c of conditions) {
    atomsOf(c, (atom) => {
      if (atom.op === 'opaque') opaque.add(atom.text);
      else if (atom.op === 'defined') tested.add(atom.name);
      else if (atom.op === 'compare') {
        const known = compared.get(atom.name);
        if (known) known.push(atom);
        else compared.set(atom.name, [atom]);
      }
    });
  }
  const states = new Map<string, (number | null)[]>();
  for (const name of opaque) states.set(name, [1, 0]);
  for (const name of tested) if (!compared.has(name)) states.set(name, [1, null]);
  for (const [name, all] of compared) {
    // Later arms of a group repeat the tests of earlier ones.
    const tests = [...new Map(all.map((test) => [`${test.sign} ${test.value}`, test])).values()];
    const candidates = [...new Set(tests.map((test) => test.value))]
      .flatMap((v) => [v - 1, v, v + 1])
      .filter((v) => v >= 0 && !(v === 0 && tested.has(name)));
    if (candidates.length === 0) candidates.push(1);
    candidates.sort((a, b) => b - a);
    const seen = new Set<string>();
    const chosen: (number | null)[] = [];
    for (const v of candidates) {
      const truth = tests.map((test) => evaluate(test, new Map([[name, v]]))).join();
      if (!seen.has(truth)) {
        seen.add(truth);
        chosen.push(v);
      }
    }
    if (tested.has(name)) chosen.push(null);
    states.set(name, chosen);
  }
  return states;
}

/**
 * The states of each name that is compared with more than one number, `LINUX_VERSION_CODE` mostly: each is a step of a ladder, which some
 * variant should show.
 */
function stepsOf(states: Map<string, (number | null)[]>): { name: string; state: number }[] {
  return [...states].flatMap(([name, of]) => {
    const numbers = of.filter((state) => state !== null);
    return numbers.length > 2 ? numbers.map((state) => ({ name, state })) : [];
  });
}

/**
 * Returns the chosen configurations. Each satisfies `given` as far as possible. Together they make every satisfiable arm true at least
 * once, and show every step of a version ladder, so that arms of different groups for the same kernel are seen together.
 */
export function chooseConfigurations(arms: Condition[], given: Condition[]): Configuration[] {
  const states = statesOf([...arms, ...given]);
  const names = [...states.keys()];
  const total = names.reduce((product, name) => Math.min(product * states.get(name)!.length, 1e9), 1);
  const tried = total <= MAX_TRIED ? everyConfiguration(names, states) : someConfigurations(arms, given, names, states);
  let usable = tried.filter((config) => given.every((c) => evaluate(c, config)));
  if (usable.length === 0) usable = tried;
  const steps = stepsOf(states);
  const shows = usable.map((config) => [
    ...arms.map((arm) => evaluate(arm, config)),
    ...steps.map(({ name, state }) => config.get(name) === state),
  ]);
  const missing = new Set([...arms, ...steps].keys());
  const chosen: Configuration[] = [];
  while (missing.size > 0 && chosen.length < MAX_VARIANTS) {
    let best = -1;
    let most = 0;
    for (const [k, row] of shows.entries()) {
      let count = 0;
      for (const arm of missing) if (row[arm]) count++;
      if (count > most) {
        most = count;
        best = k;
      }
    }
    if (best < 0) break;
    chosen.push(usable[best]!);
    for (const arm of [...missing]) if (shows[best]![arm]) missing.delete(arm);
  }
  if (chosen.length === 0) chosen.push(usable[0] ?? new Map());
  return chosen;
}

function everyConfiguration(names: string[], states: Map<string, (number | null)[]>): Configuration[] {
  let all: Configuration[] = [new Map()];
  for (const name of names) {
    all = all.flatMap((config) => states.get(name)!.map((state) => new Map(config).set(name, state)));
  }
  return all;
}

/** With too many names to try all combinations: for each arm, the combinations of only those names that its own condition tests. */
function someConfigurations(
  arms: Condition[],
  given: Condition[],
  names: string[],
  states: Map<string, (number | null)[]>,
): Configuration[] {
  const bases: Configuration[] = [
    new Map(names.map((name) => [name, states.get(name)![0] ?? null])),
    new Map(names.map((name) => [name, states.get(name)!.at(-1) ?? null])),
  ];
  const tried: Configuration[] = [...bases];
  for (const arm of arms) {
    if (tried.length > MAX_TRIED) break;
    for (const base of bases) {
      const config = new Map(base);
      for (const c of given) force(c, true, config, states);
      force(arm, true, config, states);
      if (evaluate(arm, config)) tried.push(config);
    }
    const own = new Set<string>();
    for (const c of [arm, ...given]) {
      atomsOf(c, (atom) => own.add(atom.op === 'opaque' ? atom.text : atom.op === 'defined' || atom.op === 'compare' ? atom.name : ''));
    }
    let local: Configuration[] = [new Map()];
    for (const name of own) {
      const of = states.get(name);
      if (of === undefined || local.length * of.length > 128) continue;
      local = local.flatMap((config) => of.map((state) => new Map(config).set(name, state)));
    }
    let kept = 0;
    for (const config of local) {
      if (kept >= 4 || !evaluate(arm, config)) continue;
      kept++;
      for (const base of bases) tried.push(new Map([...base, ...config]));
    }
  }
  return tried;
}

/** Changes a configuration so that a condition becomes `want`, if setting one name per atom does it. */
function force(c: Condition, want: boolean, config: Configuration, states: Map<string, (number | null)[]>): void {
  switch (c.op) {
    case 'const':
      return;
    case 'not':
      force(c.of, !want, config, states);
      return;
    case 'and':
    case 'or':
      force(c.left, want, config, states);
      // A true `&&` or a false `||` needs both sides; otherwise one side is enough.
      if ((c.op === 'and') === want) force(c.right, want, config, states);
      return;
    default: {
      const name = c.op === 'opaque' ? c.text : c.name;
      if (evaluate(c, config) === want) return;
      for (const state of states.get(name) ?? []) {
        if (evaluate(c, new Map([[name, state]])) === want) {
          config.set(name, state);
          return;
        }
      }
    }
  }
}

/** Returns what a configuration assumes, as texts. Of the tests of one name's number, only the tightest bounds are listed. */
export function assumptionsOf(conditions: Condition[], config: Configuration): string[] {
  const texts: string[] = [];
  const lower = new Map<string, Compare>();
  const upper = new Map<string, Compare>();
  const seen = new Set<string>();
  for (const c of conditions) {
    atomsOf(c, (atom) => {
      const key = conditionText(atom);
      if (seen.has(key)) return;
      seen.add(key);
      const holds = evaluate(atom, config) ? atom : negate(atom);
      if (holds.op === 'compare' && holds.shown !== '' && holds.sign !== '==' && holds.sign !== '!=') {
        const bounds = holds.sign.startsWith('>') ? lower : upper;
        const known = bounds.get(holds.name);
        const tighter = known === undefined || (bounds === lower ? holds.value > known.value : holds.value < known.value);
        if (tighter) bounds.set(holds.name, holds);
      } else texts.push(conditionText(holds));
    });
  }
  for (const bounds of [lower, upper]) for (const c of bounds.values()) texts.push(conditionText(c));
  return texts;
}
