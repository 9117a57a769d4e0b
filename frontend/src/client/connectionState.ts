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

/** `rest`: no new attempts; `offline`: an open socket is of no use either, and may not notice for long. */
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
export function backoffMs(
  attempt: number,
  { baseMs, random }: Pick<ReconnectPolicy, 'baseMs' | 'random'>,
): number {
  return Math.round(Math.min(delayMaxMs, baseMs * 2 ** (attempt - 1)) * random())
}

export function nextState(
  state: ConnectionState,
  event: ConnectionEvent,
  policy: ReconnectPolicy,
): ConnectionState {
  const { status } = state
  const isConnecting = status === 'connecting'
  const isTrying = isConnecting || status === 'open'
  const isWaiting = status === 'waiting'
  switch (event.type) {
    case 'start':
      return status === 'idle' || status === 'stopped' ? trying('connecting', 1) : state
    case 'stop':
      return { status: 'idle' }
    case 'welcomed':
      return isConnecting ? { status: 'open', refreshed: state.refreshed } : state
    case 'rest':
      return isWaiting ? trying('resting', state.attempt, state.refreshed) : state
    case 'offline':
      // For as long as a tunnel: a token may end meanwhile, and may then be renewed.
      return isTrying || isWaiting
        ? trying('resting', status === 'open' ? 1 : state.attempt)
        : state
    case 'wake':
    case 'retryDue':
      return isWaiting || status === 'resting'
        ? trying('connecting', state.attempt, state.refreshed)
        : state
    case 'refused':
      return { status: 'stopped', code: closeCodes.token_invalid, error: event.error }
    case 'dropped':
      return isTrying ? afterDrop(state, event, policy) : state
  }
}

function trying<Status extends 'connecting' | 'resting'>(
  status: Status,
  attempt: number,
  refreshed = false,
) {
  return { status, attempt, refreshed }
}

function afterDrop(
  state: ConnectionState & { status: 'connecting' | 'open' },
  { code, delayMs }: ConnectionEvent & { type: 'dropped' },
  policy: ReconnectPolicy,
): ConnectionState {
  const refused = code === closeCodes.token_invalid
  const isConnecting = state.status === 'connecting'
  const attempt = isConnecting ? state.attempt + 1 : 1
  const stopped = { status: 'stopped', code, error: refusal(code) } as const
  if (isFinal(code) || (refused && isConnecting && state.refreshed)) return stopped
  // At once for the first time; a server that welcomes and refuses in turn is met with backoff.
  if (refused && !state.refreshed) return trying('connecting', 1, true)
  if (attempt > policy.attemptsMax) return stopped
  // Time passes until the next attempt: a token may end meanwhile, and may then be renewed again.
  if (policy.isResting()) return trying('resting', attempt, refused)
  const delay = delayMs ?? backoffMs(attempt, policy)
  return { status: 'waiting', attempt, refreshed: refused, delayMs: delay }
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
