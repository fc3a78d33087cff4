/** Text into HTML. Nothing that came from a tree enters the page in any other way. */
import { bareJson } from '../bare-json.js';

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text for an element or a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** JSON for a `<script type="application/json">`: no `<` ends the element or opens a comment, and nobody who reads the page's source is misled. */
export function embedJson(value: unknown): string {
  return bareJson(JSON.stringify(value)).replace(/[<>&]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
