import { describe, expect, test } from 'vitest'
import { message } from '../../fixtures'
import { type Row, rowsOf as rowsOfMessages } from '../messageGroups'
import { movedBy, RowLayout } from './rowLayout'

const rowsOf = (...keys: string[]): Row[] =>
  keys.map((key) => ({ kind: 'day', key, at: '2026-01-01T00:00:00.000Z' }))
const heights = new Map([
  ['a', 10],
  ['b', 20],
  ['c', 30],
])

describe('where rows stand', () => {
  const layout = RowLayout.of(rowsOf('a', 'b', 'c'), heights)

  test('one below the other, with an edge above and below', () => {
    expect([0, 1, 2, 3].map((index) => layout.startOf(index))).toEqual([12, 22, 42, 72])
    expect(layout.total).toBe(84)
  })

  test.each([
    [-100, 0],
    [0, 0],
    [21, 0],
    [22, 1],
    [42, 2],
    [10_000, 2],
  ])('at %i px is row %i', (distance, index) => {
    expect(layout.indexAt(distance)).toBe(index)
  })

  test('a row that was never measured has the height of its kind', () => {
    expect(RowLayout.of(rowsOf('new', 'a'), heights).startOf(1)).toBe(64)
  })

  test('some rows are measured anew without the others', () => {
    const measured = new Map([...heights, ['a', 99], ['b', 25]])
    const changing = RowLayout.of(rowsOf('a', 'b', 'c'), heights)
    expect(changing.remeasure(measured, 1, 2, 50)).toBe(5)
    expect([0, 1, 2, 3].map((index) => changing.startOf(index))).toEqual([12, 22, 47, 77])
    expect(changing.remeasure(measured, 0, 1, 30)).toBe(89)
    expect([0, 1, 2, 3].map((index) => changing.startOf(index))).toEqual([12, 111, 136, 166])
    expect(changing.remeasure(heights, 0, 2, 15)).toBe(0)
    expect([0, 1, 2, 3].map((index) => changing.startOf(index))).toEqual([12, 22, 42, 72])
    expect(changing.total).toBe(84)
  })

  test('no rows are no height but the edges', () => {
    const empty = RowLayout.of([], heights)
    expect([empty.total, empty.indexAt(5)]).toEqual([24, 0])
  })
})

describe('what one looks at', () => {
  const before = RowLayout.of(rowsOf('b', 'c'), heights)

  test('moves down by the rows that came above it', () => {
    const after = RowLayout.of(rowsOf('a', 'b', 'c', 'd'), heights)
    expect(before.shiftTo(after, 40)).toBe(10)
    expect(before.shiftTo(before, 40)).toBe(0)
  })

  test('moves by what a row above turned out to be', () => {
    const after = RowLayout.of(rowsOf('b', 'c'), new Map([...heights, ['b', 50]]))
    expect(before.shiftTo(after, 40)).toBe(30)
    expect(before.shiftTo(after, 12)).toBe(0)
  })

  test('stays where it is when older messages of its day come above its separator', () => {
    const [older, first] = [message('older'), message('first')]
    const layoutOf = (...all: (typeof first)[]) =>
      RowLayout.of(rowsOfMessages(all, null), new Map())
    expect(layoutOf(first).shiftTo(layoutOf(older, first), 0)).toBe(44)
  })

  test('is the next row where its own is gone', () => {
    const after = RowLayout.of(rowsOf('a', 'c'), heights)
    expect(before.shiftTo(after, 12)).toBe(-10)
  })
})

test('a row is found by its key', () => {
  expect(movedBy(rowsOf('a', 'b'), rowsOf('x', 'y', 'a', 'b'), 1)).toBe(2)
  expect(movedBy(rowsOf('a', 'b'), rowsOf('b'), 1)).toBe(-1)
  expect(movedBy(rowsOf('a', 'b'), rowsOf('x'), 0)).toBe(0)
})

test('rows measured piece by piece, in any order, stand where all at once would', () => {
  const rows = rowsOf(...Array.from({ length: 60 }, (_, index) => `row ${index}`))
  const measured = new Map<string, number>()
  const layout = RowLayout.of(rows, measured)
  let seed = 7
  const next = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed % below
  }
  for (let round = 0; round < 200; round += 1) {
    const first = next(60)
    const end = Math.min(60, first + 1 + next(12))
    for (const row of rows.slice(first, end)) measured.set(row.key, 10 + next(90))
    layout.remeasure(measured, first, end, next(3_000))
    const whole = RowLayout.of(rows, measured)
    for (let index = 0; index <= 60; index += 1) {
      expect(layout.startOf(index)).toBe(whole.startOf(index))
    }
  }
})
