import { expect, test } from 'vitest'
import { createFollow } from './useFollow'

const at = (scrollTop: number, scrollHeight: number) =>
  ({ scrollTop, scrollHeight, clientHeight: 600 }) as HTMLElement

test('many rows at once, or rows that turn out smaller, do not end following', () => {
  const follow = createFollow()
  expect(follow.update(at(400, 1_000))).toBe(true)
  expect(follow.update(at(400, 9_000))).toBe(true)
  expect(follow.update(at(300, 9_000))).toBe(true)
})

test('the person ends it by moving up, and starts it again at the end', () => {
  const follow = createFollow()
  follow.update(at(8_400, 9_000))
  follow.noteIntent()
  expect(follow.update(at(8_200, 9_000))).toBe(false)
  expect(follow.update(at(8_300, 9_000))).toBe(false)
  expect(follow.update(at(8_350, 9_000))).toBe(true)
})

test('a jump of more than a screen ends it, whoever made it; an own message starts it', () => {
  const follow = createFollow()
  follow.update(at(8_400, 9_000))
  expect(follow.update(at(2_000, 9_000))).toBe(false)
  follow.start()
  expect(follow.isOn()).toBe(true)
})
