import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findNames } from '../../src/source/tokens.js';

const NAMES = new Set(['get_user_pages', 'pin']);

describe('findNames', () => {
  it.each([
    ['pin(1)', [0]],
    [' pin \t\n(1) pin', [1]],
    ['pin\\\n(1)', [0]],
    ['pin \\\r\n (1)', [0]],
    ['pin /* ( */ // )\n(1)', [0]],
    ['xpin(1) pinx(1) 1pin(1) pin$(1) \xe9pin(1) pin[1](2)', []],
    ['/* pin(1) */ pin(2)', [13]],
    ['/*/ pin(1) */ pin(2)', [14]],
    ['// pin(1)\npin(2)', [10]],
    ['// a \\\npin(1)\npin(2)', [14]],
    ['// a \\\r\npin(1)\npin(2)', [15]],
    ['// http://x /* \npin(1)', [16]],
    ['"pin(1)" pin(2)', [9]],
    ['"a\\"pin(1)" pin(2)', [12]],
    ['"a\\\\" pin(1)', [6]],
    ['"a\\\npin(1)" pin(2)', [12]],
    ['"a\\\r\npin(1)" pin(2)', [13]],
    ["'\"' pin(1) '\\'' pin(2)", [4, 16]],
    ["don't\npin(1)", [6]],
    ['#error "open\npin(1)', [13]],
    ['#if 0\npin(1)\n#endif', [6]],
    ['#define wrap(x) pin(x)', [16]],
    ['a / pin(1) / b', [4]],
    ['/* open pin(1)', []],
    ['pin /* open', []],
    ['pin', []],
    ['pin\\', []],
    ['"\\', []],
    ['', []],
  ])('%j', (text, places) => {
    expect(findNames(text, NAMES).filter(({ called }) => called)).toEqual(places.map((pos) => ({ name: 'pin', pos, called: true })));
  });

  it('tells a name that is called from one that is only named', () => {
    const text = 'o.pin = pin; pin(1); f(pin /* ( */, "pin", x); // pin';
    expect(findNames(text, NAMES).map(({ pos, called }) => [pos, called])).toEqual([
      [2, false],
      [8, false],
      [13, true],
      [23, false],
    ]);
  });

  it('is linear in odd texts', () => {
    const M = 1 << 18;
    for (const text of [`/*${'*'.repeat(16 * M)}`, `"${'\\\n'.repeat(8 * M)}`, `pin${' '.repeat(16 * M)}`, 'pin '.repeat(4 * M)]) {
      const start = process.cpuUsage();
      findNames(text, NAMES);
      expect(process.cpuUsage(start).user).toBeLessThan(4_000_000);
    }
  });

  it('finds a call wherever complete things of C stand before it', () => {
    const thing = fc.constantFrom('/* pin( */', '// "pin(\n', '"/* pin("', "'\"'", "'\\''", 'x', '\n', '#if 0\n', '/ ', '\\\n', '"\\\\"');
    fc.assert(
      fc.property(fc.array(thing), (things) => {
        const before = `${things.join(' ')} `;
        // A comment that a backslash carries on would swallow the call.
        fc.pre(!before.endsWith('\\'));
        expect(findNames(`${before}pin(1)`, NAMES)).toEqual([{ name: 'pin', pos: before.length, called: true }]);
      }),
    );
  });
});
