/** The way of the pages as a graph of layers with widths, and its layout. Pure: no browser needed. */
import { sankey } from 'd3-sankey';
import type { PageSite, Pairing } from '../src/report/page/data.js';
import { WORST } from './words.js';

/** A box of the diagram: a call, a container or a carrier that sites have in common. */
export interface FlowNode {
  id: string;
  layer: number;
  label: string;
  /** Keeps a band's place in a layer that it only passes. */
  passing: boolean;
  value: number;
  x: number;
  y: number;
  height: number;
}

/** A band of the diagram: the sites that go from one box to another, with what is said of their releases. */
export interface FlowLink {
  from: string;
  to: string;
  value: number;
  pairing: Pairing;
  sites: string[];
  /** The middle of the band as the data of an SVG path, and its width. */
  path: string;
  width: number;
}

/** The diagram: its boxes and bands, the titles of its layers, and its size. */
export interface Flow {
  nodes: FlowNode[];
  links: FlowLink[];
  layers: string[];
  width: number;
  height: number;
}

/** Named nodes a layer; what is smaller than these is taken together. */
const MOST = 14;
/** Containers a site at most; longer ways end in the last. */
const DEEPEST = 3;

interface Way {
  site: string;
  steps: { layer: number; label: string }[];
  value: number;
  pairing: Pairing;
}

/** The struct in which the pages outlive the function; several are told by the first. */
function carrierOf(site: PageSite): string | null {
  const tags = [...new Set(site.carrier.map((path) => path.split('.')[0] ?? path))];
  const first = tags[0];
  return first === undefined ? null : tags.length > 1 ? `${first} +${tags.length - 1}` : first;
}

/** A site's ways, one for each releasing call; their values make one site. */
function waysOf(site: PageSite, depth: number): Way[] {
  const steps = [{ layer: 0, label: site.api }];
  for (const [n, container] of site.containers.slice(0, depth).entries()) steps.push({ layer: n + 1, label: container });
  const carrier = carrierOf(site);
  if (carrier !== null) steps.push({ layer: depth + 1, label: carrier });
  const pairings = new Map<string, Pairing>();
  site.releases.forEach((release, n) => {
    const [pairing, other] = [site.pairings[n] ?? 'open', pairings.get(release.api)];
    if (other === undefined || WORST.indexOf(pairing) < WORST.indexOf(other)) pairings.set(release.api, pairing);
  });
  if (pairings.size === 0) pairings.set(site.releaseForm === 'caller' ? 'callers' : 'no release found', 'open');
  return [...pairings].map(([api, pairing]) => ({
    site: site.id,
    steps: [...steps, { layer: depth + 2, label: api }],
    value: 1 / pairings.size,
    pairing,
  }));
}

/** The graph of these sites, not yet laid out. */
export function flowOf(sites: readonly PageSite[]): Flow {
  const moving = sites.filter((site) => site.reference !== 'none' && site.kind !== 'internal');
  const depth = Math.min(DEEPEST, Math.max(1, ...moving.map((site) => site.containers.length)));
  const ways = moving.flatMap((site) => waysOf(site, depth));
  const named = namedIn(ways);
  const nodes = new Map<string, FlowNode>();
  const links = new Map<string, FlowLink>();
  for (const way of ways) {
    let before: FlowNode | null = null;
    const byLayer = new Map(way.steps.map((step) => [step.layer, step.label]));
    for (let layer = 0; layer <= depth + 2; layer++) {
      const own = byLayer.get(layer);
      const label: string = own === undefined ? '' : named.has(`${layer} ${own}`) ? own : 'others';
      const id: string = own === undefined ? `${layer} pass ${before?.label || before?.id}` : `${layer} = ${label}`;
      const node: FlowNode = nodes.get(id) ?? { id, layer, label, passing: own === undefined, value: 0, x: 0, y: 0, height: 0 };
      node.value += way.value;
      nodes.set(id, node);
      if (before) {
        const key = JSON.stringify([before.id, id, way.pairing]);
        const link = links.get(key) ?? { from: before.id, to: id, value: 0, pairing: way.pairing, sites: [], path: '', width: 0 };
        link.value += way.value;
        if (!link.sites.includes(way.site)) link.sites.push(way.site);
        links.set(key, link);
      }
      before = node;
    }
  }
  const layers = ['call', ...Array.from({ length: depth }, (_, n) => (n === 0 ? 'container' : 'then')), 'carrier', 'release'];
  return { nodes: [...nodes.values()], links: [...links.values()], layers, width: 0, height: 0 };
}

