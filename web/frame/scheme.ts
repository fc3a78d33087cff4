/** Whether the page is dark or light. */

const isDark = (root: Element): boolean => {
  const { colorScheme } = getComputedStyle(root);
  return colorScheme === 'dark' || (colorScheme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
};

/** Makes a dark page light and a light one dark; at first it is as the system asks. */
export function toggleScheme(): void {
  const root = document.documentElement;
  root.dataset['scheme'] = isDark(root) ? 'light' : 'dark';
}
