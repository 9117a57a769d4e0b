import type { Flag } from './actions'
import { type Api, createApi } from './api'
import * as closeCodes from './closeCodes.gen'
import { createConversations } from './conversations'
import { type Core, createLaterPart } from './core'
import { type Credentials, createCredentials, toClientError } from './credentials'
import { type Environment, randomKey } from './environment'
import { createFeed } from './feed'
import { type Counters, createInbox, type ReceivedFrame } from './inbox'
import { createKeeper } from './keeper'
import { createOutbox, encode } from './outbox'
import { createBatch, createRetainers, getOrMake, Store } from './store'
import { createTabs } from './tabs'
import { createThread, type Thread } from './thread'
import { userIn } from './token'
import type {
  ConnectionInfo,
  ConversationId,
  ConversationList,
  Message,
  Presence,
  ReadableStore,
  Typist,
  UserId,
} from './types'

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

/**
 * Everything that one user does with one server from one tab. Frames come from the shared connection, and
 * each tab keeps its own state from the same frames. Created once; `retain` starts it, the last release
 * stops it.
 */
export interface ChatClient {
  readonly connection: ReadableStore<ConnectionInfo>
  readonly conversations: ReadableStore<ConversationList>
  readonly unread: ReadableStore<number>
  readonly presence: ReadableStore<ReadonlyMap<UserId, Presence>>
  readonly api: Api
  /** Where REST lives; empty: this page's own origin. */
  readonly origin: string
  readonly environment: Environment
  readonly credentials: Credentials
  readonly counters: Counters
  /** Starts the client; it stops after the last release. Mounting twice in a row changes nothing. */
  readonly retain: () => () => void
  readonly start: () => void
  readonly stop: () => void
  /** Starts, begins anew after an error, and tries at once instead of waiting. */
  readonly connect: () => void
  /** A new sign-in of the same user; goes on at once where the old one had ended. */
  readonly setToken: (token: string) => void
  /** Signing out: stops, and removes from this device what was kept for the user. */
  readonly forget: () => Promise<void>
  /** The same object for the same conversation. */
  readonly thread: (id: ConversationId) => Thread
  /** False when there is no connection. Not for messages: `thread(id).send` never loses one. */
  readonly sendFrame: (type: string, data?: object) => boolean
  readonly onFrame: (listener: (frame: ReceivedFrame) => void) => () => void
  /** Every message that was not there before, in any conversation, own ones included. */
  readonly onMessage: (listener: (message: Message) => void) => () => void
  readonly wantPresence: (ids: readonly UserId[]) => void
  readonly loadMore: () => Promise<void>
  readonly refresh: () => Promise<void>
  readonly archive: (id: ConversationId, is?: boolean) => Promise<void>
  readonly pin: (id: ConversationId, is?: boolean) => Promise<void>
  readonly mute: (id: ConversationId, is?: boolean) => Promise<void>
  readonly remove: (id: ConversationId) => Promise<void>
  /** Opens or continues the thread about a service. `key` makes a repetition harmless. */
  readonly startConversation: (
    request: { serviceId: number; providerId: UserId; text: string },
    key?: string,
  ) => Promise<ConversationId>
}

/** To be called with `new`. */
export const ChatClient = createClient as unknown as new (options: ChatClientOptions) => ChatClient

const releaseAfterMs = 1_000
/** So many attempts fail before REST is asked whether only WebSocket is blocked. */
const attemptsMin = 3

