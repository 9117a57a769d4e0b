import type { Core } from './core'
import type { Frame } from './frames'
import { getOrMake } from './store'
import type { ConversationId, Typist, UserId } from './types'

const silenceMs = 2_000
const repeatMs = 3_000
const lastsMaxMs = 10_000
const typistsMax = 50

/** The own key presses of one conversation: at most one `true` in 3 s, `false` after 2 s of silence (P-6, P-7). */
export interface TypingSender {
  keystroke(): void
  stop(): void
  /** A message of ours ends the indicator by itself (P-5). */
  forget(): void
}

function createTypingSender(
  { environment, sendFrame }: Core,
  conversation_id: ConversationId,
): TypingSender {
  const { now, after } = environment
  const send = (is_typing: boolean) => sendFrame('typing', { conversation_id, is_typing })
  let sentAt: number | null = null
  let stopTimer = () => {}
  const forget = () => {
    stopTimer()
    sentAt = null
  }
  const stop = () => {
    if (sentAt !== null) send(false)
    forget()
  }
  return {
    keystroke() {
      if (sentAt === null || now() - sentAt >= repeatMs) {
        sentAt = now()
        send(true)
      }
      stopTimer()
      stopTimer = after(silenceMs, stop)
    },
    stop,
    forget,
  }
}

/** Who types where, and telling that this user does. */
export interface Typing {
  own(id: ConversationId): TypingSender
  note(data: Frame<'typing'>['data']): void
  remove(id: ConversationId, userId: UserId): void
}

export function createTyping(core: Core): Typing {
  const { conversations, environment, me, typists } = core
  const senders = new Map<ConversationId, TypingSender>()
  const leave = (id: ConversationId, stays: (typist: Typist) => boolean) => {
    const all = typists(id).getSnapshot()
    const left = all.filter(stays)
    if (left.length < all.length) typists(id).set(left)
  }
  const remove = (id: ConversationId, userId: UserId) =>
    leave(id, ({ user_id }) => user_id !== userId)
  return {
    own: (id) => getOrMake(senders, id, () => createTypingSender(core, id)),
    note({ conversation_id: id, user_id, user_name, is_typing, expires_in_ms }) {
      if (!is_typing) return remove(id, user_id)
      if (user_id === me() || !conversations.state(id)) return
      const entry = { user_id, user_name }
      const all = typists(id).getSnapshot()
      const others = all.filter((other) => other.user_id !== user_id)
      typists(id).set([...others.slice(1 - typistsMax), entry])
      // Entries end by time even when the stop gets lost.
      environment.after(Math.min(expires_in_ms, lastsMaxMs), () =>
        leave(id, (other) => other !== entry),
      )
    },
    remove,
  }
}
