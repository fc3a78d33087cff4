/** Escapes text for HTML. Nothing from a tree gets into the page in any other way. */
import { bareJson } from '../bare-json.js';

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Escapes a text for an element or a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/**
 * JSON for a `<script type="application/json">`: with no `<` in it, it cannot end the element or open a comment; invisible characters are
 * escaped for whoever reads the page's source.
 */
export function embedJson(value: unknown): string {
  return bareJson(JSON.stringify(value)).replace(/[<>&]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
