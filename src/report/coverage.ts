import type pc from 'picocolors';
import type { Coverage, TokenUse } from '../survey/row.js';
import { visible } from './visible.js';

type Colours = ReturnType<typeof pc.createColors>;

/** How each kind of declaration is called; a kind that is not here is shown by its own name. */
const USES: readonly (readonly [TokenUse, string])[] = [
  ['declaration', 'declarations of the API'],
  ['definition', 'definitions of the API'],
  ['macro', 'macro definitions'],
  ['own', "a file's own function or macro of that name"],
];

const place = (token: { file: string; line: number; column: number; name: string }): string =>
  `${visible(token.file)}:${token.line}:${token.column} ${visible(token.name)}`;
const line = (count: number, what: string): string => `${String(count).padStart(6)}  ${what}`;

/** The accounting as text: every acquiring name before a `(` is a row, a declaration or a gap, or it is listed here. */
export function coverageText(coverage: Coverage, colours: Colours): string[] {
  const known = new Set<TokenUse>(USES.map(([use]) => use));
  const others = [...new Set(coverage.declarations.map((token) => token.use))].filter((use) => !known.has(use));
  const uses = [...USES, ...others.map((use) => [use, use] as const)];
  const accounted = coverage.tokens - coverage.unaccounted.length;
  const verdict =
    coverage.unaccounted.length === 0
      ? colours.green('every token is accounted for')
      : colours.red(`${coverage.unaccounted.length} not accounted for (${accounted} of ${coverage.tokens} are); please report this`);
  return [
    colours.bold('Coverage'),
    line(coverage.tokens, 'acquiring names followed by ( outside comments and strings'),
    line(coverage.rows, 'rows'),
    ...uses.map(([use, label]) => line(coverage.declarations.filter((token) => token.use === use).length, label)),
    line(coverage.gaps.length, 'gaps'),
    ...coverage.gaps.map((gap) => `          ${place(gap)}: ${visible(gap.why)}`),
    line(coverage.unaccounted.length, 'unaccounted'),
    ...coverage.unaccounted.map((token) => `          ${place(token)}`),
    verdict,
  ];
}