function createClient(options: ChatClientOptions): ChatClient {
  const { environment, url } = options
  const { random } = environment
  const core = { environment, batch: createBatch() } as { -readonly [K in keyof Core]: Core[K] }
  const credentials = createCredentials(options.token, options.getToken)
  const threads = new Map<ConversationId, Thread>()
  const typists = new Map<ConversationId, Store<readonly Typist[]>>()
  const messageListeners = new Set<(message: Message) => void>()
  const retainers = createRetainers()
  let userId = options.userId ?? null
  let isStarted = false
  let starts = 0

  const apiOnly = () => core.later.now()?.apiOnly
  const sendFrame = (type: string, data: object = {}) =>
    core.tabs.send(JSON.stringify({ type, data }))
  const openThreads = () => {
    for (const thread of threads.values()) if (thread.isRetained()) thread.open()
  }

  core.me = () => userId ?? 0
  core.sendFrame = sendFrame
  core.onSnapshot = openThreads
  core.onChange = () => {
    core.keeper.saveSoon()
    core.tabs.refresh()
  }
  core.onArrival = (id, upTo) => {
    if (core.tabs.isLeader()) core.later.tell(({ reads }) => reads.arrived(id, upTo))
  }
  core.onMessage = (message) => {
    const { conversation_id: id, sender } = message
    core.later.now()?.typing.remove(id, sender.id)
    if (!message.is_own) core.onArrival(id, message.conv_seq ?? 0)
    for (const listener of [...messageListeners]) listener(message)
  }
  core.api = createApi(environment, credentials, options.apiUrl)
  core.keeper = createKeeper(environment, () =>
    core.tabs.isLeader() ? core.feed.unsaved() : new Map(),
  )
  core.later = createLaterPart(core)
  core.presence = new Store(new Map())
  core.typists = (id) => getOrMake(typists, id, () => new Store([]))
  core.readUpTo = new Map()
  core.conversations = createConversations(core)
  core.outbox = createOutbox(core, {
    delivery() {
      if (!core.tabs.isLeader()) return null
      if (!inbox.isReady()) return apiOnly()?.delivery() ?? null
      return (entry) => {
        core.tabs.send(encode(entry))
        return null
      }
    },
    // Without a position: what came before it on the log may still be missing here.
    stored: (data) =>
      core.tabs.distribute(JSON.stringify({ type: 'message', data: { ...data, pos: 0 } })),
  })
  core.feed = createFeed(core)
  core.tabs = createTabs(core, {
    credentials,
    url: () => {
      const position = core.feed.position()
      const query = new URLSearchParams({ v: '1' })
      if (userId !== null) query.set('user_id', `${userId}`)
      if (position) query.set('since', `${position.epoch}:${position.pos}`)
      return `${url}${url.includes('?') ? '&' : '?'}${query}`
    },
    policy: {
      attemptsMax: options.reconnectAttempts ?? Number.POSITIVE_INFINITY,
      baseMs: options.reconnectInterval ?? 500,
      random,
      isResting: environment.isResting,
    },
    heartbeatMs: options.enableHeartbeat === false ? null : (options.heartbeatInterval ?? 30_000),
    tab: randomKey(random),
    userId: () => userId,
    isApiOnly: () => apiOnly()?.isOn() ?? false,
    isReady: () => inbox.isReady(),
    onFrame: (text) => inbox.receive(text),
    onFollow: () => inbox.interrupt(),
    onState(state) {
      if (state.status === 'open') return
      inbox.interrupt()
      if (core.tabs.closeCode() === closeCodes.position_unknown) core.feed.forgetPosition()
      if (!('attempt' in state)) apiOnly()?.end()
      else if (state.attempt > attemptsMin) core.later.tell((later) => later.apiOnly.consider())
    },
  })
  const inbox = createInbox(core, {
    onWelcome(data) {
      userId ??= data.user_id
      apiOnly()?.end()
    },
    onReady() {
      openThreads()
      core.outbox.pump()
      core.later.tell(({ reads }) => reads.flush())
    },
  })

  const boot = async (start: number) => {
    userId ??= userIn(await credentials.get().catch(() => null))
    const name = userId === null ? null : `sewa1:${url}:${userId}`
    // Whose memory it would be is not known without a user.
    const kept = name === null ? new Map<string, unknown>() : await core.keeper.open(name)
    if (start !== starts) return
    core.feed.restore(kept)
    core.outbox.restore(kept)
    core.tabs.start(name)
  }
  const start = () => {
    if (isStarted) return
    isStarted = true
    void boot(++starts)
  }
  const stop = () => {
    if (!isStarted) return
    isStarted = false
    starts += 1
    apiOnly()?.end()
    core.feed.pause()
    core.later.now()?.reads.pause()
    void core.keeper.save()
    core.tabs.stop()
  }
  const connect = () => {
    if (core.tabs.info.getSnapshot().status === 'error') stop()
    if (isStarted) core.tabs.wake()
    else start()
  }
  const mark =
    (flag: Flag) =>
    (id: ConversationId, is = true) =>
      core.later.use((later) => later.mark(id, flag, is))

  return {
    connection: core.tabs.info,
    conversations: core.conversations.list,
    unread: core.conversations.unread,
    presence: core.presence,
    api: core.api,
    origin: options.apiUrl,
    environment,
    credentials,
    counters: inbox.counters,
    retain() {
      start()
      return retainers.retain(() =>
        environment.after(releaseAfterMs, () => retainers.count() === 0 && stop()),
      )
    },
    start,
    stop,
    connect,
    setToken(token) {
      credentials.set(token)
      if (core.tabs.info.getSnapshot().status === 'error') connect()
    },
    async forget() {
      stop()
      await core.keeper.clear()
    },
    thread: (id) => getOrMake(threads, id, () => createThread(core, id)),
    sendFrame,
    onFrame(listener) {
      inbox.listeners.add(listener)
      return () => inbox.listeners.delete(listener)
    },
    onMessage(listener) {
      messageListeners.add(listener)
      return () => messageListeners.delete(listener)
    },
    wantPresence: (ids) => core.later.tell(({ presence }) => presence.want(ids)),
    loadMore: () =>
      core.later
        .use(({ readMore }) => readMore())
        .catch((reason) => core.conversations.page({ error: toClientError(reason) })),
    refresh: core.feed.sync,
    archive: mark('archive'),
    pin: mark('pin'),
    mute: mark('mute'),
    remove: (id) => core.later.use((later) => later.removeConversation(id)),
    startConversation: (request, key = randomKey(random)) =>
      core.later.use((later) => later.startConversation(request, key)),
  }
}
