import { take } from './check'
import type { Core } from './core'
import { isSignInError, toClientError } from './credentials'
import { message, someone, type WireMessage } from './frames'
import { Store } from './store'
import { toMessage } from './timeline'
import type {
  Attachment,
  ClientError,
  ConversationId,
  Message,
  MessageId,
  MessageType,
} from './types'

export interface OutboxEntry {
  /** The client_msg_id: the same for every repetition, so that the server stores it once (M-2). */
  readonly key: string
  readonly conversation_id: ConversationId
  readonly content: string
  readonly reply_to: MessageId | null
  readonly attachments: readonly Attachment[]
  readonly created_at: string
  /** `sent` is stored by the server and waits for the events before it. */
  readonly status: 'queued' | 'sending' | 'unknown' | 'failed' | 'sent'
  readonly error: ClientError | null
  readonly attempts: number
  /** When it is to be sent, or sent again because the answer did not come. */
  readonly dueAt: number
  /** Rises with each entry of a tab: the order in which they were written. */
  readonly order: number
}

/**
 * How a message travels now; null: not at all. Without an answer the connection brings it, else it is the
 * message as the server has stored it.
 */
export type Delivery = ((entry: OutboxEntry) => Promise<WireMessage> | null) | null

export interface OutboxOptions {
  readonly delivery: () => Delivery
  /** REST has stored the entry. */
  readonly stored: (message: WireMessage) => void
}

/**
 * Messages on their way to the server. One per conversation is in flight, so that order holds even when
 * one of them has to be repeated. Every tab mirrors the list; only the tab that leads calls `pump`.
 */
export interface Outbox {
  readonly entries: Store<readonly OutboxEntry[]>
  find(key: string | null): OutboxEntry | undefined
  add(entry: OutboxEntry): void
  /** What a former page has left. */
  restore(kept: ReadonlyMap<string, unknown>): void
  /** It is on screen as a message, or taken back: the next one need not wait for it. */
  drop(key: string | null): void
  retry(key: string): void
  /** Takes back what the server has certainly not stored. */
  discard(key: string): void
  /** The server has stored it, and the event is still to be applied. */
  confirm(key: string): void
  refuse(key: string, error: ClientError): void
  /** The way to the server is gone; what was sent may or may not have arrived. */
  interrupt(): void
  /** Sends what is due. To be called when a connection is there, and after every change. */
  pump(): void
}

const answerWithinMs = 15_000
const retryMs = 1_000
const retryMaxMs = 15_000
const attemptsMax = 10
/** Above this the composer is told no; nobody types that much while offline. */
export const outboxEntriesMax = 1_000

