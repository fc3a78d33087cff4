/** Whether the page is dark or light. */

/** Where the browser keeps the reader's choice: it is the reader's, and no matter of what a link shows. */
const KEY = 'putright scheme';

const isDark = (root: Element): boolean => {
  const { colorScheme } = getComputedStyle(root);
  return colorScheme === 'dark' || (colorScheme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
};

/** A page from the disk, or in a frame, may have nowhere to keep it. */
function kept<T>(act: (storage: Storage) => T): T | null {
  try {
    return act(localStorage);
  } catch {
    return null;
  }
}

/** Makes a dark page light and a light one dark; at first it is as the system asks. */
export function toggleScheme(): void {
  const root = document.documentElement;
  const scheme = isDark(root) ? 'light' : 'dark';
  root.dataset['scheme'] = scheme;
  kept((storage) => storage.setItem(KEY, scheme));
}

/** Makes the page what the reader chose before. */
export function restoreScheme(): void {
  const scheme = kept((storage) => storage.getItem(KEY));
  if (scheme === 'dark' || scheme === 'light') document.documentElement.dataset['scheme'] = scheme;
}
