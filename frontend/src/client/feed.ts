import type { Api } from './api'
import { backoffMs } from './connectionState'
import { toClientError } from './credentials'
import type { Environment } from './environment'
import type { ConversationPage, EventFrame, Frame, WireMessage } from './frames'
import { type Batch, Derived, Store } from './store'
import {
  applyEvent,
  type ConversationState,
  fromPage,
  markDelivered,
  mergeMeta,
  prependHistory,
  trim,
} from './timeline'
import type {
  ClientError,
  Conversation,
  ConversationId,
  ConversationList,
  Message,
  UserId,
} from './types'

export interface FeedOptions {
  readonly environment: Environment
  readonly api: Api
  readonly batch: Batch
  readonly me: () => UserId
  /** A message that was not there before. */
  readonly onMessage: (message: Message) => void
  /** Messages of others are on this device up to here. */
  readonly onArrival: (id: ConversationId, upTo: number) => void
  /** A message with this key is on screen, or will never be missing. */
  readonly onOwnMessage: (key: string | null) => void
  /** Something is to be saved, or `isComplete` has changed. */
  readonly onChange: () => void
  /** The snapshot has been read. */
  readonly onSnapshot: () => void
}

export interface Position {
  readonly epoch: string
  readonly pos: number
}

export interface Slot {
  /** null: not loaded. */
  readonly state: ConversationState | null
  readonly isLoading: boolean
  readonly error: ClientError | null
}

const emptySlot: Slot = { state: null, isLoading: false, error: null }

const pageSize = 30
const historySize = 50
const keptMessagesMax = 30
const keptConversationsMax = 60
const retryMs = 2_000
const restingRetryMs = 60_000

/**
 * The conversations and where this client stands in the log of the server. Applies events by R-1, fills
 * gaps by REST, reads the snapshot when the log cannot be continued, and moves the cursor only past what
 * has been applied.
 */
export class Feed {
  readonly list: Derived<ConversationList>
  readonly unread: Derived<number>
  isSyncing = false
  readonly #options: FeedOptions
  readonly #slots = new Map<ConversationId, Store<Slot>>()
  /** Events that came while a page of history was read: the page may not know them yet. */
  readonly #loading = new Map<ConversationId, EventFrame[]>()
  /** Conversations in which events are missing, or whose description is out of date. */
  readonly #repairs = new Set<ConversationId>()
  readonly #outdated = new Set<ConversationId>()
  readonly #newest = new Map<ConversationId, number>()
  /** Where the news begins in a conversation that a message has brought up. */
  readonly #news = new Map<ConversationId, number>()
  readonly #unsaved = new Set<ConversationId>()
  #isRepairing = false
  #failures = 0
  #stopRetry = () => {}
  #epoch: string | null = null
  #cursor: number | null = null
  #seenPos = 0
  #generation = 0
  #nextPage: string | null = null
  #listError: ClientError | null = null
  #unreadElsewhere = 0
  #polledPos: number | null = null

