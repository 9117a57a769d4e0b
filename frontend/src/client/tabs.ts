import { type Connection, type ConnectionOptions, createConnection } from './connection'
import type { ConnectionState } from './connectionState'
import type { Core } from './core'
import { type Election, holdElection } from './election'
import type { PageSignal } from './environment'
import type { OutboxEntry } from './outbox'
import { differ, Store } from './store'
import type { ConnectionInfo, ConnectionStatus, UserId } from './types'

/** What tabs of one browser profile say to each other. They run the same code, so nothing is checked. */
export type TabMessage =
  /** Of the leader: what I know up to `pos` is in the vault. */
  | { readonly type: 'welcome'; readonly pos: number; readonly info: ConnectionInfo }
  /** Without a connection: look for what is new. */
  | { readonly type: 'poll' }
  | { readonly type: 'info'; readonly info: ConnectionInfo }
  | { readonly type: 'frame'; readonly text: string }
  | { readonly type: 'outbox'; readonly entries: readonly OutboxEntry[] }
  /** To the leader: is anybody leading? */
  | { readonly type: 'hello' }
  | { readonly type: 'send'; readonly text: string }
  | { readonly type: 'post'; readonly entry: OutboxEntry }
  | { readonly type: 'retry' | 'discard'; readonly key: string }
  /** To everybody. */
  | { readonly type: 'page'; readonly tab: string; readonly isAwake: boolean }

export type Heard<Type extends TabMessage['type']> = {
  readonly [T in Type]: (message: Extract<TabMessage, { readonly type: T }>) => unknown
}

export interface TabsOptions extends Omit<ConnectionOptions, 'environment' | 'onFrame'> {
  /** Tells this tab from the others. */
  readonly tab: string
  readonly userId: () => UserId | null
  readonly isApiOnly: () => boolean
  /** A connection is there and the missed events have come over it. */
  readonly isReady: () => boolean
  readonly onFrame: (text: string) => void
  /** Of the connection that this tab owns. */
  readonly onState: (state: ConnectionState) => void
  readonly onFollow: () => void
}

/** One connection for all tabs: the leading tab owns it, and each frame reaches every tab in the same order. */
export interface Tabs {
  readonly info: Store<ConnectionInfo>
  /** Handed to the leader, which has not listed them yet. */
  readonly posted: Map<string, OutboxEntry>
  readonly isLeader: () => boolean
  readonly closeCode: () => number | null
  /** `name` is shared by the tabs of one user; null: this tab stays alone. */
  start(name: string | null): void
  stop(): void
  /** Tries now instead of when the backoff says. */
  wake(): void
  send(text: string): boolean
  /** Gives a message to the outbox of the leader. */
  submit(draft: Omit<OutboxEntry, 'order'>): void
  command(type: 'retry' | 'discard', key: string): void
  /** Hands a frame to every tab, this one included. */
  distribute(text: string): void
  /** Tells what has changed, if anything has. Followers believe what the leader tells. */
  refresh(): void
  /** Lets other tabs catch up with this one, which leads. */
  greet(): Promise<void>
  follow(info: ConnectionInfo): void
  /** Takes a frame that the leader has handed on. */
  take(text: string): void
  post(message: TabMessage): void
}

const idle: ConnectionInfo = {
  status: 'disconnected',
  synced: false,
  isLeader: false,
  userId: null,
  attempt: 0,
  retryAt: null,
  latencyMs: null,
  reconnects: 0,
  closeCode: null,
  error: null,
}

