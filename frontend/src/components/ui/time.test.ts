import { expect, test } from 'vitest'
import { formatDay, formatDuration, formatRelative, formatSize } from './time'

const now = new Date(2026, 4, 1, 12).getTime()
const minute = 60_000

test.each([
  [5_000, 'just now'],
  [-5_000, 'just now'],
  [minute, '1 minute ago'],
  [59 * minute, '59 minutes ago'],
  [60 * minute, '1 hour ago'],
  [25 * 60 * minute, 'yesterday'],
  [8 * 24 * 60 * minute, 'Apr 23, 2026'],
])('an age of %i ms reads %s', (age, text) => {
  expect(formatRelative(now - age, now, 'en', 'just now')).toBe(text)
})

test('days have names people use', () => {
  expect(formatDay(new Date(2026, 4, 1, 1).toISOString(), now, 'en')).toBe('Today')
  expect(formatDay(new Date(2026, 3, 30, 23).toISOString(), now, 'en')).toBe('Yesterday')
  expect(formatDay(new Date(2026, 3, 20).toISOString(), now, 'en')).toBe('Monday, April 20')
  expect(formatDay(new Date(2025, 3, 20).toISOString(), now, 'en')).toContain('2025')
  expect(formatDay('nonsense', now, 'en')).toBe('')
})

test('sizes and durations', () => {
  expect(formatSize(900, 'en')).toBe('900 bytes')
  expect(formatSize(1_540_000, 'en')).toBe('1.5 MB')
  expect(formatDuration(65_000)).toBe('1:05')
})
