/** The report as one HTML file that needs nothing else. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { compiled } from '../../source/index.js';
import type { Survey } from '../../survey/row.js';
import { type Extras, type PageData, pageData } from './data.js';
import { embedJson, escapeHtml } from './escape.js';
import { plainPage } from './plain.js';

/** A script or style of the page, which `npm run build` makes from `web/`. */
const built = (name: string): string => readFileSync(compiled(`web/${name}`), 'utf8');

/** Hides the plain table before it is painted. The page's script shows it again if it cannot start. */
const FIRST = "document.documentElement.classList.add('js')";

const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** The content security policy: our own two scripts and our own style only; no network, no markup from text, no form, no base. */
function policy(scripts: readonly string[], style: string): string {
  return [
    "default-src 'none'",
    `script-src ${scripts.map(hash).join(' ')}`,
    `style-src ${hash(style)}`,
    "img-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

/** Writes the page of a survey. The same survey, tree and extras give the same bytes. */
export async function writePage(survey: Survey, extras: Extras = {}): Promise<string> {
  return render(survey, await pageData(survey, extras));
}

function render(survey: Survey, data: PageData): string {
  const [script, style] = [built('page.js'), built('page.css')];
  // The full path of the tree on the machine that made the page stays private.
  const tree = basename(data.tree) || data.tree;
  const title = `putright: ${tree}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy([FIRST, script], style))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
<script>${FIRST}</script>
</head>
<body>
<div id="app"></div>
${plainPage(survey, data, title, tree)}
<script type="application/json" id="data">${embedJson(data)}</script>
<script>${script}</script>
</body>
</html>
`;
}
