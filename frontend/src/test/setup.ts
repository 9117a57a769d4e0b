import { afterEach } from 'vitest'

// Core tests run without a DOM; component tests ask for one with `// @vitest-environment happy-dom`.
if (typeof document !== 'undefined') {
  const { cleanup } = await import('@testing-library/react')
  await import('@testing-library/jest-dom/vitest')
  afterEach(cleanup)
  // Its animations reject when they are stopped; without them the components show the end at once.
  Reflect.deleteProperty(Element.prototype, 'animate')
}
