/** What a compiler would refuse in a scenario's programs if a pin had a type of its own: the thread's other way to be sure. */
import { type Actor, type ContainerKind, isLabel, type Operation, type Scenario } from './scenario.js';

/** One call that does not compile. */
export interface TypeFault {
  readonly actor: string;
  readonly operation: Operation;
  readonly why: string;
}

/** What a compiler knows of a slot: it holds a pin, a plain reference, or a `struct page *` of unknown origin. */
type Known = 'pin' | 'get' | 'unknown';

/** Containers whose elements keep their type. */
const kept: Readonly<Record<ContainerKind, boolean>> = { array: true, sgl: false, skb: false, bvec: false, pipe: false };

const group = (slot: string): string => slot.replace(/\[.*$/, '');

function faultsOf(actor: Actor): TypeFault[] {
  const known = new Map<string, Known>();
  const element = new Map<string, Known>();
  const faults: TypeFault[] = [];
  const keeps = (slot: string): boolean => kept[actor.containers?.[group(slot)] ?? 'array'];
  const learn = (operation: Operation, slot: string, what: Known): void => {
    known.set(slot, keeps(slot) ? what : 'unknown');
    if (!keeps(slot) || !slot.includes('[') || what === 'unknown') return;
    const before = element.get(group(slot));
    if (before && before !== what)
      faults.push({ actor: actor.name, operation, why: `${group(slot)}[] holds pages of one type, and this is another` });
    element.set(group(slot), before ?? what);
  };
  const release = (operation: Operation, slot: string, takes: Known): void => {
    const is = known.get(slot) ?? 'unknown';
    if (is === 'unknown' || is === takes) return;
    const calls = { pin: 'the unpin takes a pinned page', get: 'put_page() takes a struct page' };
    faults.push({ actor: actor.name, operation, why: `${calls[takes as 'pin' | 'get']}, and ${slot} is the other type` });
  };
  for (const op of actor.program) {
    if (isLabel(op)) continue;
    if (op.op === 'pin' || op.op === 'iov-extract') learn(op, op.slot, 'pin');
    else if (op.op === 'get' || op.op === 'get-many' || op.op === 'iov-get' || op.op === 'alloc') learn(op, op.slot, 'get');
    else if (op.op === 'move') learn(op, op.to, known.get(op.from) ?? 'unknown');
    else if (op.op === 'put' || op.op === 'put-many') release(op, op.slot, 'get');
    else if (op.op === 'unpin') release(op, op.slot, 'pin');
    else if (op.op === 'unpin-many') for (const slot of op.slots) release(op, slot, 'pin');
  }
  return faults;
}

/** Returns every call of a scenario that a compiler would refuse. */
export function checkTypes(scenario: Scenario): TypeFault[] {
  return scenario.actors.flatMap(faultsOf);
}
