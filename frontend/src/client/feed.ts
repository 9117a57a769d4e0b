import { int, text } from './check'
import { backoffMs } from './connectionState'
import type { Core } from './core'
import { isSignInError, toClientError } from './credentials'
import {
  type ConversationPage,
  conversation,
  type EventFrame,
  type Frame,
  type WireMessage,
} from './frames'
import { getOrMake } from './store'
import {
  addMessage,
  type ConversationState,
  fromPage,
  lastOfOthers,
  markDelivered,
  markRead,
  toMessage,
  trim,
  withMeta,
} from './timeline'
import type { ConversationId } from './types'

export interface Position {
  readonly epoch: string
  readonly pos: number
}

/** Events are missing in a conversation, or the whole of it. */
export interface Gap {
  /** The server has events up to here. */
  upTo: number
  /** Messages from here on are news. */
  readonly newsFrom: number
  /** The description is out of date, not only the events. */
  isOutdated: boolean
}

/**
 * Where this client stands in the log of the server. Applies events by R-1, reads the snapshot when the
 * log cannot be continued and what gaps lack (catchUp.ts), and moves the cursor only past what has been
 * applied.
 */
export interface Feed {
  readonly gaps: Map<ConversationId, Gap>
  /** Events that came while a page of history was read: the page may not know them yet. */
  readonly history: Map<ConversationId, EventFrame[]>
  /** For `since=`; null: start afresh. */
  position(): Position | null
  forgetPosition(): void
  /** Nothing is missing. */
  isComplete(): boolean
  isSyncing(): boolean
  /** Reads a conversation that is not loaded. */
  ensure(id: ConversationId): void
  lack(id: ConversationId, gap: Partial<Gap>): void
  loadOlder(id: ConversationId): Promise<void>
  /** Memory of a conversation nobody looks at stays small. */
  release(id: ConversationId): void
  connected(data: Frame<'connection'>['data']): void
  synced(pos: number): void
  /** A durable event. One that did not come over the connection has pos 0: it does not move the cursor. */
  receive(frame: EventFrame): void
  apply(frame: EventFrame): void
  open(page: ConversationPage): void
  delivered(data: Frame<'delivered'>['data']): void
  /** Reads everything anew. Goes on trying until it works or a newer attempt has begun. */
  sync(): Promise<void>
  /** Nobody uses the client: what could not be read is asked for by the next connection. */
  pause(): void
  /** What a restart needs to go on from here, as one consistent whole. */
  unsaved(): ReadonlyMap<string, unknown>
  restore(kept: ReadonlyMap<string, unknown>): void
}

export const pageSize = 30
const shownMax = 50
const retryMs = 2_000
const restingRetryMs = 60_000

export const snapshot = {
  epoch: text,
  pos: int,
  conversations: [conversation],
  next_cursor: (value: unknown): string | null => (value == null ? null : `${value}`),
} as const

