import type { Api } from './api'
import { RequestError } from './credentials'
import { type Environment, randomKey } from './environment'
import type { Feed } from './feed'
import { someone } from './frames'
import { type Outbox, type OutboxEntry, outboxEntriesMax, toPending } from './outbox'
import type { ReadMarkers } from './reads'
import { Retainers } from './retainers'
import { type Batch, Derived } from './store'
import { changeMessage, markRead, react } from './timeline'
import type {
  Attachment,
  Conversation,
  ConversationId,
  Message,
  MessageId,
  ReadableStore,
  Timeline,
  Typist,
  UserId,
} from './types'
import { TypingSender, type Typists } from './typing'

export interface SendOptions {
  replyTo?: MessageId | null
  attachments?: readonly Attachment[]
}

/** What a thread uses of the client it belongs to. */
export interface ThreadContext {
  readonly environment: Environment
  readonly api: Api
  readonly batch: Batch
  readonly feed: Feed
  readonly outbox: Outbox
  readonly reads: ReadMarkers
  readonly typists: Typists
  readonly me: () => UserId
  readonly post: (draft: Omit<OutboxEntry, 'order'>) => void
  readonly command: (type: 'retry' | 'discard', key: string) => void
  readonly sendFrame: (type: string, data: object) => boolean
}

const screenful = 20
const noMessages: readonly Message[] = []

/** One conversation as a person sees it: stored messages, those on their way, who types, and what can be done. */
export class Thread {
  readonly id: ConversationId
  readonly timeline: ReadableStore<Timeline>
  readonly conversation: ReadableStore<Conversation | null>
  readonly typists: ReadableStore<readonly Typist[]>
  readonly #context: ThreadContext
  readonly #typing: TypingSender
  readonly #timeline: Derived<Timeline>
  readonly #copies = new WeakMap<OutboxEntry, Message>()
  #waiting: readonly OutboxEntry[] = []
  #shown = this.#waiting
  #stored = noMessages
  #messages = noMessages
  readonly #retainers = new Retainers()

  constructor(id: ConversationId, context: ThreadContext) {
    const { feed, outbox, batch, environment, sendFrame } = context
    this.id = id
    this.#context = context
    this.#timeline = new Derived(() => this.#compute(), batch)
    this.timeline = this.#timeline
    const slot = feed.in(id)
    this.conversation = {
      getSnapshot: () => slot.getSnapshot().state?.meta ?? null,
      subscribe: slot.subscribe,
    }
    this.typists = context.typists.in(id)
    slot.subscribe(() => this.#timeline.invalidate())
    outbox.entries.subscribe(this.#outboxChanged)
    this.#outboxChanged()
    this.#typing = new TypingSender(environment, (is_typing) => {
      sendFrame('typing', { conversation_id: id, is_typing })
    })
  }

  get isRetained(): boolean {
    return this.#retainers.count > 0
  }

