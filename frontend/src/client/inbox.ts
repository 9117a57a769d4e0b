import { toRefusal } from './api'
import type { Core } from './core'
import {
  type EventFrame,
  type Frame,
  type FrameType,
  isEvent,
  parseJson,
  readFrame,
} from './frames'
import { toPending } from './outbox'

/** A frame as the server sent it; `data` has not been checked. */
export interface ReceivedFrame {
  readonly type: string
  readonly data: unknown
}

export interface Counters {
  received: number
  /** Frames that were not well formed, or of a type that this client does not know. */
  ignored: number
}

export interface InboxOptions {
  readonly onWelcome: (data: Frame<'connection'>['data']) => void
  /** The missed events have come: what is sent now comes after them. */
  readonly onReady: () => void
}

/** Takes each frame to where it belongs. Every tab does so with the same frames in the same order. */
export interface Inbox {
  readonly counters: Counters
  readonly listeners: Set<(frame: ReceivedFrame) => void>
  readonly receive: (text: string) => void
  readonly isReady: () => boolean
  /** There is no connection any more; nothing happens when there was none. */
  readonly interrupt: () => void
}

const holdMs = 50
/** So many events at once, and one in this time for longer, are shown one by one. */
const burstMax = 6
const eventMs = 20

type Notes = { readonly [T in FrameType]?: (data: Frame<T>['data'], id: string | null) => void }

export function createInbox(core: Core, options: InboxOptions): Inbox {
  const { batch, conversations, environment, feed, later, outbox, tabs } = core
  const { now, after } = environment
  const counters = { received: 0, ignored: 0 }
  const listeners: Inbox['listeners'] = new Set()
  let isWelcome = false
  let isReady = false
  let isReplaying = false
  let stopHold: (() => void) | null = null
  let burst = 0
  let eventAt = 0

  const ready = () => {
    isReplaying = false
    isReady = true
    options.onReady()
  }

  /** A leaky bucket. */
  const isStorm = () => {
    burst = Math.min(2 * burstMax, Math.max(0, burst - (now() - eventAt) / eventMs) + 1)
    eventAt = now()
    return burst > burstMax
  }

  const endHold = () => {
    stopHold?.()
    stopHold = null
    batch.release()
  }

  const event = (frame: EventFrame) => {
    // Events by the hundred: what they change is shown together.
    if (isStorm() || isReplaying) {
      batch.hold()
      stopHold ??= after(holdMs, endHold)
    }
    feed.receive(frame)
  }

  const notes: Notes = {
    connection(data) {
      isWelcome = true
      options.onWelcome(data)
      later.tell(({ presence }) => presence.connected())
      feed.connected(data)
      if (data.resume === 'resumed') isReplaying = true
      else ready()
    },
    synced({ pos }) {
      endHold()
      feed.synced(pos)
      ready()
    },
    /** The acknowledgement is this connection's copy of the message (M-4); the rest of it is known here. */
    ack(data, id) {
      const entry = tabs.isLeader() && outbox.find(data.client_msg_id ?? id)
      if (!entry) return
      outbox.confirm(entry.key)
      const message = { ...toPending(core, entry), ...data, client_msg_id: entry.key }
      tabs.distribute(JSON.stringify({ type: 'message', data: message }))
    },
    error(data, id) {
      const key = data.client_msg_id ?? id
      if (tabs.isLeader() && key !== null) outbox.refuse(key, toRefusal(data))
    },
    typing: (data) => later.tell(({ typing }) => typing.note(data)),
    status: (data) => later.tell(({ presence }) => presence.note([data], false)),
    status_snapshot: ({ users }) => later.tell(({ presence }) => presence.note(users, true)),
    unread: conversations.count,
    delivered: feed.delivered,
  }

  return {
    counters,
    listeners,
    receive(text) {
      const raw = parseJson(text) as ReceivedFrame | null
      const frame = readFrame(raw)
      counters.received += 1
      if (!frame) counters.ignored += 1
      else if (isEvent(frame)) event(frame)
      else notes[frame.type]?.(frame.data as never, frame.id)
      if (typeof raw?.type !== 'string') return
      for (const listener of [...listeners]) listener(raw)
    },
    isReady: () => isReady,
    interrupt() {
      const wasThere = isWelcome
      isWelcome = isReady = isReplaying = false
      if (wasThere) outbox.interrupt()
    },
  }
}