export function createFeed(core: Core): Feed {
  const { environment, api, batch, me, conversations, outbox } = core
  const { state, applied, set, change } = conversations
  const gaps: Feed['gaps'] = new Map()
  const history: Feed['history'] = new Map()
  let epoch: string | null = null
  let cursor: number | null = null
  let seenPos = 0
  let isSyncing = false
  let isReading = false
  let generation = 0
  let failures = 0
  let stopRetry = () => {}

  const position = () => (epoch === null || cursor === null ? null : { epoch, pos: cursor })
  const isComplete = () => !isSyncing && gaps.size === 0
  const see = (pos: number) => {
    seenPos = Math.max(seenPos, pos)
  }

  /** The cursor stands still while events are missing: a restart would not ask for them again. */
  const advance = () => {
    if (isComplete() && epoch !== null) cursor = seenPos
    core.onChange()
  }

  const lack: Feed['lack'] = (
    id,
    { upTo = 0, newsFrom = Number.POSITIVE_INFINITY, isOutdated },
  ) => {
    const gap = getOrMake(gaps, id, () => ({ upTo, newsFrom, isOutdated: false }))
    gap.upTo = Math.max(gap.upTo, upTo)
    gap.isOutdated ||= isOutdated ?? false
    if (!isReading && failures === 0) void catchUp()
  }

  /** One attempt at a time to read all that is missing; a newer one makes an older one void. */
  const catchUp = async (): Promise<void> => {
    const mine = ++generation
    const isCurrent = () => mine === generation
    stopRetry()
    isReading = true
    core.onChange()
    try {
      if (isSyncing) await readSnapshot(isCurrent)
      if (isCurrent() && gaps.size > 0) {
        await core.later.use(({ fillGaps }) => fillGaps(isCurrent))
      }
      if (isCurrent()) failures = 0
    } catch (reason) {
      if (isCurrent()) retryLater(reason)
    }
    if (!isCurrent()) return
    isReading = false
    advance()
  }

  const retryLater = (reason: unknown) => {
    const error = toClientError(reason)
    if (isSyncing) conversations.page({ error })
    failures += 1
    const { random, isResting } = environment
    const isSlow = isResting() || isSignInError(error)
    const delayMs = isSlow ? restingRetryMs : backoffMs(failures, { baseMs: retryMs, random })
    stopRetry = environment.after(delayMs, catchUp)
  }

  const readSnapshot = async (isCurrent: () => boolean) => {
    const page = await api.read(snapshot, `sync/?limit=${pageSize}`)
    if (!isCurrent()) return
    isSyncing = false
    const listed = new Set(page.conversations.map(({ id }) => id))
    for (const { meta } of conversations.loaded()) if (!listed.has(meta.id)) set(meta.id, null)
    for (const one of page.conversations) open(one)
    epoch = page.epoch
    see(page.pos)
    // What came while the snapshot was read may be part of it.
    for (const [id, { upTo }] of gaps) if (upTo <= applied(id)) gaps.delete(id)
    conversations.page({ isLoading: false, nextPage: page.next_cursor, error: null })
    core.onSnapshot()
  }

  const sync = () => {
    isSyncing = true
    conversations.page({ isLoading: true, error: null })
    return catchUp()
  }

  const open: Feed['open'] = (page) => {
    const next = fromPage(page, me())
    batch.together(() => {
      set(page.id, next)
      for (const { is_own, client_msg_id } of next.messages) if (is_own) outbox.drop(client_msg_id)
    })
    const newest = lastOfOthers(next)
    if (newest > page.delivered_up_to) core.onArrival(page.id, newest)
  }

  const apply: Feed['apply'] = (frame) => {
    const { conversation_id: id, conv_seq } = frame.data
    const known = state(id)
    if (!known) return
    history.get(id)?.push(frame)
    const current = withMeta(known, { last_conv_seq: Math.max(applied(id), conv_seq) })
    if (frame.type === 'message') return show(current, frame.data)
    if (frame.type === 'read') {
      return set(id, markRead(current, frame.data.user_id, frame.data.up_to, me()))
    }
    const later = core.later.now()
    if (later) later.applyChange(current, frame)
    // Not able to yet: the same as an event that is missing.
    else lack(id, conv_seq > 0 ? { upTo: conv_seq } : { isOutdated: true })
  }

  const show = (current: ConversationState, wire: WireMessage) =>
    batch.together(() => {
      const message = toMessage(wire, me())
      set(wire.conversation_id, addMessage(current, message))
      // Together with the copy that waited for it, or it would be there twice for a moment.
      settle(wire)
      core.onMessage(message)
    })

  /** Keys of others may be equal to ours by chance or by malice. */
  const settle = ({ sender, client_msg_id }: WireMessage) => {
    if (sender.id === me()) outbox.drop(client_msg_id)
  }

  return {
    gaps,
    history,
    position,
    forgetPosition() {
      cursor = null
    },
    isComplete,
    isSyncing: () => isSyncing,
    ensure(id) {
      if (state(id)) return
      conversations.in(id).update({ isLoading: true, error: null })
      lack(id, {})
    },
    lack,
    async loadOlder(id) {
      const known = state(id)
      if (!known?.hasOlder || history.has(id)) return
      const slot = conversations.in(id)
      history.set(id, [])
      slot.update({ isLoading: true, error: null })
      const reading = core.later.use(({ readOlder }) => readOlder(id))
      const error = await reading.then(() => null, toClientError)
      history.delete(id)
      slot.update({ isLoading: false, error })
    },
    release(id) {
      if (!history.has(id)) change(id, (known) => trim(known, shownMax))
    },
    connected(data) {
      const isSame = data.epoch === epoch
      if (data.resume === 'resumed' && isSame && !isSyncing) return
      seenPos = isSame ? Math.max(seenPos, data.pos) : data.pos
      gaps.clear()
      void sync()
    },
    synced(pos) {
      see(pos)
      failures = 0
      if (gaps.size > 0 && !isReading) void catchUp()
      advance()
    },
    receive(frame) {
      const { conversation_id: id, conv_seq, pos } = frame.data
      const last = applied(id)
      see(pos)
      const fits = state(id) && (conv_seq === 0 || conv_seq === last + 1)
      if (fits && !isSyncing) apply(frame)
      else if (conv_seq > last) {
        lack(id, { upTo: conv_seq, ...(state(id) ? {} : { newsFrom: conv_seq }) })
      } else if (frame.type === 'message') settle(frame.data)
      advance()
    },
    apply,
    open,
    delivered({ conversation_id, user_id, up_to }) {
      change(conversation_id, (known) => markDelivered(known, user_id, up_to, me()))
    },
    sync,
    pause() {
      generation += 1
      isReading = false
      stopRetry()
    },
    unsaved() {
      const changes = isSyncing ? new Map<string, unknown>() : conversations.unsaved()
      return changes.size > 0 ? changes.set('position', position()) : changes
    },
    restore(kept) {
      const stored = kept.get('position') as Position | null | undefined
      if (!stored || (stored.epoch === epoch && (cursor ?? -1) >= stored.pos)) return
      epoch = stored.epoch
      cursor = seenPos = stored.pos
      conversations.restore(kept)
    },
  }
}
