/** The flow: from the acquiring call through containers and carriers to the releasing call; what does not fit stands out. */
import type { Context, Shown } from './context.js';
import { drawing, h, opening, s, scrolling, tableHead } from './dom.js';
import { BOX, type Flow, type FlowLink, type FlowNode, flowOf, LABEL, layOut } from './flow.js';
import { select, tally } from './query.js';
import { type State, withFilter } from './state.js';
import { subsystemChoice } from './subsystem-choice.js';
import { PAIRINGS, WORST } from './words.js';

/** Narrower than this the diagram scrolls. */
const WIDTH = 1180;

/** The view of the flow. */
export function flowView(context: Context): Shown {
  const column = context.index.columns.get('subsystem');
  const choice = subsystemChoice(context, (state) => (column ? tally(select(context.index, state, 'subsystem'), column) : []));
  const said = h('p', { class: 'standing-out' });
  const picture = h('div');
  const node = h('div', { class: 'flow' }, h('h1', {}, 'The way of the pages'), choice.node, legend(), said, picture);
  const update = (state: State): void => {
    const flow = layOut(flowOf(select(context.index, state)), WIDTH);
    choice.show(state);
    said.replaceChildren(...standingOut(context, state));
    picture.replaceChildren(
      ...(flow.links.length === 0
        ? [h('p', { class: 'quiet' }, 'No site passes all filters.')]
        : [scrolling('Diagram', diagram(context, state, flow)), asTable(context, state, flow)]),
    );
  };
  update(context.state());
  return { node, update };
}

/** What the colours and the widths say. */
function legend(): HTMLElement {
  return h(
    'p',
    { class: 'legend' },
    ...WORST.map((pairing) => h('span', {}, h('i', { class: pairing }), ` ${pairing}: ${PAIRINGS[pairing]}`)),
    h(
      'span',
      { class: 'quiet' },
      'A band is as wide as its number of sites; a site with several releasing calls is divided among them. Click one for its sites.',
    ),
  );
}

/** A name behind its box; the last layer has room for the longest call. */
const short = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
/** How many sites have a release that does not fit, with the way to them. */
function standingOut(context: Context, state: State): (Node | string)[] {
  const shown = select(context.index, state);
  if (shown.length === 0) return [];
  const parts = (['wrong', 'suspect'] as const).flatMap((pairing) => {
    const count = shown.filter((site) => site.pairing === pairing).length;
    if (count === 0) return [];
    const target = { ...withFilter(state, 'pairing', [pairing]), view: 'sheet' as const };
    const text = `${count} ${count === 1 ? 'has' : 'have'} a ${pairing} release`;
    return [h('a', { class: `value-${pairing}`, href: context.link(target) }, text)];
  });
  // Without a check nothing can be wrong, which says nothing.
  const checked = context.data.findings === null ? 'The tree was not checked: a release can be suspect, but none is shown as wrong. ' : '';
  if (parts.length === 0) return [checked, 'Of these sites no release is known to be of the wrong kind.'];
  return [checked, 'Of these sites ', ...parts.flatMap((part, n) => (n === 0 ? [part] : [', ', part])), '.'];
}

const sites = (count: number): string => `${Number(count.toFixed(1))} ${count === 1 ? 'site' : 'sites'}`;

/** How many sites a band has, and its width where they are divided among several releasing calls. */
function sitesOf({ sites: ids, value }: FlowLink): string {
  const parts = Math.abs(ids.length - value) > 0.05 ? `, divided among their releasing calls: ${Number(value.toFixed(1))} here` : '';
  return `${sites(ids.length)}${parts}`;
}

/** The column whose filter shows the sites of a node. */
function columnOf(flow: Flow, layer: number): string {
  if (layer === 0) return 'api';
  if (layer === flow.layers.length - 1) return 'releases';
  return layer === flow.layers.length - 2 ? 'carrier' : 'containers';
}

/** The sheet of a node's sites, with the reader's filters; null where no filter says it. */
function sheetOf(flow: Flow, state: State, node: FlowNode): State | null {
  if (node.label === 'others' || node.passing || / found$|^callers$/.test(node.label)) return null;
  const column = columnOf(flow, node.layer);
  return { ...withFilter(state, column, [node.label.replace(/ \+\d+$/, '')]), view: 'sheet' };
}

