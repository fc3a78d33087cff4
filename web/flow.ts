/** The way of the pages as a graph of layers with widths, and its layout. Pure: no browser needed. */
import type { PageSite, Pairing } from '../src/report/page/data.js';

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

export interface FlowLink {
  from: string;
  to: string;
  value: number;
  pairing: Pairing;
  sites: string[];
  /** Where the band leaves and arrives: its upper edge. */
  y0: number;
  y1: number;
  width: number;
}

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
    const pairing = site.pairings[n] ?? 'open';
    if (pairings.get(release.api) !== 'wrong') pairings.set(release.api, pairing);
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
        const link = links.get(key) ?? { from: before.id, to: id, value: 0, pairing: way.pairing, sites: [], y0: 0, y1: 0, width: 0 };
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
export const LABEL = 190;
/** The least height of a band, so that half a site can still be seen. */
const THINNEST = 1.5;

/** Gives every node and band its place. */
export function layOut(flow: Flow, width: number): Flow {
  const layers = flow.layers.map((_, layer) => flow.nodes.filter((node) => node.layer === layer));
  const most = Math.max(1, ...layers.map((nodes) => nodes.reduce((sum, node) => sum + node.value, 0)));
  const scale = Math.max(3, Math.min(22, 420 / most));
  order(flow, layers);
  const heightOf = (nodes: readonly FlowNode[]): number =>
    nodes.reduce((sum, node) => sum + Math.max(THINNEST, node.value * scale) + GAP, -GAP);
  const height = Math.max(60, ...layers.map(heightOf)) + 2 * GAP;
  const nodes = layers.flatMap((members, layer) => {
    let y = (height - heightOf(members)) / 2;
    return members.map((node): FlowNode => {
      const placed = {
        ...node,
        x: (layer * (width - LABEL)) / Math.max(1, layers.length - 1),
        y,
        height: Math.max(THINNEST, node.value * scale),
      };
      y += placed.height + GAP;
      return placed;
    });
  });
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const top = (id: string): number => byId.get(id)?.y ?? 0;
  const links = flow.links.map((link) => ({ ...link, width: Math.max(THINNEST, link.value * scale) }));
  const used = new Map<string, number>();
  const take = (side: string, id: string, amount: number): number => {
    const offset = used.get(side + id) ?? 0;
    used.set(side + id, offset + amount);
    return top(id) + offset;
  };
  for (const link of [...links].sort((a, b) => top(a.to) - top(b.to))) link.y0 = take('out ', link.from, link.value * scale);
  for (const link of [...links].sort((a, b) => top(a.from) - top(b.from))) link.y1 = take('in ', link.to, link.value * scale);
  return { ...flow, nodes, links, width, height };
}

/** Puts each layer in the order of where its bands come from and go to, so that few cross. */
function order(flow: Flow, layers: FlowNode[][]): void {
  const position = new Map<string, number>();
  const number = (nodes: readonly FlowNode[]): void => {
    nodes.forEach((node, n) => {
      position.set(node.id, (n + 0.5) / nodes.length);
    });
  };
  for (const nodes of layers) {
    nodes.sort((a, b) => b.value - a.value || (a.id < b.id ? -1 : 1));
    number(nodes);
  }
  const centre = (node: FlowNode, forward: boolean): number => {
    const links = flow.links.filter((link) => (forward ? link.to : link.from) === node.id);
    const sum = links.reduce((total, link) => total + link.value * (position.get(forward ? link.from : link.to) ?? 0.5), 0);
    const weight = links.reduce((total, link) => total + link.value, 0);
    return weight === 0 ? (position.get(node.id) ?? 0.5) : sum / weight;
  };
  for (let round = 0; round < 6; round++) {
    const forward = round % 2 === 0;
    for (const nodes of forward ? layers.slice(1) : layers.slice(0, -1).reverse()) {
      const centres = new Map(nodes.map((node) => [node, centre(node, forward)]));
      nodes.sort((a, b) => (centres.get(a) ?? 0) - (centres.get(b) ?? 0) || (a.id < b.id ? -1 : 1));
      number(nodes);
    }
  }
}
