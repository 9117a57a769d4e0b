import * as closeCodes from './closeCodes.gen'
import {
  type ConnectionEvent,
  type ConnectionState,
  nextState,
  type ReconnectPolicy,
} from './connectionState'
import { type Credentials, isSignInError, toClientError } from './credentials'
import type { Environment, Socket } from './environment'
import { parseJson, readFrame } from './frames'
import { Store } from './store'

export interface ConnectionOptions {
  readonly environment: Environment
  readonly credentials: Credentials
  readonly url: () => string
  readonly policy: ReconnectPolicy
  /** null: no heartbeat. */
  readonly heartbeatMs: number | null
  readonly onFrame: (text: string) => void
}

/**
 * One socket with the timers around it. Which state follows which is decided in connectionState.ts;
 * here states become sockets and timers. There is never more than one socket: what an older one still
 * says is not listened to.
 */
export interface Connection {
  readonly state: Store<ConnectionState>
  readonly latencyMs: () => number | null
  /** How the last socket ended. */
  readonly closeCode: () => number | null
  readonly dispatch: (event: ConnectionEvent) => void
  /** The page came back: try now; a connection that seems open has to prove it. */
  readonly wake: () => void
  /** False when there is no connection. */
  readonly send: (text: string) => boolean
}

const welcomeWithinMs = 15_000
const answerWithinMs = 10_000
const probeWithinMs = 4_000
const lostCode = 1006

export function createConnection(options: ConnectionOptions): Connection {
  const { environment, credentials, policy, heartbeatMs } = options
  const { now, after } = environment
  const state = new Store<ConnectionState>({ status: 'idle' })
  let socket: Socket | null = null
  let token: string | null = null
  let attempt = 0
  let latencyMs: number | null = null
  let closeCode: number | null = null
  let drainMs: number | undefined
  let heartbeatAt: number | null = null
  let stopTimer = () => {}
  let stopHeartbeat = () => {}

  const isOpen = () => state.getSnapshot().status === 'open'

  const dispatch = (event: ConnectionEvent) => {
    const next = nextState(state.getSnapshot(), event, policy)
    if (next === state.getSnapshot()) return
    stopTimer()
    if (next.status !== 'open') closeSocket()
    state.set(next)
    // A listener may have moved on already.
    if (state.getSnapshot() === next) enter(next)
  }

  const enter = (next: ConnectionState) => {
    if (next.status === 'connecting') void connect()
    if (next.status === 'open') scheduleBeat()
    if (next.status === 'waiting') {
      stopTimer = after(next.delayMs, () => dispatch({ type: 'retryDue' }))
    }
  }

  const connect = async () => {
    const mine = ++attempt
    // Also for a token that does not come: a provider may hang.
    stopTimer = after(welcomeWithinMs, () => drop(lostCode))
    try {
      token = await credentials.get()
      if (mine === attempt) openSocket(mine)
    } catch (reason) {
      if (mine !== attempt) return
      const error = toClientError(reason)
      if (isSignInError(error)) dispatch({ type: 'refused', error })
      else drop(lostCode)
    }
  }

  const openSocket = (mine: number) => {
    // As a subprotocol, because addresses end up in logs.
    const protocols = ['sewa.v1', ...(token === null ? [] : [`bearer.${token}`])]
    socket = environment.openSocket(options.url(), protocols, {
      message: (data) => mine === attempt && receive(data),
      close: (code) => mine === attempt && drop(code),
    })
  }

  const closeSocket = () => {
    attempt += 1
    stopHeartbeat()
    socket?.close()
    socket = heartbeatAt = latencyMs = null
  }

  const drop = (code: number) => {
    if (code === closeCodes.token_invalid) credentials.expire(token)
    closeCode = code
    const delayMs = drainMs
    drainMs = undefined
    dispatch({ type: 'dropped', code, delayMs })
  }

  const receive = (data: unknown) => {
    const frame = readFrame(parseJson(data))
    const type = frame?.type
    if (type === 'heartbeat' && heartbeatAt !== null) latencyMs = now() - heartbeatAt
    heartbeatAt = null
    if (isOpen()) scheduleBeat()
    if (type === 'drain') drainMs = frame.data.reconnect_after_ms
    if (type === 'token_expiring') void renewToken()
    if (type === 'connection') dispatch({ type: 'welcomed' })
    if (typeof data === 'string') options.onFrame(data)
  }

  const renewToken = async () => {
    credentials.expire(token)
    try {
      token = await credentials.get()
      send(JSON.stringify({ type: 'auth', data: { token } }))
    } catch {
      // The server closes with 4001 when the old token ends, and that path asks again.
    }
  }

  const send = (text: string) => {
    if (isOpen()) socket?.send(text)
    return isOpen()
  }

  /** Silence, not the clock, asks for a heartbeat: the pings of the server are invisible here. */
  const scheduleBeat = () => {
    stopHeartbeat()
    if (heartbeatMs !== null) stopHeartbeat = after(heartbeatMs, () => beat(answerWithinMs))
  }

  const beat = (withinMs: number) => {
    stopHeartbeat()
    heartbeatAt = now()
    send('{"type":"heartbeat","data":{}}')
    stopHeartbeat = after(withinMs, () => drop(lostCode))
  }

  return {
    state,
    latencyMs: () => latencyMs,
    closeCode: () => closeCode,
    dispatch,
    wake() {
      if (isOpen() && heartbeatAt === null) beat(probeWithinMs)
      dispatch({ type: 'wake' })
    },
    send,
  }
}
