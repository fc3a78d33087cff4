/** A finding as text, for a mail to who has to mend it. Pure: no browser needed. */
import type { PageData, PageFinding, PageScene } from '../../src/report/page/data.js';
import { nameOf, sentence } from '../words.js';

/** What a finding says, of which tree, and the steps of its path, each with its place and its line of code. */
export function asText(data: Pick<PageData, 'tree' | 'code'>, finding: PageFinding): string {
  const { severity, rule, file, line, function: name, message, scenes } = finding;
  const steps = scenes.flatMap((scene, n) => step(data, scene, `${n + 1}. `.padStart(5)));
  const told = `${severity}: ${rule} in ${nameOf(data.tree)}`;
  return [told, `${file}:${line} in ${name}()`, '', sentence(message), '', ...steps].join('\n').trimEnd().concat('\n');
}

function step({ code }: Pick<PageData, 'code'>, scene: PageScene, number: string): string[] {
  const indent = ' '.repeat(number.length);
  const excerpt = scene.code === null ? undefined : code[scene.code];
  const line = excerpt?.lines[scene.line - excerpt.first]?.trim() ?? '';
  return [`${number}${scene.text}`, `${indent}${scene.where}`, ...(line === '' ? [] : [`${indent}    ${line}`]), ''];
}
