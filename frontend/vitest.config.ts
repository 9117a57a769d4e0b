import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const src = fileURLToPath(new URL('./src', import.meta.url))

export default defineConfig({
  resolve: { alias: { '@': src } },
  test: {
    include: ['src/**/*.test.{ts,tsx}', 'bench/**/*.test.ts'],
    // Two workers: the suite shares a small machine with the C++ build.
    maxWorkers: 2,
    // Time in tests is a manual clock; this only ends what hangs, on a busy machine as well.
    testTimeout: 60_000,
    restoreMocks: true,
    setupFiles: ['src/test/setup.ts'],
  },
})
