/** Making nodes. There is no way here to make markup of text, and the page's policy forbids it too. */

type Child = Node | string | null | undefined | false;
type Attributes = Record<string, string | number | boolean | null | undefined | ((event: Event) => void)>;

function fill<T extends Element>(element: T, attributes: Attributes, children: readonly Child[]): T {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name, value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children) if (child !== null && child !== undefined && child !== false) element.append(child);
  return element;
}

/** An HTML element; a function among the attributes is a listener for the event of that name. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  return fill(document.createElement(tag), attributes, children);
}

/** A button that submits nothing. */
export function button(attributes: Attributes, ...children: Child[]): HTMLButtonElement {
  return h('button', { type: 'button', ...attributes }, ...children);
}

/** The head of a table whose columns have these titles. */
export function tableHead(titles: readonly string[]): HTMLElement {
  return h('thead', {}, h('tr', {}, ...titles.map((title) => h('th', { scope: 'col' }, title))));
}

/** An SVG element. */
export function s<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

/** A drawing of this size in pixels; `label` says what it is to those who do not see it. */
export function drawing(
  { width, height, class: kind }: { width: number; height: number; class?: string },
  label: string,
  ...children: Child[]
): SVGSVGElement {
  return s('svg', { viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', class: kind, 'aria-label': label }, ...children);
}

/** Sets a style that depends on data; style attributes are not allowed by the page's policy. */
export function styled<T extends HTMLElement | SVGElement>(element: T, style: Record<string, string>): T {
  for (const [name, value] of Object.entries(style)) element.style.setProperty(name, value);
  return element;
}

/** A table that scrolls sideways by itself, and can be reached by keyboard for that. */
export function scrolling(label: string, ...children: Child[]): HTMLElement {
  return h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': label }, ...children);
}

/** Something that opens; its inside is made when it first does, since most readers open few. */
export function opening(summary: string, make: () => Node): HTMLDetailsElement {
  const node: HTMLDetailsElement = h(
    'details',
    {
      toggle: () => {
        if (node.open && node.children.length === 1) node.append(make());
      },
    },
    h('summary', {}, summary),
  );
  return node;
}

/** Gives a node these children, and touches only those that are not in their place: what stays keeps its focus and its layout. */
export function settleChildren(parent: Element, children: readonly Element[]): void {
  const wanted = new Set<Element>(children);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  children.forEach((child, n) => {
    if (parent.children[n] !== child) parent.insertBefore(child, parent.children[n] ?? null);
  });
}

/** Listens to the window for as long as a node is in the page. */
export function listenWhile(node: Node, type: string, act: () => void): void {
  const listener = (): void => {
    if (node.isConnected) act();
    else window.removeEventListener(type, listener);
  };
  window.addEventListener(type, listener);
}

/** Brings the section of this name to the reader, and the reader's keys into it. The address holds the state, and is no place for this. */
export function goTo(inside: Element, label: string): void {
  const section = [...inside.querySelectorAll('section')].find((one) => one.getAttribute('aria-label') === label);
  const heading = section?.querySelector<HTMLElement>('h2');
  heading?.focus({ preventScroll: true });
  section?.scrollIntoView({ block: 'start' });
}

/** A text of long names, which may be broken after the marks that they are made of, but not before a file's `.c`. */
export function breakable(text: string): (string | Node)[] {
  return text.split(/(?<=[_/]|\.(?![ch]\b))(?=\w)/).flatMap((part, n) => (n === 0 ? [part] : [h('wbr'), part]));
}
