import { Api } from './api'
import * as closeCodes from './closeCodes.gen'
import type { ConnectionState } from './connectionState'
import { Credentials } from './credentials'
import { type Environment, randomKey } from './environment'
import type { ErrorCode } from './errors.gen'
import { Fallback } from './fallback'
import { Feed } from './feed'
import { type EventFrame, type Frame, isEvent, parseJson, someone } from './frames'
import { Keeper } from './keeper'
import { type Delivery, Outbox, type OutboxEntry, toPending } from './outbox'
import { PresenceBook } from './presence'
import { DeliveryReceipts, ReadMarkers } from './reads'
import { Retainers } from './retainers'
import { SharedConnection } from './SharedConnection'
import { Batch } from './store'
import { Thread } from './Thread'
import type { TabMessage } from './tabs'
import { userIn } from './token'
import type {
  ConnectionInfo,
  Conversation,
  ConversationId,
  ConversationList,
  Message,
  Presence,
  ReadableStore,
  UserId,
} from './types'
import { Typists } from './typing'

export interface ChatClientOptions {
  readonly environment: Environment
  /** Address of the WebSocket, for example wss://chat.example/ws/messaging/ */
  readonly url: string
  /** Origin of the REST API; empty: this page's own. */
  readonly apiUrl: string
  readonly userId?: UserId | undefined
  readonly token?: string | undefined
  /** Called for the first token when there is none, and when a token has ended. */
  readonly getToken?: (() => Promise<string>) | undefined
  /** Attempts in a row before giving up. Default: never gives up. */
  readonly reconnectAttempts?: number | undefined
  /** Base of the backoff in milliseconds. Default 500. */
  readonly reconnectInterval?: number | undefined
  /** Default true. */
  readonly enableHeartbeat?: boolean | undefined
  /** Milliseconds of silence before a heartbeat. Default 30,000. */
  readonly heartbeatInterval?: number | undefined
}

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

const releaseAfterMs = 1_000
const holdMs = 50
/** So many events at once, and one in this time for longer, are shown one by one. */
const burstMax = 6
const eventMs = 20

/**
 * Everything that one user does with one server from one tab. Frames come from the shared connection, and
 * each tab keeps its own state from the same frames. Created once; `retain` starts it, the last release
 * stops it.
 */
export class ChatClient {
  readonly connection: ReadableStore<ConnectionInfo>
  readonly conversations: ReadableStore<ConversationList>
  readonly unread: ReadableStore<number>
  readonly presence: ReadableStore<ReadonlyMap<UserId, Presence>>
  readonly api: Api
  /** Where REST lives; empty: this page's own origin. */
  readonly origin: string
  readonly environment: Environment
  readonly credentials: Credentials
  readonly counters: Counters = { received: 0, ignored: 0 }
  readonly #options: ChatClientOptions
  readonly #shared: SharedConnection
  readonly #batch = new Batch()
  readonly #feed: Feed
  readonly #outbox: Outbox
  readonly #fallback: Fallback
  readonly #keeper: Keeper
  readonly #reads: ReadMarkers
  readonly #receipts: DeliveryReceipts
  readonly #typists: Typists
  readonly #presence: PresenceBook
  readonly #threads = new Map<ConversationId, Thread>()
  readonly #frameListeners = new Set<(frame: ReceivedFrame) => void>()
  readonly #messageListeners = new Set<(message: Message) => void>()
  /** Handed to the leader, which has not listed them yet. */
  readonly #posted = new Map<string, OutboxEntry>()
  #userId: UserId | null
  /** The missed events have come: what is sent now comes after them. */
  #isReady = false
  #starts = 0
  #isStarted = false
  readonly #retainers = new Retainers()
  #isWelcome = false
  #isReplaying = false
  #stopHold: (() => void) | null = null
  #burst = 0
  #eventAt = 0
  #order = 0

