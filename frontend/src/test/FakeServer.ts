import type { Socket, SocketEvents } from '../client'
import { type FakeEvent, type FakeFrame, FakeLog, Refusal } from './FakeLog'
import { answerRest } from './fakeRest'

export interface FakeSocket extends Socket {
  /** The client is gone without a word. */
  readonly vanish: () => void
}

/** One accepted connection, as the server sees it. */
export interface FakeSession {
  readonly user: number
  readonly url: URL
  readonly token: string
  readonly send: (frame: FakeFrame | string) => void
  readonly close: (code: number) => void
  /** What the client has sent. */
  readonly received: FakeFrame[]
}

export type Fault = 'none' | 'lose answer' | 'lose request'

/**
 * A server in the same process that speaks the protocol of docs/PROTOCOL.md over strings, with switches
 * for what goes wrong in the world.
 */
export class FakeServer {
  readonly log: FakeLog
  readonly sessions = new Set<FakeSession>()
  readonly requests: string[] = []
  readonly validTokens = new Map<string, number>()
  connects = 0
  /** How the attempt to open a WebSocket ends. */
  sockets: 'work' | 'blocked' | 'silent' = 'work'
  rest: 'works' | 'fails' | 'loses answers' = 'works'
  /** What happens to the next message frame. */
  nextMessage: Fault = 'none'
  /** Events are stored and not told to anybody: the network swallows them. */
  isMute = false
  /** Messages are stored and the answer is swallowed. */
  loseAcks = false
  refuseWith: Refusal | null = null
  /** How long a request is on its way. */
  answersAfter: () => Promise<void> = async () => {}
  /** Between the moment a snapshot is taken and the moment it arrives. */
  afterSync: () => void = () => {}
  #tokens = 0
  #online = new Set<number>()

  constructor(now: () => number) {
    this.log = new FakeLog(now)
  }

