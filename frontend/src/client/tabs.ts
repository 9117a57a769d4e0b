import type { Channel, Environment } from './environment'
import type { OutboxEntry } from './outbox'
import type { ConnectionInfo } from './types'

/** What tabs of one browser profile say to each other. They run the same code, so nothing is checked. */
export type TabMessage =
  /** Is anybody leading? */
  | { readonly type: 'hello' }
  /** I lead; what I know up to `pos` is in the vault. */
  | { readonly type: 'welcome'; readonly pos: number; readonly info: ConnectionInfo }
  /** Without a connection: look for what is new. */
  | { readonly type: 'poll' }
  | { readonly type: 'info'; readonly info: ConnectionInfo }
  | { readonly type: 'frame'; readonly text: string }
  | { readonly type: 'outbox'; readonly entries: readonly OutboxEntry[] }
  /** To the leader. */
  | { readonly type: 'send'; readonly text: string }
  | { readonly type: 'post'; readonly entry: OutboxEntry }
  | { readonly type: 'retry' | 'discard'; readonly key: string }
  | { readonly type: 'page'; readonly tab: string; readonly isAwake: boolean }

export interface TabGroupOptions {
  readonly environment: Environment
  readonly name: string
  readonly onLead: () => void
  readonly onFollow: () => void
  readonly onMessage: (message: TabMessage) => void
}

const answerWithinMs = 4_000

/**
 * The tabs elect one that owns the connection: whoever holds the lock. A leader that does not answer a
 * visible tab is asleep (phones freeze background tabs), and the lock is taken from it. Without locks or
 * channels every tab leads itself.
 */
export class TabGroup {
  isLeader = false
  readonly #options: TabGroupOptions
  #channel: Channel | null = null
  #release = () => {}
  #stopWaiting = () => {}

  constructor(options: TabGroupOptions) {
    this.#options = options
  }

  start(): void {
    const { environment, name } = this.#options
    if (!environment.tabs) {
      this.#lead()
      return
    }
    this.#channel = environment.tabs.channel(name, (message) => this.#receive(message))
    this.#request(false)
    this.hello()
  }

  stop(): void {
    this.isLeader = false
    this.#stopWaiting()
    this.#release()
    this.#channel?.close()
    this.#channel = null
  }

  post(message: TabMessage): void {
    this.#channel?.post(message)
  }

  /** Makes sure that somebody leads who is awake. */
  hello(): void {
    if (this.isLeader || !this.#channel || this.#options.environment.isHidden()) return
    this.post({ type: 'hello' })
    this.expectAnswer()
  }

  /** Something was said that the leader has to answer. */
  expectAnswer(): void {
    const { environment } = this.#options
    if (this.isLeader || !this.#channel || environment.isHidden()) return
    this.#stopWaiting()
    this.#stopWaiting = environment.after(answerWithinMs, () => this.#request(true))
  }

  #request(steal: boolean): void {
    this.#release()
    const { environment, name } = this.#options
    const lock = environment.tabs?.lock(
      name,
      steal,
      () => this.#lead(),
      () => this.#lose(),
    )
    this.#release = lock ?? (() => {})
  }

  #lead(): void {
    this.isLeader = true
    this.#stopWaiting()
    this.#options.onLead()
  }

  #lose(): void {
    this.isLeader = false
    this.#options.onFollow()
    this.#request(false)
    this.hello()
  }

  #receive(message: unknown): void {
    const tabMessage = message as TabMessage
    if (/^(welcome|info|frame|outbox)$/.test(tabMessage.type)) {
      if (this.isLeader) return
      this.#stopWaiting()
    }
    this.#options.onMessage(tabMessage)
  }
}
