import { expect, test } from 'vitest'
import { dolma, message } from '../fixtures'
import { rowsOf } from './messageGroups'

const at = (hour: number, minute = 0) => new Date(2026, 4, 1, hour, minute).toISOString()

test('days are separated and groups end after five minutes or with another person', () => {
  const rows = rowsOf(
    [
      message('a', { created_at: new Date(2026, 3, 30, 23, 59).toISOString() }),
      message('b', { created_at: at(0) }),
      message('c', { created_at: at(0, 4) }),
      message('d', { created_at: at(0, 10) }),
      message('e', { created_at: at(0, 11), sender: dolma }),
    ],
    null,
  )
  const shape = rows.map((row) =>
    row.kind === 'message'
      ? `${row.startsGroup ? '[' : ''}${row.message.content}${row.endsGroup ? ']' : ''}`
      : row.kind,
  )
  expect(shape).toEqual(['day', '[a]', 'day', '[b', 'c]', '[d]', '[e]'])
})

test('one unread line stands before the first unread message of somebody else', () => {
  const rows = rowsOf(
    [
      message('read', { conv_seq: 1, created_at: at(1) }),
      message('mine', { conv_seq: 2, is_own: true, created_at: at(1) }),
      message('new', { conv_seq: 3, created_at: at(1) }),
      message('newer', { conv_seq: 4, created_at: at(1) }),
    ],
    1,
  )
  expect(rows.map((row) => row.kind)).toEqual([
    'day',
    'message',
    'message',
    'unread',
    'message',
    'message',
  ])
})

test('keys are unique and stay when an optimistic message is confirmed', () => {
  const before = message('x', { is_own: true, id: null, conv_seq: null, created_at: at(1) })
  const after = { ...before, id: 7, conv_seq: 7, status: 'sent' as const }
  expect(rowsOf([before], null).map((row) => row.key)).toEqual(
    rowsOf([after], null).map((row) => row.key),
  )
})

test('rows that are as they were are the same objects', () => {
  const [a, b, c] = [1, 2, 3].map((hour) => message(`${hour}`, { created_at: at(hour) }))
  if (!a || !b || !c) throw new Error('three messages')
  const messageRows = (...all: (typeof a)[]) =>
    rowsOf(all, null).filter((row) => row.kind === 'message')
  expect(messageRows(a, b, c)[1]).toBe(messageRows(b, c)[0])
  const sooner = message('sooner', { created_at: at(2, 1) })
  expect(messageRows(b, sooner)[0]).not.toBe(messageRows(b, c)[0])
})
