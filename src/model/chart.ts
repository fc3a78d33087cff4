/** Draws a run as a sequence chart in SVG: actors across, steps down, and each page's counts as curves beside them. */
import type { PageView, Run, RunStep } from './explain.js';

const ROW = 26;
const LANE = 150;
const TOP = 74;
const CURVE = 240;
const LEGEND = 130;
const colours = ['#0b62a4', '#b5460f', '#2f7d32', '#7a3e9d', '#666666', '#a01040', '#00707a'];
const MISTAKE = '#c00000';

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[character] ?? character);
}

/** Puts large and negative counts on one axis: linear near zero, logarithmic beyond. */
function scaled(count: number): number {
  return Math.sign(count) * Math.log2(1 + Math.abs(count));
}

const rowAt = (n: number): number => TOP + n * ROW;
const laneAt = (lane: number): number => 60 + lane * LANE;

function saidOf(step: RunStep): string {
  return `${step.text}${step.mistake ? ' (the mistake)' : ''}${step.notices.length > 0 ? ` !! ${step.notices.join(', ')}` : ''}`;
}

/** Draws one step: a dot on its actor's line, its text, and an arrow to or from the actor that it concerns. */
function stepSvg(step: RunStep, n: number, actors: readonly string[]): string[] {
  const [x, y] = [laneAt(actors.indexOf(step.actor)), rowAt(n + 1)];
  const colour = step.mistake ? MISTAKE : '#222222';
  const out: string[] = [];
  const peer = step.peer === null ? -1 : actors.indexOf(step.peer.name);
  if (step.peer !== null && peer >= 0) {
    const [from, to] = step.peer.way === 'to' ? [x, laneAt(peer)] : [laneAt(peer), x];
    const back = to > from ? -6 : 6;
    out.push(`<line x1="${from}" y1="${y}" x2="${to + back}" y2="${y}" stroke="#222222" marker-end="url(#arrow)"/>`);
  }
  // An arrow would cross the text, so the text is above it.
  const line = peer >= 0 ? y - 5 : y + 4;
  out.push(
    `<circle cx="${x}" cy="${y}" r="4" fill="${colour}"/>`,
    `<text x="${x + 9}" y="${line}" fill="${colour}" stroke="#ffffff" stroke-width="3" paint-order="stroke">${escaped(saidOf(step))}</text>`,
  );
  return out;
}

/** Draws a count over the steps, as it is after each. Where it changes, the new count is written. */
function curveSvg(counts: readonly number[], x: (count: number) => number, colour: string, dashed: boolean): string[] {
  const points = counts.flatMap((count, n) => [
    `${x(counts[n - 1] ?? count).toFixed(1)},${rowAt(n)}`,
    `${x(count).toFixed(1)},${rowAt(n)}`,
  ]);
  const style = dashed ? ' stroke-dasharray="4 3"' : '';
  const out = [`<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"${style}/>`];
  counts.forEach((count, n) => {
    if (n === 0 || count !== counts[n - 1])
      out.push(
        `<text x="${(x(count) + 4).toFixed(1)}" y="${rowAt(n) + 11}" font-size="10" fill="${colour}" stroke="#ffffff" stroke-width="2" paint-order="stroke">${count}</text>`,
      );
  });
  return out;
}

/** Returns the chart of a run. The same run gives the same bytes. */
export function runSvg(run: Run, title: string): string {
  const actors = run.actors.filter((name) => run.steps.some(({ actor, peer }) => actor === name || peer?.name === name));
  const views = [run.start, ...run.steps.map(({ pages }) => pages)];
  const of = (frame: number, pick: (page: PageView) => number): number[] => views.map((pages) => pick(pages[frame]!));
  const curves = run.start.flatMap((_, frame) =>
    [
      { label: `references, frame ${frame}`, counts: of(frame, ({ ref }) => ref), colour: colours[frame % colours.length]!, dashed: false },
      { label: `pins, frame ${frame}`, counts: of(frame, ({ pins }) => pins), colour: colours[frame % colours.length]!, dashed: true },
    ].filter(({ counts }) => counts.some((count) => count !== 0)),
  );
  const ends = run.steps.map((step) => laneAt(actors.indexOf(step.actor)) + saidOf(step).length * 6.4 + 20);
  const left = Math.max(laneAt(actors.length - 1) + 60, ...ends) + 30;
  const values = curves.flatMap(({ counts }) => counts.map(scaled));
  const [low, high] = [Math.min(0, ...values), Math.max(1, ...values)];
  const x = (count: number): number => left + ((scaled(count) - low) / (high - low)) * CURVE;
  const width = Math.round(left + Math.max(CURVE + 70, curves.length * LEGEND + 20));
  const bottom = rowAt(run.steps.length);
  const out = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${bottom + 2 * ROW}" viewBox="0 0 ${width} ${bottom + 2 * ROW}" font-family="sans-serif" font-size="12">`,
    `<title>${escaped(title)}</title>`,
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0,0 L8,4 L0,8 z" fill="#222222"/></marker></defs>',
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    `<text x="20" y="22" font-size="14">${escaped(title)}</text>`,
  ];
  actors.forEach((actor, lane) => {
    out.push(
      `<text x="${laneAt(lane)}" y="${TOP - 24}" text-anchor="middle" font-weight="bold">${escaped(actor)}</text>`,
      `<line x1="${laneAt(lane)}" y1="${TOP - 18}" x2="${laneAt(lane)}" y2="${bottom + ROW / 2}" stroke="#cccccc"/>`,
    );
  });
  run.steps.forEach((step, n) => {
    out.push(...stepSvg(step, n, actors));
  });
  out.push(
    `<text x="${left}" y="${TOP - 40}" fill="#555555">counts after each step (logarithmic)</text>`,
    `<line x1="${x(0).toFixed(1)}" y1="${rowAt(0)}" x2="${x(0).toFixed(1)}" y2="${bottom}" stroke="#cccccc" stroke-dasharray="3 3"/>`,
  );
  curves.forEach(({ label, counts, colour, dashed }, n) => {
    out.push(...curveSvg(counts, x, colour, dashed));
    out.push(`<text x="${left + n * LEGEND}" y="${TOP - 22}" fill="${colour}">${dashed ? '- - ' : ''}${label}</text>`);
  });
  out.push(`<text x="20" y="${bottom + ROW + 8}">In the end: ${escaped(run.outcomes.join(', ') || 'nothing went wrong')}</text>`, '</svg>');
  return `${out.join('\n')}\n`;
}
