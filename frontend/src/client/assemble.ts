import { createApi } from './api'
import * as closeCodes from './closeCodes.gen'
import { createConversations } from './conversations'
import { type Core, createLaterPart } from './core'
import { type Credentials, createCredentials } from './credentials'
import { type Environment, newKey } from './environment'
import { createFeed } from './feed'
import { createInbox, type Inbox } from './inbox'
import { createKeeper } from './keeper'
import { createOutbox, encode } from './outbox'
import { createBatch, getOrMake, Store } from './store'
import { createTabs } from './tabs'
import type { Thread } from './thread'
import type { ConversationId, Message, Typist, UserId } from './types'

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

/** The parts of one client, put together. */
export interface Assembly {
  readonly core: Core
  readonly credentials: Credentials
  readonly inbox: Inbox
  readonly threads: Map<ConversationId, Thread>
  readonly messageListeners: Set<(message: Message) => void>
  /** Nobody while it is not known. */
  readonly user: { id: UserId | null }
  /** WebSocket is not asked for any more: API-only mode is not either. */
  readonly endApiOnly: () => void
}

/** So many attempts fail before REST is asked whether only WebSocket is blocked. */
const attemptsMin = 3

export function assemble(options: ChatClientOptions): Assembly {
  const { environment, url } = options
  const { random } = environment
  const core = { environment, batch: createBatch() } as { -readonly [K in keyof Core]: Core[K] }
  const credentials = createCredentials(options.token, options.getToken)
  const threads = new Map<ConversationId, Thread>()
  const typists = new Map<ConversationId, Store<readonly Typist[]>>()
  const messageListeners = new Set<(message: Message) => void>()
  const user = { id: options.userId ?? null }

  const apiOnly = () => core.later.now()?.apiOnly
  const endApiOnly = () => apiOnly()?.end()
  const openThreads = () => {
    for (const thread of threads.values()) if (thread.isRetained()) thread.open()
  }

  core.me = () => user.id ?? 0
  core.sendFrame = (type, data = {}) => core.tabs.send(JSON.stringify({ type, data }))
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
      if (user.id !== null) query.set('user_id', `${user.id}`)
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
    tab: newKey(environment),
    userId: () => user.id,
    isApiOnly: () => apiOnly()?.isOn() ?? false,
    isReady: () => inbox.isReady(),
    onFrame: (text) => inbox.receive(text),
    onFollow: () => inbox.interrupt(),
    onState(state) {
      if (state.status === 'open') return
      inbox.interrupt()
      if (core.tabs.closeCode() === closeCodes.position_unknown) core.feed.forgetPosition()
      if (!('attempt' in state)) endApiOnly()
      else if (state.attempt > attemptsMin) core.later.tell((later) => later.apiOnly.consider())
    },
  })
  const inbox = createInbox(core, {
    onWelcome(data) {
      user.id ??= data.user_id
      endApiOnly()
    },
    onReady() {
      openThreads()
      core.outbox.pump()
      core.later.tell(({ reads }) => reads.flush())
    },
  })
  return { core, credentials, inbox, threads, messageListeners, user, endApiOnly }
}
