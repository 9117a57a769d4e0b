import { expect, test } from 'vitest'
import type { Environment } from './environment'
import { newKey } from './environment'

test('keys are of the protocol, differ, and ascend with the time (M-2)', () => {
  const at = (ms: number) => newKey({ now: () => ms, random: Math.random } as Environment)
  const start = Date.UTC(2026, 0, 1)
  const keys = Array.from({ length: 200 }, (_, second) => at(start + second * 1000))
  for (const key of keys) expect(key).toMatch(/^[a-z0-9]{20,24}$/)
  expect(keys.toSorted()).toEqual(keys)
  expect(at(start)).not.toBe(at(start))
})
