import type { Core } from './core'
import { RequestError } from './credentials'
import { newKey } from './environment'
import { type OutboxEntry, outboxEntriesMax, toPending } from './outbox'
import { createDerived, createRetainers, differ } from './store'
import { lastOfOthers, markRead } from './timeline'
import type {
  Attachment,
  Conversation,
  ConversationId,
  Message,
  MessageId,
  ReadableStore,
  Timeline,
  Typist,
} from './types'

export interface SendOptions {
  replyTo?: MessageId | null
  attachments?: readonly Attachment[]
}

/** One conversation as a person sees it: stored messages, those on their way, who types, and what can be done. */
export interface Thread {
  readonly id: ConversationId
  readonly timeline: ReadableStore<Timeline>
  readonly conversation: ReadableStore<Conversation | null>
  readonly typists: ReadableStore<readonly Typist[]>
  readonly isRetained: () => boolean
  /** Keeps the conversation loaded while somebody looks at it. Returns the release. */
  readonly retain: () => () => void
  /** Loads what is missing to show the newest messages. */
  readonly open: () => void
  readonly loadOlder: () => Promise<void>
  /** Shows the message at once and returns its key; its `status` and `error` tell how it goes on. Throws only when a thousand others wait already. */
  readonly send: (text: string, options?: SendOptions) => string
  readonly retry: (key: string) => void
  /** Removes an own message that is not stored (queued or failed). */
  readonly discard: (key: string) => void
  readonly edit: (id: MessageId, text: string) => Promise<void>
  readonly remove: (id: MessageId, scope: 'me' | 'all') => Promise<void>
  readonly react: (id: MessageId, emoji: string, op: 'add' | 'remove') => Promise<void>
  /** Everything that is loaded counts as read. */
  readonly markRead: () => void
  readonly keystroke: () => void
  readonly stopTyping: () => void
}

const screenful = 20
const noMessages: readonly Message[] = []

export function createThread(core: Core, id: ConversationId): Thread {
  const { environment, conversations, feed, later, outbox, me, tabs } = core
  const slot = conversations.in(id)
  const retainers = createRetainers()
  const timeline = createTimeline(core, id)
  const open = () => {
    const state = conversations.state(id)
    if (!state) feed.ensure(id)
    else if (state.messages.length < screenful) void feed.loadOlder(id)
  }
  return {
    id,
    timeline,
    conversation: {
      getSnapshot: () => slot.getSnapshot().state?.meta ?? null,
      subscribe: slot.subscribe,
    },
    typists: core.typists(id),
    isRetained: () => retainers.count() > 0,
    retain() {
      open()
      return retainers.retain(() => feed.release(id))
    },
    open,
    loadOlder: () => feed.loadOlder(id),
    send(text, { replyTo = null, attachments = [] } = {}) {
      if (outbox.entries.getSnapshot().length >= outboxEntriesMax) {
        const message = 'Too many messages wait to be sent.'
        throw new RequestError({ code: 'unavailable', message, retryable: true })
      }
      later.now()?.typing.own(id).forget()
      // What is held back must not hold back what the person has just written.
      core.batch.release()
      const key = newKey(environment)
      tabs.submit({
        key,
        conversation_id: id,
        content: text.trim(),
        reply_to: replyTo,
        attachments,
        created_at: new Date(environment.now()).toISOString(),
        status: 'queued',
        error: null,
        attempts: 0,
        dueAt: 0,
      })
      return key
    },
    retry: (key) => tabs.command('retry', key),
    discard: (key) => tabs.command('discard', key),
    edit: (...edit) => later.use((part) => part.edit(id, ...edit)),
    remove: (...removal) => later.use((part) => part.remove(...removal)),
    react: (...reaction) => later.use((part) => part.react(id, ...reaction)),
    markRead() {
      const state = conversations.state(id)
      const upTo = state ? lastOfOthers(state) : 0
      if (!state || upTo <= state.meta.read_up_to) return
      conversations.set(id, markRead(state, me(), upTo, me()))
      core.readUpTo.set(id, upTo)
      later.tell(({ reads }) => reads.flush())
    },
    keystroke: () => later.tell(({ typing }) => typing.own(id).keystroke()),
    stopTyping: () => later.tell(({ typing }) => typing.own(id).stop()),
  }
}

/** Stored messages and those on their way. What has not changed keeps its identity. */
function createTimeline(core: Core, id: ConversationId): ReadableStore<Timeline> {
  const { batch, conversations, outbox } = core
  const slot = conversations.in(id)
  const copies = new WeakMap<OutboxEntry, Message>()
  let waiting: readonly OutboxEntry[] = []
  let shown: readonly [readonly Message[], readonly OutboxEntry[]] | null = null
  let messages = noMessages

  const copyOf = (entry: OutboxEntry) => {
    const copy = copies.get(entry) ?? toPending(core, entry)
    copies.set(entry, copy)
    return copy
  }
  const timeline = createDerived<Timeline>(() => {
    const { state, isLoading, error } = slot.getSnapshot()
    const parts = [state?.messages ?? noMessages, waiting] as const
    if (!shown || differ(parts, shown)) {
      shown = parts
      messages = waiting.length === 0 ? parts[0] : [...parts[0], ...waiting.map(copyOf)]
    }
    const isUnknown = !state && !error
    return {
      messages,
      hasOlder: state?.hasOlder ?? false,
      isLoading: isLoading || isUnknown,
      error,
    }
  }, batch)
  const lookAtOutbox = () => {
    const next = outbox.entries.getSnapshot().filter((entry) => entry.conversation_id === id)
    if (next.length === waiting.length && !differ(next, waiting)) return
    waiting = next
    timeline.invalidate()
  }
  slot.subscribe(timeline.invalidate)
  outbox.entries.subscribe(lookAtOutbox)
  lookAtOutbox()
  return timeline
}
