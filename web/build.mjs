/** Bundles the page's script and style into dist/web, from where the report takes them. Part of `npm run build`. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const at = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));

await build({
  entryPoints: { page: at('main.ts') },
  outdir: at('../dist/web'),
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2022',
  // The script stands inside an HTML file: nothing but ASCII, and no end of the element in a text of ours.
  charset: 'ascii',
  legalComments: 'none',
  logLevel: 'warning',
});
await build({ entryPoints: { page: at('style.css') }, outdir: at('../dist/web'), minify: true, target: 'chrome123', logLevel: 'warning' });
