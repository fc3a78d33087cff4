/** How drivers name the call that undoes another one: the same name but for one word. */

/** For a word in a call's name, the words in the names of calls that undo it. */
const opposites: ReadonlyMap<string, readonly string[]> = new Map([
  ['activate', ['deactivate']],
  ['add', ['remove', 'del', 'delete']],
  ['attach', ['detach']],
  ['bind', ['unbind']],
  ['connect', ['disconnect']],
  ['create', ['destroy', 'delete', 'remove', 'release', 'free']],
  ['enable', ['disable']],
  ['export', ['unexport']],
  ['grant', ['revoke']],
  ['init', ['fini', 'deinit', 'uninit', 'exit', 'destroy', 'cleanup', 'teardown', 'free']],
  ['insert', ['remove', 'erase', 'delete', 'unlink']],
  ['install', ['uninstall', 'remove']],
  ['load', ['unload']],
  ['map', ['unmap']],
  ['prepare', ['unprepare', 'cleanup']],
  ['program', ['unprogram']],
  ['reg', ['unreg', 'dereg']],
  ['register', ['unregister', 'deregister', 'unreg', 'dereg']],
  ['setup', ['teardown', 'cleanup', 'destroy', 'release', 'free']],
  ['share', ['unshare']],
  ['start', ['stop']],
  // From software to hardware: who owns the object.
  ['sw2hw', ['hw2sw']],
]);

const setting = new RegExp(`(?:^|_)(?:${[...opposites.keys()].join('|')})(?:_|$)`, 'i');

/** Returns the names that a call which undoes this one may have. */
export function undoneBy(name: string): string[] {
  return setting.test(name) ? renamed(name, opposites) : [];
}

/** A name with one of its words, in capitals or not, replaced by each of those that a table has for it. */
function renamed(name: string, table: ReadonlyMap<string, readonly string[]>): string[] {
  const words = name.split('_');
  return words.flatMap((word, i) => {
    const isCapital = word === word.toUpperCase();
    const others = isCapital ? table.get(word.toLowerCase())?.map((other) => other.toUpperCase()) : table.get(word);
    return (others ?? []).map((other) => words.with(i, other).join('_'));
  });
}

/** Words for calls that make pages accessible to someone outside the kernel's own memory: a device, firmware, a hypervisor. */
const outside: ReadonlySet<string> = new Set([
  'attach',
  'bind',
  'create',
  'export',
  'grant',
  'install',
  'map',
  'program',
  'reg',
  'register',
  'share',
  'sw2hw',
]);

/** For a word in the name of a call that takes pages back from outside, the words for calls that give them. */
const takingBack: ReadonlyMap<string, readonly string[]> = new Map(
  [...new Set([...outside].flatMap((word) => opposites.get(word) ?? []))].map((end) => [
    end,
    [...outside].filter((word) => opposites.get(word)?.includes(end)),
  ]),
);

/** Returns the names of calls whose giving of pages to someone outside this call may take back. */
export function toldBefore(name: string): string[] {
  return renamed(name, takingBack);
}

/** Returns the names of calls that may take back what this call gives to someone outside. */
export function takenBackBy(name: string): string[] {
  return undoneBy(name).filter((end) => toldBefore(end).includes(name));
}
