/** Debian's Chromium, and pages that say what went wrong in them. */
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const candidates = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The browser's path, null if there is none. */
export const executable = candidates.find((path) => path !== undefined && existsSync(path)) ?? null;
if (executable === null) {
  const message = 'no Chromium: the tests of the page do not run (apt-get install chromium, or CHROMIUM=PATH)';
  if (process.env['PUTRIGHT_NEEDS_CHROMIUM']) throw new Error(message);
  process.stderr.write(`${message}\n`);
}

/** Without its sandbox, which root cannot have, and without anything that asks the network on its own account. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: executable ?? '', args: ARGUMENTS });
}

/** A page with all that it complained of, and every address that it asked for. */
export interface Watched {
  page: Page;
  faults: string[];
  requests: string[];
  close: () => Promise<void>;
}

export async function open(browser: Browser, address: string, options: BrowserContextOptions = {}): Promise<Watched> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const faults: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(address);
  return { page, faults, requests, close: () => context.close() };
}