function diagram(context: Context, state: State, flow: Flow): SVGElement {
  const byId = new Map(flow.nodes.map((node) => [node.id, node]));
  // What is worst is painted last, over the others.
  const painted = [...flow.links].sort((a, b) => WORST.indexOf(b.pairing) - WORST.indexOf(a.pairing));
  const bands = painted.map((link) => {
    const [from, to] = [byId.get(link.from), byId.get(link.to)];
    if (!from || !to) return null;
    return s(
      'path',
      {
        d: link.path,
        class: `band ${link.pairing}`,
        'stroke-width': link.width,
        click: () => show(link),
        pointerenter: () => light(link),
        pointerleave: () => light(null),
      },
      s('title', {}, `${from.label || '…'} → ${to.label || '…'}: ${sitesOf(link)}; ${link.pairing}: ${PAIRINGS[link.pairing]}`),
    );
  });

  /** Lights the whole way of a band's sites, from the call to the release. */
  function light(band: FlowLink | null): void {
    const way = new Set(band?.sites);
    picture.classList.toggle('lighting', band !== null);
    painted.forEach((link, n) => {
      bands[n]?.classList.toggle(
        'lit',
        link.sites.some((site) => way.has(site)),
      );
    });
  }
  const show = (link: FlowLink): void => {
    const [from, to] = [byId.get(link.from), byId.get(link.to)];
    let next: State = state;
    for (const end of [from, to]) if (end) next = sheetOf(flow, next, end) ?? next;
    if (link.pairing === 'wrong' || link.pairing === 'suspect') next = withFilter(next, 'pairing', [link.pairing]);
    context.go({ ...next, view: 'sheet' });
  };
  // Where bands only pass, a joint shows that they are the same ones in another order.
  const joints = flow.nodes
    .filter((node) => node.passing)
    .map((node) => s('rect', { class: 'joint', x: node.x - 1, y: node.y, width: 2, height: node.height }));
  const boxes = flow.nodes
    .filter((node) => !node.passing)
    .map((node) => {
      const target = sheetOf(flow, state, node);
      return s(
        'g',
        { class: `node${target ? ' live' : ''}`, ...(target ? { click: () => context.go(target) } : {}) },
        s('rect', { x: node.x, y: node.y, width: BOX, height: node.height, rx: 2 }),
        s(
          'text',
          { x: node.x + BOX + 5, y: node.y + node.height / 2, dy: '0.35em' },
          short(node.label, node.layer === flow.layers.length - 1 ? 34 : 24),
        ),
        s('title', {}, `${node.label}: ${sites(node.value)}`),
      );
    });
  const titles = flow.layers.map((title, layer) => {
    const x = (layer * (flow.width - LABEL)) / Math.max(1, flow.layers.length - 1);
    return s('text', { x, y: 12, class: 'layer' }, title);
  });
  const picture = drawing(
    { width: flow.width, height: flow.height + 24 },
    'The way of the pages from the acquiring call to the releasing call; the table below says the same',
    ...titles,
    s('g', { transform: 'translate(0 20)' }, ...bands, ...joints, ...boxes),
  );
  return picture;
}

/** The same as a table: for reading aloud, and for the keyboard. Passing bands are joined to where they go. */
function asTable(context: Context, state: State, flow: Flow): HTMLElement {
  const byId = new Map(flow.nodes.map((node) => [node.id, node]));
  const name = (id: string): string => byId.get(id)?.label || '(straight on)';
  const end = (id: string): Node | string => {
    const node = byId.get(id);
    const target = node ? sheetOf(flow, state, node) : null;
    return target ? h('a', { href: context.link(target) }, name(id)) : name(id);
  };
  const links = [...flow.links].sort(
    (a, b) =>
      WORST.indexOf(a.pairing) - WORST.indexOf(b.pairing) ||
      (byId.get(a.from)?.layer ?? 0) - (byId.get(b.from)?.layer ?? 0) ||
      b.value - a.value,
  );
  return opening('The same as a table', () =>
    scrolling(
      'The flow as a table',
      h(
        'table',
        { class: 'lines' },
        tableHead(['From', 'To', 'Sites', 'Release']),
        h(
          'tbody',
          {},
          ...links.map((link) =>
            h(
              'tr',
              {},
              h('td', {}, end(link.from)),
              h('td', {}, end(link.to)),
              h('td', { class: 'number' }, String(Number(link.value.toFixed(2)))),
              h('td', { class: `value-${link.pairing}` }, `${link.pairing}: ${PAIRINGS[link.pairing]}`),
            ),
          ),
        ),
      ),
    ),
  );
}
