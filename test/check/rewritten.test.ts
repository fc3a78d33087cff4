/** C that says the same in other words: rows and findings of all examples stay what they are. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { checkedSurvey } from '../../src/check/index.js';
import { withTree } from '../survey/helper.js';

const root = fileURLToPath(new URL('../../examples/', import.meta.url));

/** A tree of its own: the examples of each mistake, and all others together. */
const trees: Readonly<Record<string, string>> = Object.fromEntries([
  ...['drivers', 'fs', 'net', 'legacy', 'out-of-tree'].map((name) => [name, name]),
  ...readdirSync(join(root, 'mistakes')).flatMap((rule) =>
    ['wrong', 'right'].map((side) => [`${rule}, ${side}`, `mistakes/${rule}/${side}`]),
  ),
]);

function filesBelow(folder: string): Record<string, string> {
  const files = (readdirSync(folder, { recursive: true }) as string[]).map((name) => join(folder, name));
  return Object.fromEntries(files.filter((f) => statSync(f).isFile()).map((f) => [relative(folder, f), readFileSync(f, 'latin1')]));
}

/** Rewritings of one file's text. */
const rewritings: Readonly<Record<string, (text: string) => string>> = {
  'a test that is said to be likely or not': (text) =>
    text.replace(/^(\t+)if \(([^()\n]*(?:\([^()\n]*\)[^()\n]*)*)\)( \{)?$/gm, '$1if (unlikely($2))$3'),
  'a test against NULL or zero': (text) =>
    text.replace(/\bif \(!(\w+(?:->\w+)*)\)/g, 'if ($1 == 0)').replace(/\bif \((\w+)\)/g, 'if ($1 != 0)'),
  'a comparison with its sides exchanged': (text) =>
    text.replace(
      /\bif \((\w+(?:->\w+)*) (<|>|<=|>=|==|!=) (-?\w+(?:->\w+)*)\)/g,
      (_, left, op, right) => `if (${right} ${{ '<': '>', '>': '<', '<=': '>=', '>=': '<=' }[op as string] ?? op} ${left})`,
    ),
  'an assignment in the test of what it assigns': (text) =>
    text.replace(
      /^(\t+)(\w+) = (\w+\((?:[^()\n;]|\([^()\n]*\))*\));\n\1if \((!?)\2\b(?!->|\.|\[)([^\n]*)$/gm,
      (_, indent, name, call, not, rest) => `\n${indent}if (${not}(${name} = ${call})${rest}`,
    ),
  'braces around one statement': (text) =>
    text.replace(/^(\t+)(if \([^\n]*\))\n\1\t(goto \w+|return[^;\n]*|break|continue);$/gm, '$1$2 {\n$1\t$3; }'),
  'a test the other way round': (text) =>
    text.replace(
      /^(\t+)if \(([^\n]*)\)\n\1\t(goto \w+|return[^;\n]*|break|continue);$/gm,
      (_, indent, test, leave) => `${indent}if (!(${test})) {\n${indent}\t;} else {${leave};\n${indent}}`,
    ),
  'the other arm first': (text) =>
    text.replace(
      /^(\t+)if \(([^\n]*)\) \{\n([\s\S]*?)\n\1\} else \{\n([\s\S]*?)\n\1\}$/gm,
      (_, indent, test, first, second) => `${indent}if (!(${test})) {\n${second}\n${indent}} else {\n${first}\n${indent}}`,
    ),
  'a loop that has but a condition': (text) => text.replace(/^(\t+)while \(([^\n;]*)\)( \{)?$/gm, '$1for (; $2;)$3'),
  'a macro in front of what drops': (text) =>
    `#define own_drops(pages, n) unpin_user_pages((pages), (n))\n${text.replace(/^(\t+)unpin_user_pages\(/gm, '$1own_drops(')}`,
  'an element by a name of its own': (text) =>
    text.replace(/^(\t+)(unpin_user_page|put_page)\((\w+(?:->\w+)*\[[^\]\n]*\])\);$/gm, '$1{ struct page *element = $3; $2(element); }'),
  'an object by another name': (text) =>
    text.replace(/^((?:static )?[\w *]+?\w+\(struct (\w+) \*(\w+)[^;{}]*?\)\n\{\n)([\s\S]*?\n\})/gm, (whole, head, tag, param, body) =>
      body.includes('#')
        ? whole
        : `${head}\tstruct ${tag} *other = ${param};\n${body.replace(new RegExp(`(?<!->|\\.|[\\w"])${param}->`, 'g'), 'other->')}`,
    ),
  // The kernel's own structs are given by functions of which it says what they take.
  'an object that is given without its type': (text) =>
    text.replace(/^((?:static )?void \w+\()struct (\w+) \*(\w+)\)\n\{\n/gm, (whole, head, tag, param) =>
      text.includes(`struct ${tag} {`) ? `${head}void *untyped)\n{\n\tstruct ${tag} *${param} = untyped;\n` : whole,
    ),
  'a step that adds one': (text) => text.replace(/\b(\w+)\+\+(?=[);])/g, '$1 += 1'),
  'the address of an element': (text) => text.replace(/&(\w+)\[(\w+)\](?=[,)])/g, '$1 + $2'),
  'a constant on the left': (text) => text.replace(/\bif \((\w+(?:->\w+)*) (==|!=) ([A-Z][A-Z\d_]+|-?\d+|-E[A-Z]+)\)/g, 'if ($3 $2 $1)'),
  'a struct by a name of its own': (text) => {
    const tags = Array.from(text.matchAll(/^struct (\w+) \{\n[^}]*\n\};$/gm), (match) => match[1] as string);
    return tags.reduce(
      (all, tag) =>
        all
          .replace(new RegExp(`^(struct ${tag} \\{\\n[^}]*\\n\\};)$`, 'm'), `$1 typedef struct ${tag} ${tag}_t;`)
          .replace(new RegExp(`(?<=[(,] ?|\\n\\t)struct ${tag} (?=\\*)`, 'g'), `${tag}_t `),
      text,
    );
  },
  'a cast of what is freed': (text) => text.replace(/\bkfree\((\w+)\)/g, 'kfree((void *)$1)'),
};

async function told(files: Record<string, string>): Promise<string[]> {
  return withTree(files, async (tree) => {
    const { survey, findings } = await checkedSurvey(tree, { jobs: 1 });
    const rows = survey.sites.map((row) =>
      JSON.stringify([row.id, row.reference, row.containers, row.carrier, row.releaseForm, row.dirty, row.mixed]),
    );
    // Of two arms the one that is written first comes first.
    return [...rows.sort(), ...findings.map((f) => `${f.rule} ${f.file} ${f.function}`).sort()];
  });
}

describe.each(Object.entries(rewritings))('%s', (_, rewrite) => {
  it('changes something somewhere', () => {
    const texts = Object.values(trees).flatMap((tree) => Object.values(filesBelow(root + tree)));
    expect(texts.some((text) => rewrite(text) !== text)).toBe(true);
  });

  it.each(Object.entries(trees))('says the same in the examples of %s', async (_, tree) => {
    const files = filesBelow(root + tree);
    const rewritten = Object.fromEntries(Object.entries(files).map(([name, text]) => [name, /\.[ch]$/.test(name) ? rewrite(text) : text]));
    expect(await told(rewritten)).toEqual(await told(files));
  });
});
