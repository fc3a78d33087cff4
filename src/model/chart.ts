/** A run as a sequence chart in SVG: actors across, steps down, and each page's count as a curve beside them. */
import type { Run } from './explain.js';

const ROW = 26;
const LANE = 150;
const TOP = 60;
const CURVE = 220;
const colours = ['#0b62a4', '#b5460f', '#2f7d32', '#7a3e9d', '#666666', '#a01040', '#00707a'];

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[character] ?? character);
}

/** Large and negative counts on one axis: linear near zero, logarithmic beyond. */
function scaled(count: number): number {
  return Math.sign(count) * Math.log2(1 + Math.abs(count));
}

/** Draws a run. The same run gives the same bytes. */
export function runSvg(run: Run, title: string): string {
  const actors = run.actors.filter((name) => run.steps.some(({ actor }) => actor === name));
  const text = Math.max(...run.steps.map((step) => step.text.length)) * 6.2 + 40;
  const curveLeft = Math.max(actors.length * LANE, (actors.length - 1) * LANE + text) + 40;
  const width = curveLeft + CURVE + 90;
  const height = TOP + (run.steps.length + 2) * ROW + 30;
  const lane = (actor: string): number => 60 + actors.indexOf(actor) * LANE;
  const y = (n: number): number => TOP + n * ROW;
  const frames = run.start
    .map((_, n) => n)
    .filter((n) => [run.start, ...run.steps.map(({ pages }) => pages)].some((pages) => pages[n]!.ref !== 0));
  const views = [run.start, ...run.steps.map(({ pages }) => pages)];
  const values = frames.flatMap((n) => views.map((view) => scaled(view[n]!.ref)));
  const [low, high] = [Math.min(0, ...values), Math.max(1, ...values)];
  const x = (count: number): number => curveLeft + ((scaled(count) - low) / (high - low)) * CURVE;
  const out = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${Math.round(width)}" height="${height}" viewBox="0 0 ${Math.round(width)} ${height}" font-family="sans-serif" font-size="12">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    `<text x="20" y="22" font-size="14">${escaped(title)}</text>`,
  ];
  for (const actor of actors) {
    out.push(`<text x="${lane(actor)}" y="${TOP - 12}" text-anchor="middle" font-weight="bold">${escaped(actor)}</text>`);
    out.push(`<line x1="${lane(actor)}" y1="${TOP - 6}" x2="${lane(actor)}" y2="${y(run.steps.length + 1)}" stroke="#cccccc"/>`);
  }
  run.steps.forEach((step, n) => {
    const colour = step.mistake ? '#c00000' : '#222222';
    out.push(`<circle cx="${lane(step.actor)}" cy="${y(n + 1)}" r="4" fill="${colour}"/>`);
    const said = `${step.text}${step.mistake ? ' (the mistake)' : ''}${step.notices.length > 0 ? ` !! ${step.notices.join(', ')}` : ''}`;
    out.push(
      `<text x="${lane(step.actor) + 9}" y="${y(n + 1) + 4}" fill="${colour}" stroke="#ffffff" stroke-width="3" paint-order="stroke">${escaped(said)}</text>`,
    );
  });
  out.push(`<line x1="${x(0)}" y1="${y(0)}" x2="${x(0)}" y2="${y(run.steps.length)}" stroke="#cccccc" stroke-dasharray="3 3"/>`);
  frames.forEach((frame, i) => {
    const colour = colours[i % colours.length]!;
    const points = views.map((view, n) => `${x(view[frame]!.ref).toFixed(1)},${y(n)}`).join(' ');
    out.push(`<polyline points="${points}" fill="none" stroke="${colour}" stroke-width="2"/>`);
    out.push(`<text x="${curveLeft + i * 80}" y="${TOP - 12}" fill="${colour}">count, frame ${frame}</text>`);
    views.forEach((view, n) => {
      const here = view[frame]!.ref;
      if (n === 0 || here !== views[n - 1]![frame]!.ref)
        out.push(`<text x="${(x(here) + 4).toFixed(1)}" y="${y(n) + 4}" font-size="10" fill="${colour}">${here}</text>`);
    });
  });
  out.push(
    `<text x="20" y="${y(run.steps.length + 2)}">In the end: ${escaped(run.outcomes.join(', ') || 'nothing went wrong')}</text>`,
    '</svg>',
  );
  return `${out.join('\n')}\n`;
}
