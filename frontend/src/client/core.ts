import type { Api } from './api'
import type { Conversations } from './conversations'
import { networkError, RequestError } from './credentials'
import type { Environment } from './environment'
import type { Feed } from './feed'
import type { Keeper } from './keeper'
import type { Later } from './later'
import type { Outbox } from './outbox'
import type { Batch, Store } from './store'
import type { Tabs } from './tabs'
import type { ConversationId, Message, Presence, Typist, UserId } from './types'

/** What the parts of one client know of each other. Put together in ChatClient.ts. */
export interface Core {
  readonly environment: Environment
  readonly api: Api
  readonly batch: Batch
  readonly conversations: Conversations
  readonly feed: Feed
  readonly keeper: Keeper
  readonly later: LaterPart
  readonly outbox: Outbox
  readonly tabs: Tabs
  readonly presence: Store<ReadonlyMap<UserId, Presence>>
  readonly typists: (id: ConversationId) => Store<readonly Typist[]>
  /** What has been read here and the server has not been told. */
  readonly readUpTo: Map<ConversationId, number>
  /** 0 while it is not known. */
  readonly me: () => UserId
  /** False when there is no connection. */
  readonly sendFrame: (type: string, data?: object) => boolean
  /** A message that was not there before. */
  readonly onMessage: (message: Message) => void
  /** Messages of others are on this device up to here. */
  readonly onArrival: (id: ConversationId, upTo: number) => void
  /** The snapshot has been read. */
  readonly onSnapshot: () => void
  /** Something is to be saved, or `feed.isComplete` has changed. */
  readonly onChange: () => void
}

/** The part that is not needed before the first message: see later.ts. */
export interface LaterPart {
  /** null while it has not come. */
  readonly now: () => Later | null
  /** Uses it at once when it is there. Rejects as a request without an answer does when it does not come. */
  readonly use: <Result>(work: (later: Later) => Result | Promise<Result>) => Promise<Result>
  /** As `use`, for what can wait until the part comes at last. */
  readonly tell: (work: (later: Later) => unknown) => void
}

const waitingMax = 200

function run(work: (later: Later) => unknown, later: Later): void {
  void (async () => work(later))().catch(() => {})
}

export function createLaterPart(core: Core): LaterPart {
  const { load = (part) => part() } = core.environment
  const waiting: ((later: Later) => unknown)[] = []
  let later: Later | null = null
  let pending: Promise<Later> | null = null
  const fetchPart = async () => {
    try {
      const { createLater } = await load(() => import('./later'))
      later = createLater(core)
      for (const work of waiting.splice(0)) run(work, later)
      return later
    } catch {
      throw new RequestError(networkError)
    } finally {
      pending = null
    }
  }
  const use: LaterPart['use'] = async (work) => {
    if (later) return work(later)
    pending ??= fetchPart()
    return work(await pending)
  }
  return {
    now: () => later,
    use,
    tell(work) {
      if (later) run(work, later)
      else {
        if (waiting.push(work) > waitingMax) waiting.shift()
        use(() => {}).catch(() => {})
      }
    },
  }
}
