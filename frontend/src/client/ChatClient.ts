import type { Flag } from './actions'
import type { Api } from './api'
import { assemble, type ChatClientOptions } from './assemble'
import { type Credentials, toClientError } from './credentials'
import { type Environment, newKey } from './environment'
import type { Counters, ReceivedFrame } from './inbox'
import { createRetainers, getOrMake } from './store'
import { createThread, type Thread } from './thread'
import { userIn } from './token'
import type {
  ConnectionInfo,
  ConversationId,
  ConversationList,
  Message,
  Presence,
  ReadableStore,
  UserId,
} from './types'

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
function createClient(options: ChatClientOptions): ChatClient {
  const { environment } = options
  const { core, credentials, inbox, threads, messageListeners, user, endApiOnly } =
    assemble(options)
  const retainers = createRetainers()
  let isStarted = false
  let starts = 0

  const boot = async (start: number) => {
    user.id ??= userIn(await credentials.get().catch(() => null))
    const name = user.id === null ? null : `sewa1:${options.url}:${user.id}`
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
    endApiOnly()
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
    sendFrame: core.sendFrame,
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
    startConversation: (request, key = newKey(environment)) =>
      core.later.use((later) => later.startConversation(request, key)),
  }
}
