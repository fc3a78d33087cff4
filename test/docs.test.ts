/** What the documents name is there, and what there is they name. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { formatNames } from '../src/report/index.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (file: string): string => readFileSync(`${root}/${file}`, 'utf8');
const pages = readdirSync(`${root}/docs`).filter((name) => name.endsWith('.md'));
/** The folders of putright's own code; a path that begins with another is one of a kernel. */
const rooms = ['src', 'test', 'web', 'bench', 'docs', ...readdirSync(`${root}/src`)];

it.each(pages)('docs/%s names no module that is gone', (page) => {
  const named = [...read(`docs/${page}`).matchAll(/`([\w-]+\/[\w./-]+\.(?:ts|mjs|json|md))`/g)].map((match) => match[1] ?? '');
  const own = named.filter((path) => rooms.includes(path.split('/')[0] ?? ''));
  expect(own.filter((path) => !existsSync(`${root}/${path}`) && !existsSync(`${root}/src/${path}`))).toEqual([]);
});

it('the README has every format of a survey', () => {
  const line = /option of `survey`[\s\S]*?`--format` \| (.*) \|/.exec(read('README.md'))?.[1] ?? '';
  expect([...line.matchAll(/`(\w+)`/g)].map((match) => match[1])).toEqual(formatNames);
});
