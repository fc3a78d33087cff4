/** How drivers name the call that undoes another: as that one, but for a word. */

/** What a word in a call's name is in the name of a call that undoes it. */
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
]);

const setting = new RegExp(`(?:^|_)(?:${[...opposites.keys()].join('|')})(?:_|$)`);

/** The names that a call which undoes one of a name may have. */
export function undoneBy(name: string): string[] {
  if (!setting.test(name)) return [];
  const words = name.split('_');
  return words.flatMap((word, i) => (opposites.get(word) ?? []).map((other) => words.with(i, other).join('_')));
}

/** Words of calls by which somebody outside of the kernel's own memory comes to reach pages: a device, firmware, a hypervisor. */
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
]);

const takingBack: ReadonlyMap<string, readonly string[]> = new Map(
  [...new Set([...outside].flatMap((word) => opposites.get(word) ?? []))].map((end) => [
    end,
    [...outside].filter((word) => opposites.get(word)?.includes(end)),
  ]),
);

/** The names that a call may have which somebody outside is told of pages by, where one of a name takes that back. */
export function toldBefore(name: string): string[] {
  const words = name.split('_');
  return words.flatMap((word, i) => (takingBack.get(word) ?? []).map((other) => words.with(i, other).join('_')));
}

/** The names that a call may have which takes back what one of a name has told somebody outside. */
export function takenBackBy(name: string): string[] {
  return undoneBy(name).filter((end) => toldBefore(end).includes(name));
}