  /** Keeps the conversation loaded while somebody looks at it. Returns the release. */
  readonly retain = (): (() => void) => {
    this.open()
    return this.#retainers.retain(() => {
      this.#context.feed.release(this.id)
      this.#focus(null)
    })
  }

  /** Loads what is missing to show the newest messages. */
  open(): void {
    const { feed } = this.#context
    const state = feed.state(this.id)
    this.#focus(this.id)
    if (!state) feed.ensure(this.id)
    else if (state.messages.length < screenful) void feed.loadOlder(this.id)
  }

  readonly loadOlder = (): Promise<void> => this.#context.feed.loadOlder(this.id)

  /** Shows the message at once and returns its key. Throws only when a thousand others wait already. */
  readonly send = (text: string, options: SendOptions = {}): string => {
    const { environment, outbox, post } = this.#context
    if (outbox.entries.getSnapshot().length >= outboxEntriesMax) {
      const message = 'Too many messages wait to be sent.'
      throw new RequestError({ code: 'unavailable', message, retryable: true })
    }
    this.#typing.forget()
    const key = randomKey(environment.random)
    post({
      key,
      conversation_id: this.id,
      content: text.trim(),
      reply_to: options.replyTo ?? null,
      attachments: options.attachments ?? [],
      created_at: new Date(environment.now()).toISOString(),
      status: 'queued',
      error: null,
      attempts: 0,
      dueAt: 0,
    })
    return key
  }

  readonly retry = (key: string): void => this.#context.command('retry', key)

  readonly discard = (key: string): void => this.#context.command('discard', key)

  readonly edit = (id: MessageId, text: string): Promise<void> => {
    const show = (content: string) =>
      this.#change(id, (message) => ({ ...message, content, text: content }))
    const before = this.#find(id)
    show(text)
    return this.#context.api.editMessage(id, text).catch((reason: unknown) => {
      if (before && this.#find(id)?.rev === before.rev) show(before.content)
      throw reason
    })
  }

  readonly remove = (id: MessageId, scope: 'me' | 'all'): Promise<void> =>
    this.#context.api.deleteMessage(id, scope)

  readonly react = (id: MessageId, emoji: string, op: 'add' | 'remove'): Promise<void> => {
    const { api, me } = this.#context
    const show = (change: 'add' | 'remove') =>
      this.#change(id, (message) => ({
        ...message,
        reactions: react(message.reactions, emoji, me(), change),
      }))
    const isNew = op !== (this.#hasReacted(id, emoji) ? 'add' : 'remove')
    if (isNew) show(op)
    return api.react(id, emoji, op).catch((reason: unknown) => {
      if (isNew) show(op === 'add' ? 'remove' : 'add')
      throw reason
    })
  }

  /** Everything that is loaded counts as read. */
  readonly markRead = (): void => {
    const { feed, reads, me } = this.#context
    const state = feed.state(this.id)
    const upTo = state?.messages.findLast((message) => !message.is_own)?.conv_seq ?? 0
    if (!state || upTo <= state.meta.read_up_to) return
    feed.change(this.id, (current) => markRead(current, me(), upTo, me()))
    reads.want(this.id, upTo)
  }

  readonly keystroke = (): void => this.#typing.keystroke()

  readonly stopTyping = (): void => this.#typing.stop()

  #focus(conversation_id: ConversationId | null): void {
    this.#context.sendFrame('focus', { conversation_id })
  }

  #find(id: MessageId): Message | undefined {
    return this.#context.feed.state(this.id)?.messages.find((message) => message.id === id)
  }

  #change(id: MessageId, alter: (message: Message) => Message): void {
    this.#context.feed.change(this.id, (state) => changeMessage(state, id, alter))
  }

  #hasReacted(id: MessageId, emoji: string): boolean {
    const reaction = this.#find(id)?.reactions.find((known) => known.emoji === emoji)
    return reaction?.user_ids.includes(this.#context.me()) ?? false
  }

  #compute(): Timeline {
    const { feed } = this.#context
    const { state, isLoading, error } = feed.in(this.id).getSnapshot()
    const stored = state?.messages ?? noMessages
    if (stored !== this.#stored || this.#waiting !== this.#shown) {
      this.#stored = stored
      this.#shown = this.#waiting
      const waiting = this.#waiting.map((entry) => this.#show(entry))
      this.#messages = waiting.length === 0 ? stored : [...stored, ...waiting]
    }
    const isUnknown = state === null && error === null
    const hasOlder = state?.hasOlder ?? false
    return { messages: this.#messages, hasOlder, isLoading: isLoading || isUnknown, error }
  }

  readonly #outboxChanged = (): void => {
    const entries = this.#context.outbox.entries.getSnapshot()
    const waiting = entries.filter((entry) => entry.conversation_id === this.id)
    const isSame =
      waiting.length === this.#waiting.length &&
      waiting.every((entry, index) => entry === this.#waiting[index])
    if (isSame) return
    this.#waiting = waiting
    this.#timeline.invalidate()
  }

  #show(entry: OutboxEntry): Message {
    const known = this.#copies.get(entry)
    if (known) return known
    const { feed, me } = this.#context
    const people = feed.state(this.id)?.meta.participants
    const message = toPending(entry, people?.find((person) => person.id === me()) ?? someone(me()))
    this.#copies.set(entry, message)
    return message
  }
}
