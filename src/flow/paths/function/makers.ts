/** What allocates memory: calls, and functions of a driver's own that hand out what they have allocated, of which nobody else knows. */
import type { FunctionReference } from '../../../program/file.js';
import type { Program } from '../../../program/program.js';
import { remembered } from '../../../program/remembered.js';
import { freeingCalls } from '../../../protocol/index.js';
import { bodyOf } from './text.js';

export const allocating =
  /^(devm_)?(k|kv|v)(m|z|c)?alloc\w*$|^(devm_)?k(m|z)alloc_\w+$|^(kcalloc|sgl_alloc\w*|kvcalloc|kmalloc_array|kvmalloc_array|array_size|kmem_cache_z?alloc\w*|k?memdup\w*|__get_free_pages?|get_zeroed_page|drm_calloc_large|drm_malloc_ab|vmalloc_user|__vmalloc\w*|bio_k?m?alloc\w*)$/;

/** Asks whether what a function returns is memory that it has allocated, or none. */
export const makes = remembered((program: Program) => {
  const known = program.ledger.memo<boolean>();
  return (reference: FunctionReference): boolean =>
    known.get(reference.key) ?? known.work(reference.key, () => isMaker(bodyOf(program, reference)));
});

/** By the text: most functions return no pointer that they have just allocated, and need not be parsed. */
function isMaker(body: string): boolean {
  const returned = new Set([...body.matchAll(/\breturn\b\s*([^;]*?)\s*;/g)].map((m) => m[1] as string).filter((e) => !isNone.test(e)));
  const [object] = returned;
  if (returned.size !== 1 || object === undefined || !/^\w+$/.test(object)) return false;
  const sets = [...body.matchAll(new RegExp(`(?<![\\w.>])${object}\\s*=(?!=)\\s*(\\w*)`, 'g'))].map((m) => m[1] as string);
  if (sets.length === 0 || !sets.every((name) => allocating.test(name) || name === 'NULL')) return false;
  // Who is handed the object, or a member's address, may keep it.
  const calls = [...body.matchAll(/\b(\w+)\s*\(((?:[^()]|\([^()]*\))*)\)/g)];
  const isHanded = (args: string): boolean => new RegExp(`&\\s*${object}\\b|(^|[,\\s])${object}\\b(?!\\s*(->|\\.))`).test(args);
  const isStored = new RegExp(`(?:->|\\.)\\s*\\w+(?:\\[[^\\]]*\\])?\\s*=\\s*&?${object}\\b`).test(body);
  return (
    !isStored &&
    calls.every(([, name, args]) => !isHanded(args as string) || harmless.test(name as string) || freeingCalls.has(name as string))
  );
}

const isNone = /^(?:NULL|ERR_PTR\s*\(.*\)|ERR_CAST\s*\(.*\))$/s;
const harmless =
  /^(?:if|while|for|switch|return|sizeof|likely|unlikely|IS_ERR\w*|WARN\w*|memset|memcpy|(?:mutex|spin_lock|kref|sema|idr|xa|bio)_init\w*|(?:refcount|atomic|atomic64)_set|init_(?:completion|waitqueue_head|rwsem)|INIT_H?LIST_HEAD|sg_init_table)$/;
