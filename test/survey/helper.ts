import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { survey } from '../../src/survey/index.js';
import type { Release, Row, Survey } from '../../src/survey/row.js';

/** Files by path, or the text of the one file `a.c`. */
export type Files = Readonly<Record<string, string>> | string;

/** Writes a tree, hands it to `use`, and takes it away again. */
export async function withTree<T>(files: Files, use: (tree: string) => Promise<T> | T): Promise<T> {
  const tree = mkdtempSync(join(tmpdir(), 'putright-rows-'));
  try {
    for (const [file, text] of Object.entries(typeof files === 'string' ? { 'a.c': files } : files)) {
      mkdirSync(join(tree, dirname(file)), { recursive: true });
      writeFileSync(join(tree, file), text, 'latin1');
    }
    return await use(tree);
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

/** Surveys a small tree. */
export function surveyOf(files: Files): Promise<Survey> {
  return withTree(files, (tree) => survey(tree, { jobs: 1 }));
}

/** Rows of a small tree, in the order of files and lines. */
export async function rowsOf(files: Files): Promise<Row[]> {
  return (await surveyOf(files)).sites;
}

/**
 * A row in one line, what is empty or usual left out:
 * `wrapper pin LT page-array→sgl car=foo.sgt bulk@file put:foo_release:unpin_user_pages dirty=bulk mixed via=foo_take gap`.
 * A release in another file than the site's has that file's name before it; one that stands there twice has `×2` behind.
 */
export function line(row: Row): string {
  const words = [
    row.kind === 'user' ? '' : row.kind,
    row.reference,
    row.longterm ? 'LT' : '',
    row.containers.join('→') || '-',
    row.carrier.length > 0 ? `car=${row.carrier.join()}` : '',
    `${row.releaseForm}@${row.releaseScope}`,
    row.releases.length > 0 ? `put:${releasesIn(row)}` : '',
    row.dirty === 'none' ? '' : `dirty=${row.dirty}`,
    row.mixed ? 'mixed' : '',
    row.wrappers.length > 0 ? `via=${row.wrappers.join()}` : '',
    row.gaps.length > 0 ? 'gap' : '',
  ];
  return words.filter((word) => word !== '').join(' ');
}

function releasesIn(row: Row): string {
  const counted = new Map<string, number>();
  const nameOf = (r: Release) => `${r.file === row.file ? '' : `${basename(r.file)}:`}${r.function}:${r.api}`;
  for (const r of row.releases) counted.set(nameOf(r), (counted.get(nameOf(r)) ?? 0) + 1);
  return [...counted].map(([name, n]) => (n > 1 ? `${name}×${n}` : name)).join();
}

/** A test: this C has these rows, in the order of the text. */
export function shows(name: string, files: Files, ...rows: string[]): void {
  it(name, async () => {
    expect((await rowsOf(files)).map(line)).toEqual(rows);
  });
}
