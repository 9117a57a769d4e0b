import { isSignInError, toClientError } from './credentials'
import type { Environment } from './environment'
import type { WireMessage } from './frames'
import { Store } from './store'
import type {
  Attachment,
  ClientError,
  ConversationId,
  Message,
  MessageId,
  MessageType,
  Person,
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

export type Delivery = 'socket' | 'rest' | null

export interface OutboxOptions {
  readonly environment: Environment
  /** How messages travel now; null: not at all. */
  readonly delivery: () => Delivery
  readonly sendFrame: (text: string) => boolean
  readonly post: (entry: OutboxEntry) => Promise<WireMessage>
  /** REST has stored the entry. */
  readonly stored: (message: WireMessage) => void
  /** Keeps an entry over a reload; undefined removes it. */
  readonly keep: (key: string, entry: OutboxEntry | undefined) => void
}

const answerWithinMs = 15_000
const retryMs = 1_000
const retryMaxMs = 15_000
const attemptsMax = 10
/** Above this the composer is told no; nobody types that much while offline. */
export const outboxEntriesMax = 1_000

/**
 * Messages on their way to the server. One per conversation is in flight, so that order holds even when
 * one of them has to be repeated. Every tab mirrors the list; only the tab that leads calls `pump`.
 */
export class Outbox {
  readonly entries = new Store<readonly OutboxEntry[]>([])
  readonly #options: OutboxOptions
  #stopTimer = () => {}

  constructor(options: OutboxOptions) {
    this.#options = options
  }

  find(key: string | null): OutboxEntry | undefined {
    return this.entries.getSnapshot().find((entry) => entry.key === key)
  }

  add(entry: OutboxEntry): void {
    if (!this.find(entry.key)) this.entries.set([...this.entries.getSnapshot(), entry])
  }

  /** It is on screen as a message, or taken back: the next one need not wait for it. */
  drop(key: string | null): void {
    const entry = this.find(key)
    if (!entry) return
    this.#options.keep(entry.key, undefined)
    this.entries.set(this.entries.getSnapshot().filter((other) => other !== entry))
    this.pump()
  }

  retry(key: string): void {
    if (this.find(key)?.status !== 'failed') return
    this.#change(key, { status: 'queued', error: null, attempts: 0, dueAt: 0 }, true)
    this.pump()
  }

  /** Takes back what the server has certainly not stored. */
  discard(key: string): void {
    const status = this.find(key)?.status
    if (status === 'failed' || status === 'queued') this.drop(key)
  }

  /** The server has stored it, and the event is still to be applied. */
  confirm(key: string): void {
    const entry = this.find(key)
    if (!entry) return
    this.#change(key, { status: 'sent' })
    this.#options.keep(key, undefined)
    this.pump()
  }

  refuse(key: string, error: ClientError): void {
    const entry = this.find(key)
    if (!entry || entry.status === 'failed' || entry.status === 'sent') return
    const attempts = entry.attempts + 1
    const isLost = error.code === 'network'
    // A sign-in that has ended says nothing about the message: it waits for the next connection.
    const waits = isLost || isSignInError(error) || (error.retryable && attempts < attemptsMax)
    if (waits) {
      const delayMs = error.retryAfterMs ?? Math.min(retryMaxMs, retryMs * 2 ** (attempts - 1))
      const dueAt = this.#options.environment.now() + delayMs
      this.#change(key, { status: isLost ? 'unknown' : 'queued', attempts, dueAt })
    } else {
      this.#change(key, { status: 'failed', error, attempts }, true)
    }
    this.pump()
  }

  /** The way to the server is gone; what was sent may or may not have arrived. */
  interrupt(): void {
    this.#stopTimer()
    for (const { key, status } of this.entries.getSnapshot()) {
      if (status === 'sending') this.#change(key, { status: 'unknown', dueAt: 0 })
    }
  }

  /** Sends what is due. To be called when a connection is there, and after every change. */
  pump(): void {
    const { environment, delivery } = this.#options
    this.#stopTimer()
    const way = delivery()
    if (!way) return
    const now = environment.now()
    for (const entry of headsOfQueues(this.entries.getSnapshot())) {
      if (entry.dueAt <= now) this.#send(entry, way)
    }
    const waits = headsOfQueues(this.entries.getSnapshot()).map((entry) => entry.dueAt - now)
    if (waits.length === 0) return
    this.#stopTimer = environment.after(Math.max(0, Math.min(...waits)), () => this.pump())
  }

  #send(entry: OutboxEntry, way: 'socket' | 'rest'): void {
    const { key } = entry
    const { environment, sendFrame, post, stored } = this.#options
    this.#change(key, { status: 'sending', dueAt: environment.now() + answerWithinMs })
    if (way === 'socket') sendFrame(encode(entry))
    else post(entry).then(stored, (reason: unknown) => this.refuse(key, toClientError(reason)))
  }

  #change(key: string, change: Partial<OutboxEntry>, isKept = false): void {
    const entries = this.entries.getSnapshot()
    const index = entries.findIndex((entry) => entry.key === key)
    const entry = entries[index]
    if (!entry) return
    const changed = { ...entry, ...change }
    if (isKept) this.#options.keep(key, changed)
    this.entries.set(entries.with(index, changed))
  }
}

/** The first entry of each conversation that is not done: the others wait for it. */
export function headsOfQueues(entries: readonly OutboxEntry[]): readonly OutboxEntry[] {
  const heads = new Map<ConversationId, OutboxEntry>()
  for (const entry of entries) {
    const isDone = entry.status === 'failed' || entry.status === 'sent'
    if (!isDone && !heads.has(entry.conversation_id)) heads.set(entry.conversation_id, entry)
  }
  return [...heads.values()]
}

function encode(entry: OutboxEntry): string {
  const { key, conversation_id, content, reply_to, attachments } = entry
  const ids = attachments.map((attachment) => attachment.id)
  const data = { conversation_id, content, client_msg_id: key, reply_to, attachments: ids }
  return JSON.stringify({ type: 'message', id: key, data })
}

/** The optimistic copy. */
export function toPending(entry: OutboxEntry, me: Person): Message {
  const { key, conversation_id, content, reply_to, attachments, created_at, status, error } = entry
  return {
    key,
    id: null,
    conversation_id,
    conv_seq: null,
    client_msg_id: key,
    content,
    text: content,
    sender: me,
    is_own: true,
    message_type: typeOf(attachments),
    status,
    error,
    reply_to,
    attachments,
    reactions: [],
    is_deleted: false,
    edited_at: null,
    rev: 0,
    created_at,
    timestamp: created_at,
  }
}

function typeOf(attachments: readonly Attachment[]): MessageType {
  const kind = attachments[0]?.content_type
  if (kind === undefined) return 'text'
  if (kind.startsWith('image/')) return 'image'
  return kind.startsWith('audio/') ? 'voice' : 'file'
}
