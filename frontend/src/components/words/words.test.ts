import { expect, test } from 'vitest'
import { en } from './en'
import { ne } from './ne'

function shape(value: unknown, path = ''): string[] {
  if (typeof value === 'function') return [`${path}()`]
  if (Array.isArray(value)) return [`${path}[${value.length}]`]
  if (typeof value !== 'object' || value === null) return [path]
  return Object.entries(value).flatMap(([key, inner]) => shape(inner, `${path}.${key}`))
}

test('Nepali has every word that English has', () => {
  expect(shape(ne)).toEqual(shape(en))
})

test('typing names up to three people and counts the rest', () => {
  expect(en.typing([])).toBe('')
  expect(en.typing(['Asha'])).toBe('Asha is typing…')
  expect(en.typing(['Asha', 'Bina'])).toBe('Asha and Bina are typing…')
  expect(en.typing(['Asha', 'Bina', 'Chandra'])).toBe('Asha, Bina and Chandra are typing…')
  expect(en.typing(['A', 'B', 'C', 'D', 'E'])).toBe('A, B and 3 others are typing…')
  expect(ne.typing(['आशा', 'बिना'])).toBe('आशा र बिना लेख्दै हुनुहुन्छ…')
})
