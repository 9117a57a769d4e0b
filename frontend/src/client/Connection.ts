import * as closeCodes from './closeCodes.gen'
import {
  type ConnectionEvent,
  type ConnectionState,
  nextState,
  type ReconnectPolicy,
} from './connectionState'
import { type Credentials, isSignInError, toClientError } from './credentials'
import type { Environment, Socket } from './environment'
import { type Frame, parseJson, readFrame } from './frames'
import { Store } from './store'

export interface ConnectionOptions {
  readonly environment: Environment
  readonly credentials: Credentials
  readonly url: () => string
  readonly policy: ReconnectPolicy
  /** null: no heartbeat. */
  readonly heartbeatMs: number | null
  /** `frame` is null for what this client does not know. */
  readonly onFrame: (frame: Frame | null, text: string) => void
}

const welcomeWithinMs = 15_000
const answerWithinMs = 10_000
const probeWithinMs = 4_000
const lostCode = 1006

/**
 * One socket with the timers around it. Which state follows which is decided in connectionState.ts;
 * here states become sockets and timers. There is never more than one socket: what an older one still
 * says is not listened to.
 */
export class Connection {
  readonly state = new Store<ConnectionState>({ status: 'idle' })
  latencyMs: number | null = null
  /** How the last socket ended. */
  closeCode: number | null = null
  readonly #options: ConnectionOptions
  #socket: Socket | null = null
  #token: string | null = null
  #stopTimer = () => {}
  #stopHeartbeat = () => {}
  #heartbeatAt: number | null = null
  #drainMs: number | undefined
  #attempt = 0

  constructor(options: ConnectionOptions) {
    this.#options = options
  }

  start(): void {
    this.#dispatch({ type: 'start' })
  }

  stop(): void {
    this.#dispatch({ type: 'stop' })
  }

  /** The page came back: try now; a connection that seems open has to prove it. */
  wake(): void {
    const isOpen = this.state.getSnapshot().status === 'open'
    if (isOpen && this.#heartbeatAt === null) this.#beat(probeWithinMs)
    this.#dispatch({ type: 'wake' })
  }

  /** `rest`: no new attempts; `offline`: an open socket is of no use either, and may not notice for long. */
  rest(reason: 'rest' | 'offline'): void {
    this.#dispatch({ type: reason })
  }

  send(text: string): boolean {
    if (this.state.getSnapshot().status !== 'open') return false
    this.#socket?.send(text)
    return true
  }

  #dispatch(event: ConnectionEvent): void {
    const state = this.state.getSnapshot()
    const next = nextState(state, event, this.#options.policy)
    if (next === state) return
    this.#stopTimer()
    if (next.status !== 'open') this.#closeSocket()
    this.state.set(next)
    // A listener may have moved on already.
    if (this.state.getSnapshot() === next) this.#enter(next)
  }

  #enter(state: ConnectionState): void {
    if (state.status === 'connecting') void this.#connect()
    if (state.status === 'open') this.#scheduleBeat()
    if (state.status === 'waiting') {
      const due = () => this.#dispatch({ type: 'retryDue' })
      this.#stopTimer = this.#options.environment.after(state.delayMs, due)
    }
  }

  async #connect(): Promise<void> {
    const attempt = ++this.#attempt
    const { credentials, environment } = this.#options
    // Also for a token that does not come: a provider may hang.
    this.#stopTimer = environment.after(welcomeWithinMs, () => this.#drop(lostCode))
    try {
      const token = await credentials.get()
      if (attempt === this.#attempt) this.#openSocket(token, attempt)
    } catch (reason) {
      if (attempt !== this.#attempt) return
      const error = toClientError(reason)
      if (isSignInError(error)) this.#dispatch({ type: 'refused', error })
      else this.#drop(lostCode)
    }
  }

  #openSocket(token: string | null, attempt: number): void {
    const { environment, url } = this.#options
    this.#token = token
    const isCurrent = () => attempt === this.#attempt
    // As a subprotocol, because addresses end up in logs.
    const protocols = token === null ? ['sewa.v1'] : ['sewa.v1', `bearer.${token}`]
    this.#socket = environment.openSocket(url(), protocols, {
      message: (data) => isCurrent() && this.#receive(data),
      close: (code) => isCurrent() && this.#drop(code),
    })
  }

  #closeSocket(): void {
    this.#attempt += 1
    this.#stopHeartbeat()
    this.#socket?.close()
    this.#socket = null
    this.#heartbeatAt = null
    this.latencyMs = null
  }

  #drop(code: number): void {
    if (code === closeCodes.token_invalid) this.#options.credentials.expire(this.#token)
    this.closeCode = code
    const delayMs = this.#drainMs
    this.#drainMs = undefined
    this.#dispatch({ type: 'dropped', code, delayMs })
  }

  #receive(data: unknown): void {
    const frame = readFrame(parseJson(data))
    this.#noteSignOfLife(frame)
    if (frame?.type === 'drain') this.#drainMs = frame.data.reconnect_after_ms
    if (frame?.type === 'token_expiring') void this.#renewToken()
    if (frame?.type === 'connection') this.#dispatch({ type: 'welcomed' })
    if (typeof data === 'string') this.#options.onFrame(frame, data)
  }

  async #renewToken(): Promise<void> {
    const { credentials } = this.#options
    credentials.expire(this.#token)
    try {
      this.#token = await credentials.get()
      this.send(JSON.stringify({ type: 'auth', data: { token: this.#token } }))
    } catch {
      // The server closes with 4001 when the old token ends, and that path asks again.
    }
  }

  #noteSignOfLife(frame: Frame | null): void {
    if (frame?.type === 'heartbeat' && this.#heartbeatAt !== null) {
      this.latencyMs = this.#options.environment.now() - this.#heartbeatAt
    }
    this.#heartbeatAt = null
    if (this.state.getSnapshot().status === 'open') this.#scheduleBeat()
  }

  /** Silence, not the clock, asks for a heartbeat: the pings of the server are invisible here. */
  #scheduleBeat(): void {
    this.#stopHeartbeat()
    const { environment, heartbeatMs } = this.#options
    if (heartbeatMs === null) return
    this.#stopHeartbeat = environment.after(heartbeatMs, () => this.#beat(answerWithinMs))
  }

  #beat(withinMs: number): void {
    const { environment } = this.#options
    this.#stopHeartbeat()
    this.#heartbeatAt = environment.now()
    this.send('{"type":"heartbeat","data":{}}')
    this.#stopHeartbeat = environment.after(withinMs, () => this.#drop(lostCode))
  }
}
