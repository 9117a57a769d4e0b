import { expect, test } from 'vitest'
import { en } from './en'
import { dateInNepali, ne } from './ne'

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

test.each([
  ['5 minutes ago', '५ मिनेट अघि'],
  ['1 hour ago', '१ घण्टा अघि'],
  ['Yesterday', 'हिजो'],
  ['14:46', '१४:४६'],
  ['Sat', 'शनिबार'],
  ['23 Apr 2026', '२३ अप्रिल २०२६'],
  ['Saturday 28 November 2026 at 21:46', 'शनिबार २८ नोभेम्बर २०२६, २१:४६'],
  ['1.5 MB', '१.५ एमबी'],
  ['900 bytes', '९०० बाइट'],
])('%s is said in Nepali', (english, nepali) => {
  expect(dateInNepali(english)).toBe(nepali)
})
