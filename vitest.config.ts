import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['test/**/*.test.ts', 'bench/**/*.test.mjs'], testTimeout: 60_000 },
});
