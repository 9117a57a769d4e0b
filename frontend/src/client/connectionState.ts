import * as closeCodes from './closeCodes.gen'
import { networkError, signInError } from './credentials'
import type { ClientError } from './types'

/** `refreshed`: the token was refused and a new one is in use; a second refusal without a welcome is final. */
interface Trying {
  readonly attempt: number
  readonly refreshed: boolean
}

export type ConnectionState =
  | { readonly status: 'idle' }
  | ({ readonly status: 'connecting' } & Trying)
  | { readonly status: 'open'; readonly refreshed: boolean }
  | ({ readonly status: 'waiting'; readonly delayMs: number } & Trying)
  | ({ readonly status: 'resting' } & Trying)
  | { readonly status: 'stopped'; readonly code: number; readonly error: ClientError }

export type ConnectionEvent =
  | { readonly type: 'start' | 'stop' | 'welcomed' | 'retryDue' | 'wake' | 'rest' | 'offline' }
  | { readonly type: 'dropped'; readonly code: number; readonly delayMs?: number | undefined }
  | { readonly type: 'refused'; readonly error: ClientError }

export interface ReconnectPolicy {
  readonly attemptsMax: number
  readonly baseMs: number
  readonly random: () => number
  readonly isResting: () => boolean
}

const delayMaxMs = 30_000

/** Full jitter, so that a restarted server is not met by every client at once. */
export function backoffMs(attempt: number, policy: ReconnectPolicy): number {
  const ceiling = Math.min(delayMaxMs, policy.baseMs * 2 ** (attempt - 1))
  return Math.round(ceiling * policy.random())
}

export function nextState(
  state: ConnectionState,
  event: ConnectionEvent,
  policy: ReconnectPolicy,
): ConnectionState {
  switch (event.type) {
    case 'start':
      return state.status === 'idle' || state.status === 'stopped' ? firstAttempt : state
    case 'stop':
      return { status: 'idle' }
    case 'welcomed':
      return state.status === 'connecting' ? { status: 'open', refreshed: state.refreshed } : state
    case 'rest':
      return state.status === 'waiting' ? { ...trying(state), status: 'resting' } : state
    case 'offline':
      return offline(state)
    case 'wake':
    case 'retryDue':
      return state.status === 'waiting' || state.status === 'resting'
        ? { ...trying(state), status: 'connecting' }
        : state
    case 'refused':
      return { status: 'stopped', code: closeCodes.token_invalid, error: event.error }
    case 'dropped':
      return state.status === 'connecting' || state.status === 'open'
        ? afterDrop(state, event, policy)
        : state
  }
}

const firstAttempt: ConnectionState = { status: 'connecting', attempt: 1, refreshed: false }

function trying(state: Trying): Trying {
  return { attempt: state.attempt, refreshed: state.refreshed }
}

/** For as long as a tunnel: a token may end meanwhile, and may then be renewed. */
function offline(state: ConnectionState): ConnectionState {
  const { status } = state
  if (status === 'open') return { status: 'resting', attempt: 1, refreshed: false }
  return status === 'connecting' || status === 'waiting'
    ? { status: 'resting', attempt: state.attempt, refreshed: false }
    : state
}

function afterDrop(
  state: ConnectionState & { status: 'connecting' | 'open' },
  event: ConnectionEvent & { type: 'dropped' },
  policy: ReconnectPolicy,
): ConnectionState {
  const { code } = event
  const refused = code === closeCodes.token_invalid
  const isTrying = state.status === 'connecting'
  if (isFinal(code) || (refused && isTrying && state.refreshed)) {
    return { status: 'stopped', code, error: refusal(code) }
  }
  // At once for the first time; a server that welcomes and refuses in turn is met with backoff.
  if (refused && !state.refreshed) return { status: 'connecting', attempt: 1, refreshed: true }
  // Time passes until the next attempt: a token may end meanwhile, and may then be renewed again.
  const refreshed = refused
  const attempt = isTrying ? state.attempt + 1 : 1
  if (attempt > policy.attemptsMax) return { status: 'stopped', code, error: refusal(code) }
  if (policy.isResting()) return { status: 'resting', attempt, refreshed }
  const delayMs = event.delayMs ?? backoffMs(attempt, policy)
  return { status: 'waiting', attempt, refreshed, delayMs }
}

/** 4500–4999 and 1000 mean stop; everything unknown means come back. */
function isFinal(code: number): boolean {
  return code === closeCodes.normal || (code >= 4500 && code <= 4999)
}

function refusal(code: number): ClientError {
  if (code === closeCodes.token_invalid) return signInError
  if (!isFinal(code)) return networkError
  const message = `The server closed the connection (${code}).`
  return { code: 'forbidden', message, retryable: false }
}
