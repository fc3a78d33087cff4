/** Members of structs, and whether anything in a tree sets them. */

import { zero } from '../syntax/truth.js';
import type { FunctionReference } from './file.js';
import type { Graph, Node } from './graph.js';
import { rootOf, unindexed } from './path.js';
import { memberText } from './patterns.js';
import type { Program } from './program.js';

/** A member of a struct. */
export interface Member {
  tag: string;
  field: string;
}

/** Returns the member that a path of a function names; `null` for a variable, and if the struct is not known. */
export function memberAt(program: Program, { file }: FunctionReference, graph: Graph, path: string | null): Member | null {
  if (path === null || rootOf(path) === path || !/\.\w+$/.test(path)) return null;
  const field = path.slice(path.lastIndexOf('.') + 1);
  const tag = program.typeOf(path.slice(0, -field.length - 1), graph, file)?.tag;
  return tag ? { tag, field } : null;
}

/** True if a path names the member, or may. */
function mayBe(program: Program, reference: FunctionReference, graph: Graph, path: string | null, { tag, field }: Member): boolean {
  if (path === null || !path.endsWith(`.${field}`)) return false;
  const member = memberAt(program, reference, graph, path);
  return member === null || member.tag === tag;
}

/**
 * True if a path names a member that nothing in a tree sets: neither it nor a struct that it is a part of. Of a struct that the tree does
 * not define, others set the members.
 */
export function isUnset(program: Program, reference: FunctionReference, graph: Graph, path: string | null): boolean {
  const member = memberAt(program, reference, graph, path);
  if (path === null || member === null || program.structure(member.tag, reference.file) === null) return false;
  if (!isNeverSet(program, member)) return false;
  const whole = unindexed(path.slice(0, -member.field.length - 1));
  const type = program.typeOf(whole, graph, reference.file);
  return rootOf(whole) === whole || (type !== null && type.pointers > 0) || isUnset(program, reference, graph, whole);
}

/**
 * True if nothing in a tree sets a member to anything but zero, in any way that the text shows: a store, an initialiser, or its address
 * handed out.
 */
function isNeverSet(program: Program, member: Member): boolean {
  const giving = givingTo(member.field);
  return program.tree.filesAccessing(member.field).every((file) => {
    // A file that cannot be read matches not even this.
    if (!program.says(file, /^/) || program.says(file, listed(member.field))) return false;
    return (
      !program.says(file, giving) ||
      program
        .touching(file, [member.field], member.tag)
        .every((reference) => !reference.macro && !(giving.test(program.textOf(reference)) && maySet(program, reference, member)))
    );
  });
}

/** A member whose name more files than this access is not searched for stores. */
const mostFiles = 20;

/**
 * True if some function of the tree sets a member to zero. Then its zero is explicit, and not only what is left by whoever copies or clears
 * whole objects.
 */
export function isSetToZero(program: Program, { tag, field }: Member): boolean {
  const store = new RegExp(`${memberText(field)}\\s*=\\s*(?:0|false)\\s*;`);
  const files = program.tree.filesAccessing(field);
  const isStoring = (file: string): boolean => program.touching(file, [field], tag).some((r) => store.test(program.textOf(r)));
  return files.length <= mostFiles && files.some((file) => program.says(file, store) && isStoring(file));
}

/** Matches a member in a designated initialiser. */
function listed(field: string): RegExp {
  return new RegExp(`[{,]\\s*\\.${field}\\s*=`);
}

/** Matches where a member may be set: by a store of anything but zero, by `++` or `--`, or by someone who is given its address. */
function givingTo(field: string): RegExp {
  const member = `${memberText(field)}\\s*`;
  const store = `${member}(?:[-+|&^*/%]|<<|>>)?=(?!=|\\s*(?:0|false|NULL)\\s*;)`;
  return new RegExp(`${store}|${member}(?:\\+\\+|--)|(?:\\+\\+|--|&)[^;{}&|]*\\b${field}\\b`);
}

function maySet(program: Program, reference: FunctionReference, member: Member): boolean {
  return program.graphs(reference).some((graph) => {
    const isMember = (path: string | null): boolean => mayBe(program, reference, graph, path, member);
    return graph.nodes.some(({ operation: o }: Node) => {
      switch (o?.kind) {
        case 'copy':
          return (
            (isMember(o.target) && (o.source.path !== null || !zero.test(o.source.text))) || (o.source.address && isMember(o.source.path))
          );
        case 'clear':
          return isMember(o.target) && !zero.test(o.text);
        case 'update':
          return isMember(o.target);
        case 'call':
          return o.args.some((a) => a.address && isMember(a.path));
        default:
          return o?.kind === 'unread';
      }
    });
  });
}
