import { toClientError } from './credentials'
import type { Environment } from './environment'
import type { ConversationId } from './types'

const repeatMs = 5_000

/** Read markers on their way: the newest of each conversation, one request at a time, until it arrives. */
export class ReadMarkers {
  readonly #environment: Environment
  readonly #send: (id: ConversationId, upTo: number) => Promise<void>
  readonly #wanted = new Map<ConversationId, number>()
  #isSending = false
  #stopTimer = () => {}

  constructor(environment: Environment, send: (id: ConversationId, upTo: number) => Promise<void>) {
    this.#environment = environment
    this.#send = send
  }

  want(id: ConversationId, upTo: number): void {
    this.#wanted.set(id, Math.max(upTo, this.#wanted.get(id) ?? 0))
    void this.flush()
  }

  async flush(): Promise<void> {
    if (this.#isSending) return
    this.#isSending = true
    this.#stopTimer()
    let isReachable = true
    for (let next = this.#next(); next && isReachable; next = this.#next()) {
      const [id, upTo] = next
      const error = await this.#send(id, upTo).then(() => null, toClientError)
      isReachable = !error?.retryable
      if (isReachable && this.#wanted.get(id) === upTo) this.#wanted.delete(id)
    }
    this.#isSending = false
    if (!isReachable) this.#stopTimer = this.#environment.after(repeatMs, () => void this.flush())
  }

  pause(): void {
    this.#stopTimer()
  }

  #next(): readonly [ConversationId, number] | undefined {
    return this.#wanted.entries().next().value
  }
}

const deliveredMs = 1_000

/** Tells senders that their messages have arrived: one frame a second, which leaves room for everything else. */
export class DeliveryReceipts {
  readonly #environment: Environment
  readonly #send: (id: ConversationId, upTo: number) => void
  readonly #wanted = new Map<ConversationId, number>()
  #stopTimer: (() => void) | null = null

  constructor(environment: Environment, send: (id: ConversationId, upTo: number) => void) {
    this.#environment = environment
    this.#send = send
  }

  want(id: ConversationId, upTo: number): void {
    this.#wanted.set(id, upTo)
    this.#stopTimer ??= this.#environment.after(deliveredMs, () => this.#flush())
  }

  /** What has been read is known to be delivered. */
  forget(id: ConversationId): void {
    this.#wanted.delete(id)
  }

  #flush(): void {
    this.#stopTimer = null
    for (const [id, upTo] of this.#wanted) {
      this.#wanted.delete(id)
      this.#send(id, upTo)
      break
    }
    if (this.#wanted.size === 0) return
    this.#stopTimer = this.#environment.after(deliveredMs, () => this.#flush())
  }
}
