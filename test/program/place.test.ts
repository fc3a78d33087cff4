/** The files of a folder, found among those of a common name. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filesIn, isIn } from '../../src/program/place.js';

const part = fc.constantFrom('a', 'a-b', 'a.c', 'ab', 'b', 'ä', '\uffee', '\u{1f427}');
const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));

/** As a tree lists its files. */
function listed(paths: readonly string[]): string[] {
  return [...new Set(paths)].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

describe('the files of a folder', () => {
  it('are those that stand in it, not below it nor beside it', () => {
    const files = ['a-b/x.c', 'a/b/x.c', 'a/x.c', 'a/y.c', 'ab/x.c', 'x.c'];
    expect(filesIn(files, 'a')).toEqual(['a/x.c', 'a/y.c']);
    expect(filesIn(files, '')).toEqual(['x.c']);
    expect(filesIn(files, 'c')).toEqual([]);
  });

  it('are found in whatever list', () => {
    fc.assert(
      fc.property(fc.array(path, { maxLength: 30 }), fc.oneof(path, fc.constant('')), (paths, folder) => {
        const files = listed(paths);
        expect(filesIn(files, folder)).toEqual(files.filter((file) => isIn(file, folder)));
      }),
    );
  });
});