  constructor(options: ChatClientOptions) {
    const { environment } = options
    this.#options = options
    this.environment = environment
    this.origin = options.apiUrl
    this.#userId = options.userId ?? null
    this.credentials = new Credentials(options.token ?? null, options.getToken ?? null)
    this.api = new Api(environment, this.credentials, options.apiUrl)
    this.#keeper = new Keeper(environment, () => this.#collect())
    this.#typists = new Typists(environment)
    this.#presence = new PresenceBook((ids) => this.sendFrame('presence', { ids }))
    this.#receipts = new DeliveryReceipts(environment, (conversation_id, up_to) => {
      this.sendFrame('delivered', { conversation_id, up_to })
    })
    this.#reads = new ReadMarkers(environment, (id, up_to) => {
      this.#receipts.forget(id)
      return this.api.act(id, 'mark_as_read', { up_to })
    })
    this.#feed = this.#createFeed()
    this.#outbox = this.#createOutbox()
    this.#fallback = new Fallback({
      environment,
      isReachable: () => this.api.health(),
      poll: () => this.#poll(),
      onChange: () => this.#wayChanged(),
    })
    this.#shared = this.#createConnection()
    this.connection = this.#shared.info
    this.conversations = this.#feed.list
    this.unread = this.#feed.unread
    this.presence = this.#presence.known
    this.#outbox.entries.subscribe(() => this.#tellOutbox())
  }

  /** Starts the client; it stops after the last release. Mounting twice in a row changes nothing. */
  readonly retain = (): (() => void) => {
    this.start()
    const stopUnlessRetained = () => this.#retainers.count === 0 && this.stop()
    return this.#retainers.retain(() => this.environment.after(releaseAfterMs, stopUnlessRetained))
  }

  readonly start = (): void => {
    if (this.#isStarted) return
    this.#isStarted = true
    void this.#boot(++this.#starts)
  }

  readonly stop = (): void => {
    if (!this.#isStarted) return
    this.#isStarted = false
    this.#starts += 1
    this.#fallback.end()
    this.#feed.pause()
    this.#reads.pause()
    void this.#keeper.save()
    this.#shared.stop()
  }

  /** Starts, begins anew after an error, and tries at once instead of waiting. */
  readonly connect = (): void => {
    if (this.connection.getSnapshot().status === 'error') this.stop()
    if (this.#isStarted) this.#shared.wake()
    else this.start()
  }

  /** A new sign-in of the same user; goes on at once where the old one had ended. */
  readonly setToken = (token: string): void => {
    this.credentials.set(token)
    if (this.connection.getSnapshot().status === 'error') this.connect()
  }

  /** Signing out: stops, and removes from this device what was kept for the user. */
  readonly forget = async (): Promise<void> => {
    this.stop()
    await this.#keeper.clear()
  }

  /** The same object for the same conversation. */
  thread(id: ConversationId): Thread {
    const known = this.#threads.get(id)
    if (known) return known
    const thread = new Thread(id, {
      environment: this.environment,
      api: this.api,
      batch: this.#batch,
      feed: this.#feed,
      outbox: this.#outbox,
      reads: this.#reads,
      typists: this.#typists,
      me: () => this.#me(),
      post: (entry) => this.#post(entry),
      command: (type, key) => this.#command(type, key),
      sendFrame: this.sendFrame,
    })
    this.#threads.set(id, thread)
    return thread
  }

  /** False when there is no connection. Not for messages: `thread(id).send` never loses one. */
  readonly sendFrame = (type: string, data: object = {}): boolean =>
    this.#shared.send(JSON.stringify({ type, data }))

  readonly onFrame = (listener: (frame: ReceivedFrame) => void): (() => void) => {
    this.#frameListeners.add(listener)
    return () => this.#frameListeners.delete(listener)
  }

  /** Every message that was not there before, in any conversation, own ones included. */
  readonly onMessage = (listener: (message: Message) => void): (() => void) => {
    this.#messageListeners.add(listener)
    return () => this.#messageListeners.delete(listener)
  }

  readonly wantPresence = (ids: readonly UserId[]): void => this.#presence.want(ids)

  readonly loadMore = (): Promise<void> => this.#feed.loadMore()

  readonly refresh = (): Promise<void> => this.#feed.sync()

  readonly archive = (id: ConversationId, is = true): Promise<void> =>
    this.#mark(id, is ? 'archive' : 'unarchive', { is_archived: is })

  readonly pin = (id: ConversationId, is = true): Promise<void> =>
    this.#mark(id, is ? 'pin' : 'unpin', { is_pinned: is })

  readonly mute = (id: ConversationId, is = true): Promise<void> =>
    this.#mark(id, is ? 'mute' : 'unmute', { is_muted: is })

  readonly remove = async (id: ConversationId): Promise<void> => {
    await this.api.deleteConversation(id)
    this.#feed.remove(id)
  }

  /** Opens or continues the thread about a service. `key` makes a repetition harmless. */
  readonly startConversation = async (
    request: { serviceId: number; providerId: UserId; text: string },
    key: string = randomKey(this.environment.random),
  ): Promise<ConversationId> => {
    const id = await this.api.startConversation({
      service_id: request.serviceId,
      provider_id: request.providerId,
      initial_message: request.text,
      client_msg_id: key,
    })
    this.#feed.ensure(id)
    return id
  }

  #me(): UserId {
    return this.#userId ?? 0
  }

  async #boot(start: number): Promise<void> {
    const { url } = this.#options
    if (this.#userId === null) this.#userId = userIn(await this.credentials.get().catch(() => null))
    const name = this.#userId === null ? null : `sewa1:${url}:${this.#userId}`
    // Whose memory it would be is not known without a user.
    const kept = name === null ? new Map<string, unknown>() : await this.#keeper.open(name)
    if (start !== this.#starts) return
    this.#feed.restore(kept)
    this.#restoreOutbox(kept)
    this.#shared.start(name)
  }

  #restoreOutbox(kept: ReadonlyMap<string, unknown>): void {
    const entries = [...kept].flatMap(([key, value]) =>
      key.startsWith('o:') ? [value as OutboxEntry] : [],
    )
    for (const entry of entries.sort((a, b) => a.order - b.order)) {
      const status = entry.status === 'failed' ? 'failed' : 'unknown'
      this.#outbox.add({ ...entry, status, dueAt: 0 })
    }
  }

  #createFeed(): Feed {
    return new Feed({
      environment: this.environment,
      api: this.api,
      batch: this.#batch,
      me: () => this.#me(),
      onMessage: (message) => this.#messageCame(message),
      onArrival: (id, upTo) => this.#arrived(id, upTo),
      onOwnMessage: (key) => this.#outbox.drop(key),
      onChange: () => {
        this.#keeper.saveSoon()
        this.#shared.refresh()
      },
      onSnapshot: () => this.#openThreads(),
    })
  }

  #createOutbox(): Outbox {
    return new Outbox({
      environment: this.environment,
      delivery: () => this.#delivery(),
      sendFrame: (text) => this.#shared.send(text),
      post: ({ conversation_id, content, key, reply_to, attachments }) =>
        this.api.postMessage({
          conversation: conversation_id,
          text: content,
          client_msg_id: key,
          reply_to,
          attachments: attachments.map((attachment) => attachment.id),
        }),
      // Without a position: what came before it on the log may still be missing here.
      stored: (data) => this.#distribute({ ...data, pos: 0 }),
      keep: (key, entry) => void this.#keeper.write(new Map([[`o:${key}`, entry]])),
    })
  }

  #createConnection(): SharedConnection {
    const { reconnectAttempts, reconnectInterval, enableHeartbeat, heartbeatInterval } =
      this.#options
    const { random, isResting } = this.environment
    return new SharedConnection({
      environment: this.environment,
      credentials: this.credentials,
      url: () => this.#url(),
      policy: {
        attemptsMax: reconnectAttempts ?? Number.POSITIVE_INFINITY,
        baseMs: reconnectInterval ?? 500,
        random,
        isResting,
      },
      heartbeatMs: enableHeartbeat === false ? null : (heartbeatInterval ?? 30_000),
      tab: randomKey(random),
      userId: () => this.#userId,
      isApiOnly: () => this.#fallback.isOn,
      isSynced: () => this.#isReady && this.#feed.isComplete,
      onFrame: (frame, text) => this.#receive(frame, text),
      onLead: () => this.#lead(),
      onFollow: () => this.#interrupt(),
      onState: (state) => this.#stateChanged(state),
      onRest: () => void this.#keeper.save(),
      onTabMessage: (message) => void this.#tabSays(message),
    })
  }

  #url(): string {
    const position = this.#feed.position()
    const query = new URLSearchParams({ v: '1' })
    if (this.#userId !== null) query.set('user_id', `${this.#userId}`)
    if (position) query.set('since', `${position.epoch}:${position.pos}`)
    const { url } = this.#options
    return `${url}${url.includes('?') ? '&' : '?'}${query}`
  }

  #delivery(): Delivery {
    if (!this.#shared.isLeader) return null
    if (this.#isReady) return 'socket'
    return this.#fallback.isOn ? 'rest' : null
  }

  #post(draft: Omit<OutboxEntry, 'order'>): void {
    this.#endHold()
    this.#order = Math.max(this.environment.now(), this.#order + 1)
    const entry = { ...draft, order: this.#order }
    this.#outbox.add(entry)
    void this.#keeper.write(new Map([[`o:${entry.key}`, entry]]))
    if (this.#shared.isLeader) return this.#outbox.pump()
    this.#posted.set(entry.key, entry)
    this.#shared.post({ type: 'post', entry })
  }

  #command(type: 'retry' | 'discard', key: string): void {
    this.#posted.delete(key)
    if (!this.#shared.isLeader) this.#shared.post({ type, key })
    else if (type === 'retry') this.#outbox.retry(key)
    else this.#outbox.discard(key)
  }

  async #mark(id: ConversationId, action: string, flags: Partial<Conversation>): Promise<void> {
    const before = this.#feed.state(id)?.meta
    const show = (change: Partial<Conversation>) =>
      this.#feed.change(id, (state) => ({ ...state, meta: { ...state.meta, ...change } }))
    show(flags)
    try {
      await this.api.act(id, action)
    } catch (reason) {
      const keys = Object.keys(flags) as (keyof Conversation)[]
      if (before) show(Object.fromEntries(keys.map((key) => [key, before[key]])))
      throw reason
    }
  }

  #lead(): void {
    this.#feed.touchAll()
    this.#outbox.interrupt()
    for (const entry of this.#posted.values()) this.#outbox.add(entry)
    this.#posted.clear()
    void this.#greet()
    void this.#keeper.load().then((kept) => {
      this.#restoreOutbox(kept)
      this.#outbox.pump()
    })
  }

  /** Lets other tabs catch up with this one, which leads. */
  async #greet(): Promise<void> {
    await this.#keeper.save()
    const pos = this.#feed.position()?.pos ?? 0
    this.#shared.post({ type: 'welcome', pos, info: this.connection.getSnapshot() })
    this.#tellOutbox()
  }

  async #welcomed(pos: number): Promise<void> {
    for (const entry of this.#posted.values()) this.#shared.post({ type: 'post', entry })
    const known = this.#feed.position()
    if (known && known.pos >= pos) return
    this.#feed.restore(await this.#keeper.load())
    if ((this.#feed.position()?.pos ?? -1) < pos) await this.#feed.sync()
  }

  #tellOutbox(): void {
    if (!this.#shared.isLeader) return
    this.#shared.post({ type: 'outbox', entries: this.#outbox.entries.getSnapshot() })
  }

  #mirrorOutbox(entries: readonly OutboxEntry[]): void {
    for (const { key } of entries) this.#posted.delete(key)
    this.#outbox.entries.set([...entries, ...this.#posted.values()])
  }

  #tabSays(message: TabMessage): void {
    const { isLeader } = this.#shared
    if (message.type === 'outbox') this.#mirrorOutbox(message.entries)
    if (message.type === 'welcome') void this.#welcomed(message.pos)
    if (message.type === 'poll') void this.#feed.poll().catch(() => {})
    if (!isLeader) return
    if (message.type === 'hello') void this.#greet()
    if (message.type === 'retry' || message.type === 'discard') {
      this.#command(message.type, message.key)
    }
    if (message.type === 'post') {
      this.#outbox.add(message.entry)
      this.#outbox.pump()
    }
  }

  #stateChanged(state: ConnectionState): void {
    if (state.status === 'open') return
    if (this.#isWelcome) this.#interrupt()
    if (this.#shared.closeCode === closeCodes.position_unknown) this.#feed.forgetPosition()
    if ('attempt' in state) void this.#fallback.consider(state.attempt)
    else this.#fallback.end()
  }

  #interrupt(): void {
    this.#isWelcome = false
    this.#isReady = false
    this.#isReplaying = false
    this.#outbox.interrupt()
  }

  #wayChanged(): void {
    this.#shared.refresh()
    this.#outbox.pump()
  }

  async #poll(): Promise<void> {
    this.#shared.post({ type: 'poll' })
    await this.#feed.poll()
    await this.#reads.flush()
  }

  #collect(): ReadonlyMap<string, unknown> {
    return this.#shared.isLeader ? this.#feed.unsaved() : new Map()
  }

  #distribute(data: object): void {
    this.#shared.distribute(JSON.stringify({ type: 'message', data }))
  }

  #receive(frame: Frame | null, text: string): void {
    this.counters.received += 1
    if (!frame) this.counters.ignored += 1
    else if (isEvent(frame)) this.#event(frame)
    else this.#note(frame)
    if (this.#frameListeners.size === 0) return
    const raw = parseJson(text) as ReceivedFrame | null
    if (typeof raw?.type !== 'string') return
    for (const listener of [...this.#frameListeners]) listener(raw)
  }

  #event(frame: EventFrame): void {
    if (this.#isStorm() || this.#isReplaying) this.#hold()
    this.#feed.receive(frame)
  }

  /** A leaky bucket. */
  #isStorm(): boolean {
    const now = this.environment.now()
    const leaked = (now - this.#eventAt) / eventMs
    this.#burst = Math.min(2 * burstMax, Math.max(0, this.#burst - leaked) + 1)
    this.#eventAt = now
    return this.#burst > burstMax
  }

  /** Events by the hundred: what they change is shown together. */
  #hold(): void {
    this.#batch.hold()
    this.#stopHold ??= this.environment.after(holdMs, () => this.#endHold())
  }

  #endHold(): void {
    this.#stopHold?.()
    this.#stopHold = null
    this.#batch.release()
  }

  #note(frame: Frame): void {
    switch (frame.type) {
      case 'connection':
        return this.#welcome(frame)
      case 'synced':
        this.#endHold()
        this.#feed.synced(frame.data.pos)
        return this.#ready()
      case 'ack':
        return this.#acknowledged(frame)
      case 'error':
        return this.#refused(frame)
      case 'typing':
        return this.#typing(frame.data)
      case 'status':
        return this.#presence.note([frame.data], false)
      case 'status_snapshot':
        return this.#presence.note(frame.data.users, true)
      case 'unread':
        return this.#feed.unreadIn(frame.data)
      case 'delivered':
        return this.#feed.delivered(frame.data)
    }
  }

  #welcome(frame: Frame<'connection'>): void {
    this.#userId ??= frame.data.user_id
    this.#isWelcome = true
    this.#fallback.end()
    this.#presence.connected()
    this.#feed.connected(frame)
    if (frame.data.resume === 'resumed') this.#isReplaying = true
    else this.#ready()
  }

  #ready(): void {
    this.#isReplaying = false
    this.#isReady = true
    this.#openThreads()
    this.#outbox.pump()
    void this.#reads.flush()
  }

  #openThreads(): void {
    for (const thread of this.#threads.values()) if (thread.isRetained) thread.open()
  }

  /** The acknowledgement is this connection's copy of the message (M-4); the rest of it is known here. */
  #acknowledged({ id, data }: Frame<'ack'>): void {
    const entry = this.#outbox.find(data.client_msg_id ?? id)
    if (!this.#shared.isLeader || !entry) return
    this.#outbox.confirm(entry.key)
    const people = this.#feed.state(entry.conversation_id)?.meta.participants
    const self = people?.find((person) => person.id === this.#me()) ?? someone(this.#me())
    this.#distribute({ ...toPending(entry, self), ...data, client_msg_id: entry.key })
  }

  #refused({ id, data }: Frame<'error'>): void {
    const key = data.client_msg_id ?? id
    if (!this.#shared.isLeader || key === null) return
    const { code, message, retryable, field, retry_after_ms } = data
    this.#outbox.refuse(key, {
      code: code as ErrorCode,
      message,
      retryable,
      ...(field === null ? {} : { field }),
      ...(retry_after_ms === null ? {} : { retryAfterMs: retry_after_ms }),
    })
  }

  #typing(data: Frame<'typing'>['data']): void {
    const { conversation_id: id, user_id, user_name, is_typing, expires_in_ms } = data
    if (!is_typing) this.#typists.remove(id, user_id)
    else if (user_id !== this.#userId && this.#feed.state(id)) {
      this.#typists.add(id, { user_id, user_name }, expires_in_ms)
    }
  }

  #arrived(id: ConversationId, upTo: number): void {
    if (this.#shared.isLeader) this.#receipts.want(id, upTo)
  }

  #messageCame(message: Message): void {
    this.#typists.remove(message.conversation_id, message.sender.id)
    if (!message.is_own) this.#arrived(message.conversation_id, message.conv_seq ?? 0)
    for (const listener of [...this.#messageListeners]) listener(message)
  }
}
