/** Finds functions of a driver that return memory which they have allocated, and which nobody else knows. */
import type { FunctionReference } from '../../../program/file.js';
import { memberStoreText } from '../../../program/patterns.js';
import type { Program } from '../../../program/program.js';
import { remembered } from '../../../program/remembered.js';
import { freeingCalls, initializingCalls, memoryCall, sizing } from '../../../protocol/index.js';
import { bodyOf } from './text.js';

/** Tests if what a function returns is memory that it has allocated, or an error or NULL. */
export const makes = remembered((program: Program) => {
  const known = program.ledger.memo<boolean>();
  return (reference: FunctionReference): boolean =>
    known.get(reference.key) ?? known.work(reference.key, () => isMaker(bodyOf(program, reference)));
});

/** Told by the text: most functions return no fresh pointer, and need not be parsed. */
function isMaker(text: string): boolean {
  const body = text.replace(sizing, '0');
  const returned = new Set([...body.matchAll(/\breturn\b\s*([^;]*?)\s*;/g)].map((m) => m[1] as string).filter((e) => !isNone.test(e)));
  const [object] = returned;
  if (returned.size !== 1 || object === undefined || !/^\w+$/.test(object)) return false;
  const sets = [...body.matchAll(new RegExp(`(?<![\\w.>])${object}\\s*=(?!=)\\s*(\\w*)`, 'g'))].map((m) => m[1] as string);
  if (sets.length === 0 || !sets.every((name) => memoryCall.test(name) || name === 'NULL')) return false;
  // Whoever is passed the object, or a member's address, may keep it.
  const calls = [...body.matchAll(/\b(\w+)\s*\(((?:[^()]|\([^()]*\))*)\)/g)];
  const isHanded = (args: string): boolean => new RegExp(`&\\s*${object}\\b|(^|[,\\s])${object}\\b(?!\\s*(->|\\.))`).test(args);
  const isStored = new RegExp(`${memberStoreText}\\s*&?${object}\\b`).test(body);
  return (
    !isStored &&
    calls.every(([, name, args]) => !isHanded(args as string) || initializingCalls.test(name as string) || freeingCalls.has(name as string))
  );
}

const isNone = /^(?:NULL|ERR_PTR\s*\(.*\)|ERR_CAST\s*\(.*\))$/s;