export function createOutbox(
  { environment, keeper }: Pick<Core, 'environment' | 'keeper'>,
  { delivery, stored }: OutboxOptions,
): Outbox {
  const { now, after } = environment
  const entries = new Store<readonly OutboxEntry[]>([])
  let stopTimer = () => {}

  const all = entries.getSnapshot
  const find = (key: string | null) => all().find((entry) => entry.key === key)
  /** undefined removes it. */
  const keep = (key: string, entry?: OutboxEntry) => keeper.keep(`o:${key}`, entry)

  const change = (entry: OutboxEntry, changed: Partial<OutboxEntry>) => {
    const next = { ...entry, ...changed }
    // Whether it was sent before a crash is not known: the rest of the states need no memory.
    if (next.error || entry.error) keep(entry.key, next)
    entries.set(all().map((other) => (other === entry ? next : other)))
  }

  const add = (entry: OutboxEntry) => {
    if (!find(entry.key)) entries.set([...all(), entry])
  }

  const drop = (key: string | null) => {
    const entry = find(key)
    if (!entry) return
    keep(entry.key)
    entries.set(all().filter((other) => other !== entry))
    pump()
  }

  const refuse = (key: string, error: ClientError) => {
    const entry = find(key)
    if (!entry || isDone(entry)) return
    const attempts = entry.attempts + 1
    const isLost = error.code === 'network'
    // A sign-in that has ended says nothing about the message: it waits for the next connection.
    const waits = isLost || isSignInError(error) || (error.retryable && attempts < attemptsMax)
    const delayMs = error.retryAfterMs ?? Math.min(retryMaxMs, retryMs * 2 ** entry.attempts)
    const again = {
      status: isLost ? 'unknown' : 'queued',
      attempts,
      dueAt: now() + delayMs,
    } as const
    change(entry, waits ? again : { status: 'failed', error, attempts })
    pump()
  }

  const send = (entry: OutboxEntry, way: NonNullable<Delivery>) => {
    change(entry, { status: 'sending', dueAt: now() + answerWithinMs })
    way(entry)?.then(stored, (reason: unknown) => refuse(entry.key, toClientError(reason)))
  }

  const pump = () => {
    stopTimer()
    const way = delivery()
    if (!way) return
    const time = now()
    for (const entry of headsOfQueues(all())) if (entry.dueAt <= time) send(entry, way)
    const dueAt = Math.min(...headsOfQueues(all()).map((entry) => entry.dueAt))
    if (dueAt < Number.POSITIVE_INFINITY) stopTimer = after(Math.max(0, dueAt - time), pump)
  }

  return {
    entries,
    find,
    add,
    restore(kept) {
      const left = [...kept].flatMap(([key, value]) =>
        key.startsWith('o:') ? [value as OutboxEntry] : [],
      )
      for (const entry of left.sort((a, b) => a.order - b.order)) {
        add({ ...entry, status: entry.error ? 'failed' : 'unknown', dueAt: 0 })
      }
    },
    drop,
    retry(key) {
      const entry = find(key)
      if (!entry?.error) return
      change(entry, { status: 'queued', error: null, attempts: 0, dueAt: 0 })
      pump()
    },
    discard(key) {
      if (/failed|queued/.test(find(key)?.status ?? '')) drop(key)
    },
    confirm(key) {
      const entry = find(key)
      if (!entry) return
      change(entry, { status: 'sent' })
      keep(key)
      pump()
    },
    refuse,
    interrupt() {
      stopTimer()
      for (const entry of all()) {
        if (entry.status === 'sending') change(entry, { status: 'unknown', dueAt: 0 })
      }
    },
    pump,
  }
}

function isDone({ status }: OutboxEntry): boolean {
  return status === 'failed' || status === 'sent'
}

/** The first entry of each conversation that is not done: the others wait for it. */
function headsOfQueues(entries: readonly OutboxEntry[]): readonly OutboxEntry[] {
  const seen = new Set<ConversationId>()
  return entries.filter((entry) => {
    if (isDone(entry) || seen.has(entry.conversation_id)) return false
    return seen.add(entry.conversation_id)
  })
}

export function encode(entry: OutboxEntry): string {
  const { key, conversation_id, content, reply_to, attachments } = entry
  const ids = attachments.map(({ id }) => id)
  const data = { conversation_id, content, client_msg_id: key, reply_to, attachments: ids }
  return JSON.stringify({ type: 'message', id: key, data })
}

/** The optimistic copy. */
export function toPending(
  { conversations, me }: Pick<Core, 'conversations' | 'me'>,
  entry: OutboxEntry,
): Message {
  const { conversation_id, key, attachments, status, error } = entry
  const people = conversations.state(conversation_id)?.meta.participants
  const wire = take(message, {
    ...entry,
    id: 0,
    conv_seq: 0,
    client_msg_id: key,
    sender: people?.find(({ id }) => id === me()) ?? someone(me()),
    message_type: typeOf(attachments),
  }) as WireMessage
  return { ...toMessage(wire, me()), id: null, conv_seq: null, status, error }
}

function typeOf(attachments: readonly Attachment[]): MessageType {
  const kind = attachments[0]?.content_type
  if (kind === undefined) return 'text'
  return kind.startsWith('image/') ? 'image' : kind.startsWith('audio/') ? 'voice' : 'file'
}
