import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkWritable, writeWhole } from '../../src/cli/output.js';
import { type Screen, startProgress } from '../../src/cli/progress.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'putright-output-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a file', () => {
  it('is written whole, with nothing left beside it', () => {
    const file = join(folder, 'a b\n.json');
    writeWhole(file, 'one');
    writeWhole(file, new Uint8Array([0x32]));
    expect(readFileSync(file, 'utf8')).toBe('2');
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('keeps its mode, and a link keeps pointing to it', () => {
    const file = join(folder, 'real');
    writeFileSync(file, 'old');
    // More than a new file gets.
    chmodSync(file, 0o664);
    symlinkSync(file, join(folder, 'link'));
    writeWhole(join(folder, 'link'), 'new');
    expect(readFileSync(file, 'utf8')).toBe('new');
    expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o664);
  });

  it('that a link names is made if it is not there yet', () => {
    symlinkSync('real', join(folder, 'near'));
    symlinkSync('near', join(folder, 'link'));
    checkWritable(join(folder, 'link'));
    writeWhole(join(folder, 'link'), 'new');
    expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true);
    expect(lstatSync(join(folder, 'near')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, 'real'), 'utf8')).toBe('new');
  });

  it('that a link names in a folder that is not there cannot be written', () => {
    symlinkSync('no/file', join(folder, 'link'));
    expect(() => checkWritable(join(folder, 'link'))).toThrow(/the folder does not exist/);
  });

  it('that is a device is not replaced', () => {
    writeWhole('/dev/null', 'x');
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  it('stays as it was if the new one cannot be written', () => {
    mkdirSync(join(folder, 'taken'));
    expect(() => writeWhole(join(folder, 'no', 'file'), 'x')).toThrow(/the folder does not exist; create it/);
    expect(() => checkWritable(join(folder, 'taken'))).toThrow(/it is a folder/);
    expect(() => writeWhole(join(folder, 'taken'), 'x')).toThrow(/it is a folder/);
    expect(existsSync(join(folder, 'no'))).toBe(false);
    expect(readdirSync(folder)).toEqual(['taken']);
  });
});

describe('the progress line', () => {
  function screen(isTTY: boolean): Screen & { text: string } {
    const made = { isTTY, columns: 20, text: '', write: (text: string) => (made.text += text) };
    return made;
  }

  it('appears on a terminal, after a while, and goes', () => {
    const tty = screen(true);
    let time = 0;
    const progress = startProgress(tty, () => time);
    progress.report('reading', 1, 10);
    expect(tty.text).toBe('');
    time = 301;
    progress.report('reading', 5, 10);
    expect(tty.text).toBe('\r\u001b[Kreading: 5 of 10');
    time = 310;
    progress.report('reading', 6, 10);
    time = 400;
    progress.report('a stage with a long name', 0, 0);
    expect(tty.text).toBe('\r\u001b[Kreading: 5 of 10\r\u001b[Ka stage with a long');
    progress.clear();
    time = 900;
    progress.report('late', 1, 1);
    expect(tty.text.endsWith('\r\u001b[K')).toBe(true);
  });

  it('is seen on a terminal that does not know its width', () => {
    const tty = { ...screen(true), columns: 0 };
    const written: string[] = [];
    let time = 0;
    const progress = startProgress({ ...tty, write: (text) => written.push(text) }, () => time);
    time = 301;
    progress.report('reading', 5, 10);
    expect(written).toEqual(['\r\u001b[Kreading: 5 of 10']);
  });

  it('is never seen in a pipe', () => {
    const pipe = screen(false);
    let time = 0;
    const progress = startProgress(pipe, () => time);
    time = 9999;
    progress.report('reading', 1, 2);
    progress.clear();
    expect(pipe.text).toBe('');
  });
});