  tokenFor(user: number): string {
    const payload = btoa(JSON.stringify({ user_id: user, jti: ++this.#tokens }))
    const token = `h.${payload.replaceAll('=', '')}.s`
    this.validTokens.set(token, user)
    return token
  }

  expireTokens(): void {
    this.validTokens.clear()
  }

  connect(
    address: string,
    protocols: string[],
    on: SocketEvents,
    isReachable: () => boolean = () => true,
  ): FakeSocket {
    this.connects += 1
    let isOpen = true
    let session: FakeSession | null = null
    const end = (code: number) => {
      if (!isOpen) return
      isOpen = false
      if (session) this.#leave(session)
      on.close(code)
    }
    const later = (run: () => void) => queueMicrotask(() => isOpen && run())
    const token = protocols.find((item) => item.startsWith('bearer.'))?.slice(7) ?? ''
    const received: FakeFrame[] = []
    later(() => {
      if (this.sockets === 'silent') return
      if (this.sockets === 'blocked' || !isReachable()) return end(1006)
      const user = this.validTokens.get(token)
      if (user === undefined) return end(4001)
      session = {
        user,
        url: new URL(address),
        token,
        received,
        send: (frame) =>
          later(() => on.message(typeof frame === 'string' ? frame : JSON.stringify(frame))),
        close: (code) => later(() => end(code)),
      }
      this.#welcome(session)
    })
    return {
      send: (text) =>
        later(() => {
          if (!session) return
          const frame = JSON.parse(text) as FakeFrame
          received.push(frame)
          if (isReachable()) this.#receive(session, frame)
        }),
      close: () => {
        isOpen = false
        if (session) this.#leave(session)
        queueMicrotask(() => on.close(1005))
      },
      vanish: () => {
        isOpen = false
        if (session) this.#leave(session)
      },
    }
  }

  async fetch(address: string, init: RequestInit): Promise<Response> {
    const url = new URL(address, 'http://fake')
    this.requests.push(`${init.method} ${url.pathname}${url.search}`)
    if (this.rest === 'fails') throw new TypeError('Failed to fetch')
    await this.answersAfter()
    const headers = new Headers(init.headers)
    const token = headers.get('authorization')?.replace('Bearer ', '') ?? ''
    const body = init.body ? JSON.parse(String(init.body)) : {}
    try {
      if (this.refuseWith) throw this.refuseWith
      const user = this.validTokens.get(token)
      const answer = structuredClone(answerRest(this, user, init.method ?? 'GET', url, body))
      if (url.pathname.endsWith('/sync/')) this.afterSync()
      if (this.rest === 'loses answers') throw new TypeError('Failed to fetch')
      return answer === null ? new Response(null, { status: 204 }) : Response.json(answer)
    } catch (reason) {
      if (!(reason instanceof Refusal)) throw reason
      const { code, status, extra } = reason
      return Response.json({ code, message: code, detail: code, ...extra }, { status })
    }
  }

  /** Tells everybody who has a right to know; `author` has an acknowledgement instead. */
  publish(event: FakeEvent | undefined, author?: FakeSession): void {
    if (!event || this.isMute) return
    for (const session of this.sessions) {
      if (session !== author && event.audience.includes(session.user)) session.send(event.frame)
    }
  }

  /** A message of somebody whose browser is not part of the test. */
  say(user: number, conversation_id: number, content: string): Record<string, unknown> {
    const { event } = this.log.post(user, { conversation_id, content })
    this.publish(event)
    return event.frame.data
  }

  sessionsOf(user: number): FakeSession[] {
    return [...this.sessions].filter((session) => session.user === user)
  }

  closeAll(code: number): void {
    for (const session of this.sessions) session.close(code)
  }

  sendAll(frame: FakeFrame | string): void {
    for (const session of this.sessions) session.send(frame)
  }

  #welcome(session: FakeSession): void {
    const { epoch, pos, horizon } = this.log
    this.sessions.add(session)
    const since = session.url.searchParams.get('since')
    const [sinceEpoch, sincePos] = since?.split(':') ?? []
    const isKnown = sinceEpoch === epoch
    const resume = !since
      ? 'fresh'
      : isKnown && Number(sincePos) >= horizon
        ? 'resumed'
        : 'snapshot'
    const reason = resume === 'snapshot' ? (isKnown ? 'too_old' : 'epoch_changed') : null
    const data = { status: 'connected', user_id: session.user, connection_id: 'c', v: 1 }
    session.send({ type: 'connection', data: { ...data, epoch, pos, resume, reason } })
    this.#online.add(session.user)
    if (resume === 'resumed') {
      for (const event of this.log.events) {
        const isMissed = event.pos > Number(sincePos) && event.audience.includes(session.user)
        if (isMissed) session.send(event.frame)
      }
      session.send({ type: 'synced', data: { pos } })
    }
    const users = [...this.#online].filter((id) => id !== session.user)
    session.send({ type: 'status_snapshot', data: { users: users.map((id) => this.status(id)) } })
    this.#tellStatus(session.user)
  }

  status(user_id: number): Record<string, unknown> {
    const user_name = this.log.people.get(user_id)?.name ?? ''
    const is_online = this.#online.has(user_id)
    return { user_id, user_name, is_online, last_seen: is_online ? null : this.log.time() }
  }

  #tellStatus(user: number): void {
    for (const session of this.sessions) {
      if (session.user !== user) session.send({ type: 'status', data: this.status(user) })
    }
  }

  #leave(session: FakeSession): void {
    this.sessions.delete(session)
    if (this.sessionsOf(session.user).length > 0) return
    this.#online.delete(session.user)
    this.#tellStatus(session.user)
  }

  #receive(session: FakeSession, frame: FakeFrame): void {
    const { user } = session
    const { data = {}, type } = frame
    const head = frame.id === undefined ? {} : { id: frame.id }
    try {
      if (type === 'message') this.#message(session, frame)
      if (type === 'heartbeat') session.send({ type, data: { status: 'pong' } })
      if (type === 'auth') session.send({ type, data: { status: 'ok' } })
      if (type === 'typing') this.#relay(session, type, { ...data, expires_in_ms: 6000 })
      if (type === 'delivered') this.#delivered(session, data)
      if (type === 'presence') {
        const users = (data.ids as number[]).map((id) => this.status(id))
        session.send({ type: 'status_snapshot', data: { users } })
      }
    } catch (reason) {
      if (!(reason instanceof Refusal)) throw reason
      const { code, extra } = reason
      const retryable = /rate_limited|unavailable|internal/.test(code)
      const { client_msg_id } = data
      const body = { code, message: code, retryable, client_msg_id, ...extra }
      session.send({ type: 'error', ...head, data: body })
    }
    void user
  }

  #message(session: FakeSession, frame: FakeFrame): void {
    const fault = this.nextMessage
    this.nextMessage = 'none'
    if (fault === 'lose request') return session.close(1006)
    if (this.refuseWith) throw this.refuseWith
    const { event, duplicate } = this.log.post(session.user, frame.data)
    if (!duplicate) this.publish(event, session)
    if (fault === 'lose answer') return session.close(1006)
    if (this.loseAcks) return
    const { conversation_id, id, conv_seq, pos, client_msg_id, created_at } = event.frame.data
    const data = { conversation_id, id, conv_seq, pos, client_msg_id, created_at, duplicate }
    session.send({ type: 'ack', ...(frame.id ? { id: frame.id } : {}), data })
  }

  #relay(session: FakeSession, type: string, data: Record<string, unknown>): void {
    const conversation = this.log.get(data.conversation_id, session.user)
    const user_name = this.log.people.get(session.user)?.name
    for (const other of this.sessions) {
      if (other.user !== session.user && conversation.participants.includes(other.user)) {
        other.send({ type, data: { ...data, user_id: session.user, user_name } })
      }
    }
  }

  #delivered(session: FakeSession, data: Record<string, unknown>): void {
    const conversation = this.log.get(data.conversation_id, session.user)
    const marker = conversation.markers.get(session.user)
    if (marker) marker.delivered = Math.max(marker.delivered, Number(data.up_to))
    this.#relay(session, 'delivered', data)
  }
}
