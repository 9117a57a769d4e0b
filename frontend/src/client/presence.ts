import { Store } from './store'
import type { Presence, UserId } from './types'

const askMax = 200
const wantedMax = 1_000
const knownMax = 5_000

/** Who is online, as far as the server has told. */
export class PresenceBook {
  readonly known = new Store<ReadonlyMap<UserId, Presence>>(new Map())
  readonly #ask: (ids: readonly UserId[]) => void
  readonly #wanted = new Set<UserId>()
  #isFirst = true

  constructor(ask: (ids: readonly UserId[]) => void) {
    this.#ask = ask
  }

  /** The first snapshot of a connection names everybody who is online (P-3). */
  connected(): void {
    this.#isFirst = true
    this.#askFor([...this.#wanted])
  }

  note(users: readonly Presence[], isSnapshot: boolean): void {
    const next = new Map(this.known.getSnapshot())
    if (isSnapshot && this.#isFirst) {
      this.#isFirst = false
      for (const [id, entry] of next) next.set(id, { ...entry, is_online: false })
    }
    for (const entry of users) {
      if (next.has(entry.user_id) || next.size < knownMax) next.set(entry.user_id, entry)
    }
    this.known.set(next)
  }

  /** Asks once for people whose last_seen is not known yet. */
  want(ids: readonly UserId[]): void {
    const fresh = ids.filter((id) => !this.#wanted.has(id) && this.#wanted.size < wantedMax)
    for (const id of fresh) this.#wanted.add(id)
    this.#askFor(fresh)
  }

  #askFor(ids: readonly UserId[]): void {
    for (let start = 0; start < ids.length; start += askMax) {
      this.#ask(ids.slice(start, start + askMax))
    }
  }
}