function namedIn(ways: readonly Way[]): Set<string> {
  const values = new Map<number, Map<string, number>>();
  for (const way of ways) {
    for (const { layer, label } of way.steps) {
      const labels = values.get(layer) ?? new Map<string, number>();
      labels.set(label, (labels.get(label) ?? 0) + way.value);
      values.set(layer, labels);
    }
  }
  return new Set(
    [...values].flatMap(([layer, labels]) =>
      [...labels]
        .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
        .slice(0, MOST)
        .map(([label]) => `${layer} ${label}`),
    ),
  );
}

const GAP = 14;
/** Room for the names behind the last layer. */
export const LABEL = 245;
/** Width of a node's box. */
export const BOX = 12;
/** The least width of a band, so that half a site can still be seen; and of one that is to stand out. */
const THINNEST = 1.5;
const STANDING_OUT = 3;
/** Pixels for one site: few sites are not blown up, many are not squeezed to nothing. */
const [SMALLEST, LARGEST, ROOM] = [3, 22, 420];

const least = (pairing: Pairing): number => (pairing === 'wrong' || pairing === 'suspect' ? STANDING_OUT : THINNEST);

/** The data of an SVG path from one point to another that begins and ends level. */
function curve(x0: number, y0: number, x1: number, y1: number): string {
  const middle = (x0 + x1) / 2;
  return `M${x0},${y0}C${middle},${y0},${middle},${y1},${x1},${y1}`;
}

/** Gives every node and band its place. */
export function layOut(flow: Flow, width: number): Flow {
  const layers = flow.layers.map((_, layer) => flow.nodes.filter((node) => node.layer === layer));
  const sum = (nodes: readonly FlowNode[]): number => nodes.reduce((total, node) => total + node.value, 0);
  const scale = Math.max(SMALLEST, Math.min(LARGEST, ROOM / Math.max(1, ...layers.map(sum))));
  const inner = Math.max(40, ...layers.map((nodes) => sum(nodes) * scale + (nodes.length - 1) * GAP));
  if (flow.links.length === 0) return { ...flow, width, height: inner + 2 * GAP };
  const graph = sankey<FlowNode, FlowLink>()
    .nodeId((node) => node.id)
    .nodeAlign((node) => node.layer)
    .nodeWidth(BOX)
    .nodePadding(GAP)
    .iterations(24)
    .extent([
      [0, GAP],
      [width - LABEL + BOX, inner + GAP],
    ])({
    nodes: flow.nodes.map((node) => ({ ...node })),
    links: flow.links.map((link) => ({ ...link, source: link.from, target: link.to })),
  });
  // A band only passes here: it is not to stop at one side of a box that is not drawn.
  for (const node of graph.nodes) if (node.passing) node.x1 = node.x0;
  const placed = new Map(graph.nodes.map((node) => [node.id, node]));
  return {
    ...flow,
    nodes: graph.nodes.map(({ id, layer, label, passing, value = 0, x0 = 0, y0 = 0, y1 = 0 }) => ({
      ...{ id, layer, label, passing, value },
      ...{ x: x0, y: y0, height: Math.max(THINNEST, y1 - y0) },
    })),
    links: graph.links.map((link) => {
      const { from, to, value, pairing, sites, y0 = 0, y1 = 0 } = link;
      const path = curve(placed.get(from)?.x1 ?? 0, y0, placed.get(to)?.x0 ?? 0, y1);
      return { from, to, value, pairing, sites, path, width: Math.max(least(pairing), link.width ?? 0) };
    }),
    width,
    height: inner + 2 * GAP,
  };
}
