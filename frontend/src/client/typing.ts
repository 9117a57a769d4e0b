import type { Environment } from './environment'
import { Store } from './store'
import type { ConversationId, Typist, UserId } from './types'

const silenceMs = 2_000
const repeatMs = 3_000
const typistsMax = 50

/** The own key presses of one conversation: at most one `true` in 3 s, `false` after 2 s of silence (P-6, P-7). */
export class TypingSender {
  readonly #environment: Environment
  readonly #send: (isTyping: boolean) => void
  #sentAt: number | null = null
  #stopTimer = () => {}

  constructor(environment: Environment, send: (isTyping: boolean) => void) {
    this.#environment = environment
    this.#send = send
  }

  readonly keystroke = (): void => {
    const now = this.#environment.now()
    if (this.#sentAt === null || now - this.#sentAt >= repeatMs) {
      this.#sentAt = now
      this.#send(true)
    }
    this.#stopTimer()
    this.#stopTimer = this.#environment.after(silenceMs, this.stop)
  }

  readonly stop = (): void => {
    if (this.#sentAt !== null) this.#send(false)
    this.forget()
  }

  /** A message of ours ends the indicator by itself (P-5). */
  forget(): void {
    this.#stopTimer()
    this.#sentAt = null
  }
}

interface Entry extends Typist {
  readonly until: number
}

/** Who types where. Entries end by time even when the stop gets lost. */
export class Typists {
  readonly #environment: Environment
  readonly #stores = new Map<ConversationId, Store<readonly Entry[]>>()
  #stopTimer = () => {}

  constructor(environment: Environment) {
    this.#environment = environment
  }

  in(id: ConversationId): Store<readonly Typist[]> {
    const known = this.#stores.get(id)
    if (known) return known
    const store = new Store<readonly Entry[]>([])
    this.#stores.set(id, store)
    return store
  }

  add(id: ConversationId, typist: Typist, lastsMs: number): void {
    this.in(id)
    const store = this.#stores.get(id)
    const others = this.#others(id, typist.user_id).slice(-(typistsMax - 1))
    const until = this.#environment.now() + Math.min(lastsMs, 10_000)
    store?.set([...others, { ...typist, until }])
    this.#schedule()
  }

  remove(id: ConversationId, userId: UserId): void {
    const store = this.#stores.get(id)
    const others = this.#others(id, userId)
    if (store && others.length < store.getSnapshot().length) store.set(others)
  }

  #others(id: ConversationId, userId: UserId): readonly Entry[] {
    const entries = this.#stores.get(id)?.getSnapshot() ?? []
    return entries.filter((entry) => entry.user_id !== userId)
  }

  #schedule(): void {
    this.#stopTimer()
    const ends = [...this.#stores.values()].flatMap((store) =>
      store.getSnapshot().map((entry) => entry.until),
    )
    if (ends.length === 0) return
    const delayMs = Math.max(0, Math.min(...ends) - this.#environment.now())
    this.#stopTimer = this.#environment.after(delayMs, () => this.#sweep())
  }

  #sweep(): void {
    const now = this.#environment.now()
    for (const store of this.#stores.values()) {
      const entries = store.getSnapshot()
      const left = entries.filter((entry) => entry.until > now)
      if (left.length < entries.length) store.set(left)
    }
    this.#schedule()
  }
}
