/** The second drop of pages that a field still leads to, as a step of a path. */
import type { FunctionReference } from '../../../program/file.js';
import type { Context } from '../context.js';
import type { PathStep } from '../memory/trail.js';

/**
 * The step at which a function drops what it finds in a field: the call that may drop and is given the field, else the first call that may
 * drop; none if there is no such call.
 * @param path the field as C has it
 */
export function droppedAgain({ program, mayDrop }: Pick<Context, 'program' | 'mayDrop'>, by: FunctionReference, path: string): PathStep[] {
  const { file, name } = by;
  const member = `.${/\w+$/.exec(path)?.[0]}`;
  const calls = program
    .graphs(by)
    .flatMap(({ nodes }) =>
      nodes.flatMap(({ pos, operation: o }) =>
        o?.kind === 'call' && o.name !== null && mayDrop(o.name, file)
          ? [{ pos, api: o.name, isGiven: o.args.some((a) => a.path?.includes(member)) }]
          : [],
      ),
    );
  const call = calls.find(({ isGiven }) => isGiven) ?? calls[0];
  return call === undefined ? [] : [{ file, function: name, pos: call.pos, text: `dropped again by ${call.api}()` }];
}
