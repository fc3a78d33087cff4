/** Which functions may keep what they are given, by their texts. */
import type { FunctionReference } from '../../../program/file.js';
import { rootOf } from '../../../program/path.js';
import type { Program } from '../../../program/program.js';
import { linkingText } from '../../../protocol/index.js';

/** A name that is stored to a field. */
const storing = /(?:->|\.)\s*\w+(?:\[[^\]]*\])?\s*=\s*&?(\w+)/g;

/** Asks whether a function may keep what it is given: it lists it, stores it, or is not known. */
export function keepers(program: Program): (name: string, file: string) => boolean {
  const known = program.ledger.memo<boolean>();
  const keeps = (r: FunctionReference): boolean => {
    const text = program.textOf(r);
    const params = new Set((program.variants(r)[0]?.params ?? []).map((p) => p.name).filter((p) => p !== '' && rootOf(p) === p));
    const stores = params.size > 0 && [...text.matchAll(storing)].some((m) => params.has(m[1] as string));
    return stores || linkingText.test(text);
  };
  return (name, file) => {
    const definitions = program.resolve(name, file);
    return definitions.length === 0 || definitions.some((r) => known.get(r.key) ?? known.work(r.key, () => keeps(r)));
  };
}
