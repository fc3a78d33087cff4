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

/** An SVG element. */
export function s<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
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