export function createTabs(core: Core, options: TabsOptions): Tabs {
  const { environment, keeper, outbox, feed, conversations } = core
  const { tab, policy, userId, onFrame, onState } = options
  const info = new Store(idle)
  const awakeTabs = new Set<string>()
  const posted: Tabs['posted'] = new Map()
  let election: Election<TabMessage> | null = null
  let opened = 0
  let order = 0
  let retryAt: number | null = null
  let stopListening = () => {}

  const isLeader = () => election?.isLeader() ?? false
  const post = (message: TabMessage) => election?.post(message)
  const isAlone = () => environment.isResting() && awakeTabs.size === 0
  const connection: Connection = createConnection({
    ...options,
    environment,
    policy: { ...policy, isResting: () => policy.isResting() && awakeTabs.size === 0 },
    onFrame: (text) => distribute(text),
  })
  const { state } = connection
  state.subscribe(() => {
    const next = state.getSnapshot()
    if (next.status === 'open') opened += 1
    if (next.status === 'waiting') retryAt = environment.now() + next.delayMs
    onState(next)
    refresh()
  })
  const tellOutbox = () => {
    if (isLeader()) post({ type: 'outbox', entries: outbox.entries.getSnapshot() })
  }
  outbox.entries.subscribe(tellOutbox)

  const describe = (): ConnectionInfo => {
    const now = state.getSnapshot()
    return {
      status: statusOf(now, options.isApiOnly(), opened > 0),
      synced: options.isReady() && feed.isComplete(),
      isLeader: true,
      userId: userId(),
      attempt: 'attempt' in now ? now.attempt : 0,
      retryAt: now.status === 'waiting' ? retryAt : null,
      latencyMs: connection.latencyMs(),
      reconnects: Math.max(0, opened - 1),
      closeCode: connection.closeCode(),
      error: now.status === 'stopped' ? now.error : null,
    }
  }

  const refresh = () => {
    const next = describe()
    if (!isLeader() || !differ(next, info.getSnapshot())) return
    info.set(next)
    post({ type: 'info', info: next })
  }

  const distribute = (text: string) => {
    post({ type: 'frame', text })
    onFrame(text)
    refresh()
  }

  const lead = () => {
    connection.dispatch({ type: 'start' })
    conversations.touchAll()
    outbox.interrupt()
    for (const entry of posted.values()) outbox.add(entry)
    posted.clear()
    void greet()
    void keeper.load().then((kept) => {
      outbox.restore(kept)
      outbox.pump()
    })
  }

  const greet = async () => {
    await keeper.save()
    post({ type: 'welcome', pos: feed.position()?.pos ?? 0, info: info.getSnapshot() })
    tellOutbox()
  }

  const hear = (message: TabMessage) => {
    if (message.type === 'page') {
      awakeTabs[message.isAwake ? 'add' : 'delete'](message.tab)
      return nudge(message.isAwake)
    }
    if (/^(welcome|poll|info|frame|outbox)$/.test(message.type)) election?.answered()
    core.later.tell(({ siblings }) => siblings.hear(message))
  }

  const nudge = (isAwake: boolean) => {
    if (!isLeader()) return
    if (isAwake) connection.wake()
    else if (isAlone()) connection.dispatch({ type: 'rest' })
  }

  const tellPage = (isAwake = !environment.isResting()) => post({ type: 'page', tab, isAwake })

  const pageChanged = (signal: PageSignal) => {
    const isAwake = signal === 'wake'
    tellPage()
    if (isAwake) election?.hello()
    else void keeper.save()
    if (signal === 'offline') connection.dispatch({ type: signal })
    else nudge(isAwake)
  }

  return {
    info,
    posted,
    isLeader,
    closeCode: connection.closeCode,
    start(name) {
      info.set({ ...idle, status: 'connecting', userId: userId() })
      stopListening = environment.onPage(pageChanged)
      election = holdElection<TabMessage>({
        environment: name === null ? { ...environment, tabs: null } : environment,
        name: name ?? '',
        hello: { type: 'hello' },
        onLead: lead,
        onFollow() {
          connection.dispatch({ type: 'stop' })
          options.onFollow()
        },
        onMessage: hear,
      })
      election.start()
      tellPage()
    },
    stop() {
      stopListening()
      tellPage(false)
      election?.stop()
      election = null
      connection.dispatch({ type: 'stop' })
      info.set(idle)
    },
    wake() {
      tellPage()
      nudge(true)
    },
    send(text) {
      if (isLeader()) return connection.send(text)
      if (info.getSnapshot().status !== 'connected') return false
      post({ type: 'send', text })
      return true
    },
    submit(draft) {
      order = Math.max(environment.now(), order + 1)
      const entry = { ...draft, order }
      outbox.add(entry)
      keeper.keep(`o:${entry.key}`, entry)
      if (isLeader()) return outbox.pump()
      posted.set(entry.key, entry)
      post({ type: 'post', entry })
      election?.expectAnswer()
    },
    command(type, key) {
      posted.delete(key)
      if (isLeader()) outbox[type](key)
      else post({ type, key })
    },
    distribute,
    refresh,
    greet,
    follow: (next) => info.set({ ...next, isLeader: false }),
    take: onFrame,
    post,
  }
}

const statuses = {
  idle: 'disconnected',
  open: 'connected',
  resting: 'offline',
  stopped: 'error',
} as const

function statusOf(
  state: ConnectionState,
  isApiOnly: boolean,
  hasBeenOpen: boolean,
): ConnectionStatus {
  if (state.status !== 'connecting' && state.status !== 'waiting') return statuses[state.status]
  if (isApiOnly) return 'api_only'
  return hasBeenOpen || state.attempt > 1 ? 'reconnecting' : 'connecting'
}
