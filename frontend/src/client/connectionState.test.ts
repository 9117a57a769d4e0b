import { describe, expect, test } from 'vitest'
import { backoffMs, type ConnectionState, nextState, type ReconnectPolicy } from './connectionState'

const policy: ReconnectPolicy = {
  attemptsMax: Number.POSITIVE_INFINITY,
  baseMs: 500,
  random: () => 0.5,
  isResting: () => false,
}
const first: ConnectionState = { status: 'connecting', attempt: 1, refreshed: false }
const open: ConnectionState = { status: 'open', refreshed: false }

function drop(state: ConnectionState, code: number, changed: Partial<ReconnectPolicy> = {}) {
  return nextState(state, { type: 'dropped', code }, { ...policy, ...changed })
}

describe('close codes (section 7)', () => {
  test.each([1000, 4500, 4503, 4504, 4505, 4999])('%i stops', (code) => {
    expect(drop(open, code)).toMatchObject({ status: 'stopped', code })
  })

  test.each([1001, 1002, 1006, 1007, 1009, 4002, 4008, 4009, 4011, 4012, 4014, 4321, 3000])(
    '%i comes back with backoff',
    (code) => {
      expect(drop(open, code)).toEqual({
        status: 'waiting',
        attempt: 1,
        refreshed: false,
        delayMs: 250,
      })
    },
  )

  test('4001 renews the token at once, and a second refusal stops', () => {
    const again = drop(open, 4001)
    expect(again).toEqual({ status: 'connecting', attempt: 1, refreshed: true })
    expect(drop(again, 4001)).toMatchObject({
      status: 'stopped',
      error: { code: 'unauthorized', retryable: false },
    })
  })

  test('a token that is refused after each welcome is met with backoff', () => {
    const again = drop(open, 4001)
    const welcomed = nextState(again, { type: 'welcomed' }, policy)
    expect(drop(welcomed, 4001)).toMatchObject({ status: 'waiting', refreshed: true })
  })

  test('a token that ends while the network is away may be renewed again', () => {
    const waiting = drop(drop(open, 4001), 1006)
    const trying = nextState(waiting, { type: 'retryDue' }, policy)
    expect(drop(trying, 4001)).toEqual({ status: 'connecting', attempt: 1, refreshed: true })
  })
})

describe('backoff', () => {
  test('full jitter: anything from zero to a ceiling that doubles up to 30 s', () => {
    const ceiling = (attempt: number) => backoffMs(attempt, { ...policy, random: () => 1 })
    expect([1, 2, 3, 7, 50].map(ceiling)).toEqual([500, 1000, 2000, 30_000, 30_000])
    expect(backoffMs(5, { ...policy, random: () => 0 })).toBe(0)
  })

  test('the delay that the server asks for is taken (C-10)', () => {
    const state = nextState(open, { type: 'dropped', code: 4012, delayMs: 7_777 }, policy)
    expect(state).toMatchObject({ status: 'waiting', delayMs: 7_777 })
  })

  test('never gives up unless it is told to', () => {
    const late: ConnectionState = { status: 'connecting', attempt: 10_000, refreshed: false }
    expect(drop(late, 1006).status).toBe('waiting')
    const third: ConnectionState = { status: 'connecting', attempt: 3, refreshed: false }
    expect(drop(third, 1006, { attemptsMax: 3 })).toMatchObject({
      status: 'stopped',
      error: { code: 'network', retryable: true },
    })
  })
})

describe('resting', () => {
  const resting: ConnectionState = { status: 'resting', attempt: 4, refreshed: false }

  test('a drop while the page is hidden or offline waits for the page', () => {
    expect(drop({ ...first, attempt: 3 }, 1006, { isResting: () => true })).toEqual(resting)
  })

  test('what waits goes to rest, what is open stays', () => {
    expect(nextState(drop(open, 1006), { type: 'rest' }, policy).status).toBe('resting')
    expect(nextState(open, { type: 'rest' }, policy)).toBe(open)
  })

  test('without a network everything goes to rest, what is open as well', () => {
    const drained: ConnectionState = { ...first, status: 'waiting', attempt: 4, delayMs: 9 }
    const renewed: ConnectionState = { status: 'open', refreshed: true }
    expect(nextState(renewed, { type: 'offline' }, policy)).toEqual({ ...resting, attempt: 1 })
    expect(nextState(first, { type: 'offline' }, policy)).toEqual({ ...resting, attempt: 1 })
    expect(nextState(drained, { type: 'offline' }, policy)).toEqual(resting)
    expect(nextState(resting, { type: 'offline' }, policy)).toBe(resting)
  })

  test('waking tries at once', () => {
    expect(nextState(resting, { type: 'wake' }, policy)).toMatchObject({
      status: 'connecting',
      attempt: 4,
    })
    expect(nextState(first, { type: 'wake' }, policy)).toBe(first)
  })
})

test('after a stop nothing but a start has an effect', () => {
  const idle = nextState(open, { type: 'stop' }, policy)
  for (const type of ['wake', 'rest', 'offline', 'retryDue', 'welcomed'] as const) {
    expect(nextState(idle, { type }, policy)).toBe(idle)
  }
  expect(drop(idle, 1006)).toBe(idle)
  expect(nextState(idle, { type: 'start' }, policy)).toEqual(first)
})