  constructor(options: FeedOptions) {
    this.#options = options
    this.list = new Derived(() => this.#computeList(), options.batch)
    this.unread = new Derived(() => this.#unreadElsewhere + this.#unreadHere(), options.batch)
  }

  /** For `since=`; null: start afresh. */
  position(): Position | null {
    return this.#epoch === null || this.#cursor === null
      ? null
      : { epoch: this.#epoch, pos: this.#cursor }
  }

  forgetPosition(): void {
    this.#cursor = null
  }

  get isComplete(): boolean {
    return !this.isSyncing && this.#repairs.size === 0
  }

  in(id: ConversationId): Store<Slot> {
    const known = this.#slots.get(id)
    if (known) return known
    const slot = new Store(emptySlot, this.#options.batch)
    this.#slots.set(id, slot)
    return slot
  }

  state(id: ConversationId): ConversationState | null {
    return this.#slots.get(id)?.getSnapshot().state ?? null
  }

  /** Reads a conversation that is not loaded. */
  ensure(id: ConversationId): void {
    if (this.state(id)) return
    this.in(id).update({ isLoading: true, error: null })
    if (!this.isSyncing) this.#repair(id)
  }

  change(id: ConversationId, alter: (state: ConversationState) => ConversationState): void {
    const state = this.state(id)
    if (state) this.#set(id, alter(state))
  }

  /** Memory of a conversation nobody looks at stays small. */
  release(id: ConversationId): void {
    if (!this.#loading.has(id)) this.change(id, (state) => trim(state, historySize))
  }

  connected({ data }: Frame<'connection'>): void {
    const goesOn = data.resume === 'resumed' && data.epoch === this.#epoch && !this.isSyncing
    if (goesOn) return
    if (data.epoch !== this.#epoch) this.#seenPos = 0
    this.#seenPos = Math.max(this.#seenPos, data.pos)
    this.#newest.clear()
    void this.sync()
  }

  synced(pos: number): void {
    this.#seenPos = Math.max(this.#seenPos, pos)
    this.#failures = 0
    if (this.#repairs.size > 0 && !this.#isRepairing) void this.#repairAll()
    this.#advance()
  }

  /** A durable event. One that did not come over the connection has pos 0: it does not move the cursor. */
  receive(frame: EventFrame): void {
    const { conversation_id: id, conv_seq, pos } = frame.data
    this.#seenPos = Math.max(this.#seenPos, pos)
    this.#newest.set(id, Math.max(this.#newest.get(id) ?? 0, conv_seq))
    if (this.isSyncing) return
    const state = this.state(id)
    const applied = state?.meta.last_conv_seq ?? 0
    if (state && (conv_seq === 0 || conv_seq === applied + 1)) this.#apply(id, state, frame)
    else if (conv_seq > applied) {
      if (!state && !this.#news.has(id)) this.#news.set(id, conv_seq)
      this.#repair(id)
    } else if (frame.type === 'message') this.#settle(frame.data)
    this.#advance()
  }

  delivered({ conversation_id, user_id, up_to }: Frame<'delivered'>['data']): void {
    this.change(conversation_id, (state) =>
      markDelivered(state, user_id, up_to, this.#options.me()),
    )
  }

  /** The server counts what is not loaded here as well. */
  unreadIn({ conversation_id, count, total }: Frame<'unread'>['data']): void {
    this.change(conversation_id, (state) => ({
      ...state,
      meta: { ...state.meta, unread_count: count },
    }))
    this.#unreadElsewhere = Math.max(0, total - this.#unreadHere())
    this.unread.invalidate()
  }

  /** Reads everything anew. Goes on trying until it works or a newer attempt has begun. */
  async sync(): Promise<void> {
    const generation = ++this.#generation
    this.isSyncing = true
    this.list.invalidate()
    this.#options.onChange()
    const isCurrent = () => generation === this.#generation
    try {
      const page = await this.#options.api.sync(pageSize, null)
      if (!isCurrent()) return
      this.#startOver(page.epoch, page.pos, page.conversations)
      this.#nextPage = page.next_cursor
      this.#listError = null
      this.#failures = 0
      this.#options.onSnapshot()
    } catch (reason) {
      if (!isCurrent()) return
      this.#listError = toClientError(reason)
      this.#retry(() => isCurrent() && this.sync())
    }
    this.list.invalidate()
    this.#options.onChange()
  }

  async loadMore(): Promise<void> {
    const cursor = this.#nextPage
    if (cursor === null) return
    this.#nextPage = null
    const generation = this.#generation
    try {
      const page = await this.#options.api.sync(pageSize, cursor || null)
      if (generation !== this.#generation) return
      this.#nextPage = page.next_cursor
      for (const conversation of page.conversations) this.#list(conversation)
      this.#listError = null
    } catch (reason) {
      this.#nextPage = cursor
      this.#listError = toClientError(reason)
    }
    this.list.invalidate()
  }

  /** Without a connection: asks what has changed and reads it. */
  async poll(): Promise<void> {
    const { api } = this.#options
    const head = await api.sync(1, null)
    if (head.epoch !== this.#epoch) return this.isSyncing ? undefined : this.sync()
    if (head.pos === this.#polledPos) return
    const { results } = await api.conversations({ page_size: 20 })
    for (const conversation of results) this.#list(conversation)
    this.#polledPos = head.pos
  }

  async loadOlder(id: ConversationId): Promise<void> {
    const before = this.state(id)
    if (!before?.hasOlder || this.#loading.has(id)) return
    const missed: EventFrame[] = []
    const generation = this.#generation
    this.#loading.set(id, missed)
    this.in(id).update({ isLoading: true, error: null })
    let error: ClientError | null = null
    try {
      const end = before.messages[0]?.conv_seq ?? before.meta.last_conv_seq + 1
      const page = await this.#options.api.history(id, end, historySize)
      if (generation === this.#generation) {
        this.change(id, (state) => prependHistory(state, page, missed, this.#options.me()))
      }
    } catch (reason) {
      error = toClientError(reason)
    }
    this.#loading.delete(id)
    this.in(id).update({ isLoading: false, error })
  }

  /** Nobody uses the client: what could not be read is asked for by the next connection. */
  pause(): void {
    this.#generation += 1
    this.#stopRetry()
  }

  remove(id: ConversationId): void {
    this.#set(id, null)
  }

  /** What a restart needs to go on from here, as one consistent whole. */
  unsaved(): Map<string, unknown> {
    const changes = new Map<string, unknown>()
    if (this.#unsaved.size === 0 || this.isSyncing) return changes
    const all = this.#sorted()
    const kept = new Set(all.slice(0, keptConversationsMax).map(({ id }) => id))
    for (const id of this.#unsaved) {
      const state = kept.has(id) ? this.state(id) : null
      changes.set(`c:${id}`, state ? trim(state, keptMessagesMax) : undefined)
    }
    changes.set('position', this.position())
    changes.set('more', this.#nextPage !== null || all.length > keptConversationsMax)
    this.#unsaved.clear()
    return changes
  }

  /** Makes the next `unsaved` complete: another tab has kept what is in the vault so far. */
  touchAll(): void {
    for (const id of this.#slots.keys()) if (this.state(id)) this.#unsaved.add(id)
  }

  restore(kept: ReadonlyMap<string, unknown>): void {
    const position = kept.get('position') as Position | null | undefined
    const known = this.position()
    if (!position || (known?.epoch === position.epoch && known.pos >= position.pos)) return
    this.#epoch = position.epoch
    this.#cursor = position.pos
    this.#seenPos = position.pos
    // Where the next page begins is not kept; from the start is always right.
    this.#nextPage = kept.get('more') === false ? null : ''
    for (const [key, value] of kept) {
      if (!key.startsWith('c:')) continue
      const state = value as ConversationState
      this.in(state.meta.id).update({ state })
    }
    this.#invalidate()
  }

  #set(id: ConversationId, state: ConversationState | null): void {
    const slot = this.in(id)
    if (slot.getSnapshot().state === state) return
    slot.set({ state, isLoading: this.#loading.has(id), error: null })
    this.#unsaved.add(id)
    this.#invalidate()
    this.#options.onChange()
  }

  #invalidate(): void {
    this.list.invalidate()
    this.unread.invalidate()
  }

  #apply(id: ConversationId, state: ConversationState, frame: EventFrame): void {
    this.#loading.get(id)?.push(frame)
    if (frame.type === 'conversation') {
      if (frame.data.change === 'deleted' && frame.data.conv_seq === 0) return this.remove(id)
      if (/^(created|participant_)/.test(frame.data.change)) {
        this.#outdated.add(id)
        this.#repair(id)
      }
    }
    const { batch, me, onMessage } = this.#options
    batch.together(() => {
      const next = applyEvent(state, frame, me())
      this.#set(id, next)
      if (frame.type !== 'message') return
      // Together with the copy that waited for it, or it would be there twice for a moment.
      this.#settle(frame.data)
      const message = next.messages.at(-1)
      if (message) onMessage(message)
    })
  }

  /** Keys of others may be equal to ours by chance or by malice. */
  #settle({ sender, client_msg_id }: WireMessage): void {
    const { me, onOwnMessage } = this.#options
    if (sender.id === me()) onOwnMessage(client_msg_id)
  }

  /** The cursor stands still while events are missing: a restart would not ask for them again. */
  #advance(): void {
    if (!this.isComplete || this.#epoch === null) return
    this.#cursor = this.#seenPos
    this.#options.onChange()
  }

  #startOver(epoch: string, pos: number, pages: readonly ConversationPage[]): void {
    this.isSyncing = false
    this.#repairs.clear()
    const listed = new Set(pages.map((page) => page.id))
    for (const id of this.#slots.keys()) if (!listed.has(id)) this.#set(id, null)
    for (const page of pages) this.#open(page)
    this.#epoch = epoch
    this.#seenPos = Math.max(this.#seenPos, pos)
    // Events that came while the snapshot was read and are not part of it.
    for (const [id, newest] of this.#newest) {
      if (newest > (this.state(id)?.meta.last_conv_seq ?? 0)) this.#repair(id)
    }
    this.#newest.clear()
    this.#advance()
  }

  #open(page: ConversationPage): void {
    const { batch, me, onArrival, onOwnMessage } = this.#options
    batch.together(() => {
      const state = fromPage(page, me())
      this.#set(page.id, state)
      for (const { is_own, client_msg_id } of state.messages) {
        if (is_own) onOwnMessage(client_msg_id)
      }
      const arrived = state.messages.findLast((message) => !message.is_own)?.conv_seq ?? 0
      if (arrived > page.delivered_up_to) onArrival(page.id, arrived)
    })
  }

  /** Takes over a conversation from a list, with the events that the list has and this client has not. */
  #list(page: ConversationPage): void {
    const state = this.state(page.id)
    if (!state) return this.#open(page)
    const { messages: _, latest_messages: __, ...meta } = page
    this.#set(page.id, { ...state, meta: mergeMeta(state.meta, meta) })
    if (page.last_conv_seq <= state.meta.last_conv_seq) return
    this.#newest.set(page.id, page.last_conv_seq)
    this.#repair(page.id)
  }

  #repair(id: ConversationId): void {
    this.#repairs.add(id)
    if (!this.#isRepairing && this.#failures === 0) void this.#repairAll()
  }

  /** One after the other, so that a thousand gaps are not a thousand requests at once. */
  async #repairAll(): Promise<void> {
    this.#isRepairing = true
    this.#options.onChange()
    for (const id of this.#repairs) {
      const generation = this.#generation
      try {
        await this.#repairOne(id, () => generation === this.#generation)
      } catch (reason) {
        if (generation === this.#generation && !this.#giveUp(id, toClientError(reason))) break
      }
      if (generation === this.#generation) this.#repairs.delete(id)
    }
    this.#isRepairing = false
    if (this.#repairs.size > 0) this.#retry(() => this.#isRepairing || this.#repairAll())
    this.#advance()
    this.#options.onChange()
  }

  #retry(again: () => void): void {
    const { environment } = this.#options
    const { random } = environment
    const policy = { baseMs: retryMs, random, isResting: () => false, attemptsMax: 0 }
    const delayMs = environment.isResting() ? restingRetryMs : backoffMs(++this.#failures, policy)
    this.#stopRetry()
    this.#stopRetry = environment.after(delayMs, again)
  }

  /** True when asking again is useless: the conversation is gone or not ours. */
  #giveUp(id: ConversationId, error: ClientError): boolean {
    if (!error.retryable) this.#set(id, null)
    this.in(id).update({ isLoading: error.retryable, error })
    return !error.retryable
  }

  async #repairOne(id: ConversationId, isCurrent: () => boolean): Promise<void> {
    const { api } = this.#options
    if (!this.state(id) || this.#outdated.has(id)) {
      const page = await api.conversation(id)
      if (!isCurrent()) return
      this.#outdated.delete(id)
      this.#list(page)
      this.#announce(id)
    }
    while ((this.#newest.get(id) ?? 0) > this.#applied(id)) {
      const before = this.#applied(id)
      const { results, snapshotRequired } = await api.events(id, before)
      if (!isCurrent()) return
      for (const event of results) this.#replay(id, event)
      if (this.#applied(id) > before) continue
      const page = snapshotRequired ? await api.conversation(id) : null
      if (!isCurrent()) return
      if (page) this.#open(page)
      break
    }
    this.#newest.delete(id)
    this.#failures = 0
  }

  #announce(id: ConversationId): void {
    const from = this.#news.get(id) ?? Number.POSITIVE_INFINITY
    this.#news.delete(id)
    for (const message of this.state(id)?.messages ?? []) {
      if ((message.conv_seq ?? 0) >= from) this.#options.onMessage(message)
    }
  }

  #replay(id: ConversationId, event: EventFrame): void {
    const state = this.state(id)
    if (state && event.data.conv_seq === state.meta.last_conv_seq + 1) {
      this.#apply(id, state, event)
    }
  }

  #applied(id: ConversationId): number {
    return this.state(id)?.meta.last_conv_seq ?? Number.POSITIVE_INFINITY
  }

  #sorted(): readonly Conversation[] {
    const all: Conversation[] = []
    for (const slot of this.#slots.values()) {
      const { state } = slot.getSnapshot()
      if (state) all.push(state.meta)
    }
    return all.sort(byActivity)
  }

  #unreadHere(): number {
    let sum = 0
    for (const { unread_count } of this.#sorted()) sum += unread_count
    return sum
  }

  #computeList(): ConversationList {
    return {
      conversations: this.#sorted(),
      isLoading: this.isSyncing,
      hasMore: this.#nextPage !== null,
      error: this.#listError,
    }
  }
}

function byActivity(a: Conversation, b: Conversation): number {
  if (a.is_pinned !== b.is_pinned) return a.is_pinned ? -1 : 1
  const [late, early] = [b.last_message_at ?? b.created_at, a.last_message_at ?? a.created_at]
  if (late !== early) return late < early ? -1 : 1
  return b.id - a.id
}
