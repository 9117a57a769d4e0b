import type { Core } from './core'
import type { Presence, UserId } from './types'

const askMax = 200
const wantedMax = 1_000
const knownMax = 5_000

/** Who is online, as far as the server has told. */
export interface PresenceBook {
  /** There is a new connection. */
  connected(): void
  note(users: readonly Presence[], isSnapshot: boolean): void
  /** Asks once for people whose last_seen is not known yet. */
  want(ids: readonly UserId[]): void
}

export function createPresenceBook({ presence, sendFrame }: Core): PresenceBook {
  const wanted = new Set<UserId>()
  let isFirst = true
  const ask = (ids: readonly UserId[]) => {
    for (let start = 0; start < ids.length; start += askMax) {
      sendFrame('presence', { ids: ids.slice(start, start + askMax) })
    }
  }
  return {
    connected() {
      isFirst = true
      ask([...wanted])
    },
    note(users, isSnapshot) {
      const next = new Map(presence.getSnapshot())
      // The first snapshot of a connection names everybody who is online (P-3).
      if (isSnapshot && isFirst) {
        isFirst = false
        for (const [id, entry] of next) next.set(id, { ...entry, is_online: false })
      }
      for (const entry of users) {
        if (next.has(entry.user_id) || next.size < knownMax) next.set(entry.user_id, entry)
      }
      presence.set(next)
    },
    want(ids) {
      const fresh = ids.filter((id) => !wanted.has(id) && wanted.size < wantedMax)
      for (const id of fresh) wanted.add(id)
      ask(fresh)
    },
  }
}
