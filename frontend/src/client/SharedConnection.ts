import { Connection, type ConnectionOptions } from './Connection'
import type { ConnectionState } from './connectionState'
import type { Environment, PageSignal } from './environment'
import { type Frame, parseJson, readFrame } from './frames'
import { Store } from './store'
import { TabGroup, type TabMessage } from './tabs'
import type { ConnectionInfo, ConnectionStatus, UserId } from './types'

export interface SharedConnectionOptions extends Omit<ConnectionOptions, 'onFrame'> {
  readonly tab: string
  readonly userId: () => UserId | null
  readonly isApiOnly: () => boolean
  readonly isSynced: () => boolean
  readonly onFrame: (frame: Frame | null, text: string) => void
  readonly onLead: () => void
  readonly onFollow: () => void
  /** Of the connection that this tab owns. */
  readonly onState: (state: ConnectionState) => void
  /** The page is hidden, goes offline or ends. */
  readonly onRest: () => void
  readonly onTabMessage: (message: TabMessage) => void
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

/** One connection for all tabs: the leading tab owns it, and each frame reaches every tab in the same order. */
export class SharedConnection {
  readonly info = new Store<ConnectionInfo>(idle)
  readonly #options: SharedConnectionOptions
  readonly #environment: Environment
  readonly #connection: Connection
  readonly #awakeTabs = new Set<string>()
  #tabs: TabGroup | null = null
  #opened = 0
  #retryAt: number | null = null
  #stopListening = () => {}

  constructor(options: SharedConnectionOptions) {
    const { policy, environment } = options
    this.#options = options
    this.#environment = environment
    this.#connection = new Connection({
      ...options,
      policy: { ...policy, isResting: () => policy.isResting() && this.#awakeTabs.size === 0 },
      onFrame: (_, text) => this.distribute(text),
    })
    this.#connection.state.subscribe(() => this.#stateChanged())
  }

  get isLeader(): boolean {
    return this.#tabs?.isLeader ?? false
  }

  get closeCode(): number | null {
    return this.#connection.closeCode
  }

  /** `name` is shared by the tabs of one user; null: this tab stays alone. */
  start(name: string | null): void {
    const { environment, onLead, onFollow } = this.#options
    this.info.set({ ...idle, status: 'connecting', userId: this.#options.userId() })
    this.#stopListening = environment.onPage((signal) => this.#pageChanged(signal))
    this.#tabs = new TabGroup({
      environment: name === null ? { ...environment, tabs: null } : environment,
      name: name ?? '',
      onLead: () => {
        this.#connection.start()
        onLead()
      },
      onFollow: () => {
        this.#connection.stop()
        onFollow()
      },
      onMessage: (message) => this.#tabSays(message),
    })
    this.#tabs.start()
    this.#tellPage()
  }

  stop(): void {
    this.#stopListening()
    this.post({ type: 'page', tab: this.#options.tab, isAwake: false })
    this.#tabs?.stop()
    this.#tabs = null
    this.#connection.stop()
    this.info.set(idle)
  }

  /** Tries now instead of when the backoff says. */
  wake(): void {
    this.#tellPage()
    this.#nudge(true)
  }

  send(text: string): boolean {
    if (this.isLeader) return this.#connection.send(text)
    if (this.info.getSnapshot().status !== 'connected') return false
    this.post({ type: 'send', text })
    return true
  }

  post(message: TabMessage): void {
    this.#tabs?.post(message)
    if (message.type === 'post') this.#tabs?.expectAnswer()
  }

  /** Hands a frame to every tab, this one included. */
  distribute(text: string): void {
    this.post({ type: 'frame', text })
    this.#options.onFrame(readFrame(parseJson(text)), text)
    this.refresh()
  }

  /** Tells what has changed, if anything has. Followers believe what the leader tells. */
  refresh(): void {
    if (!this.isLeader) return
    const known = this.info.getSnapshot()
    const info = this.#describe()
    const keys = Object.keys(info) as (keyof ConnectionInfo)[]
    if (keys.every((key) => info[key] === known[key])) return
    this.info.set(info)
    this.post({ type: 'info', info })
  }

  #describe(): ConnectionInfo {
    const { isApiOnly, isSynced, userId } = this.#options
    const state = this.#connection.state.getSnapshot()
    const isOpen = state.status === 'open'
    return {
      status: statusOf(state, isApiOnly(), this.#opened > 0),
      synced: isOpen && isSynced(),
      isLeader: true,
      userId: userId(),
      attempt: 'attempt' in state ? state.attempt : 0,
      retryAt: state.status === 'waiting' ? this.#retryAt : null,
      latencyMs: this.#connection.latencyMs,
      reconnects: Math.max(0, this.#opened - 1),
      closeCode: this.#connection.closeCode,
      error: state.status === 'stopped' ? state.error : null,
    }
  }

  #stateChanged(): void {
    const state = this.#connection.state.getSnapshot()
    if (state.status === 'open') this.#opened += 1
    if (state.status === 'waiting') this.#retryAt = this.#environment.now() + state.delayMs
    this.#options.onState(state)
    this.refresh()
  }

  #pageChanged(signal: PageSignal): void {
    this.#tellPage()
    if (signal === 'wake') this.#tabs?.hello()
    else this.#options.onRest()
    if (signal === 'offline') this.#connection.rest('offline')
    else this.#nudge(signal === 'wake')
  }

  #nudge(isAwake: boolean): void {
    if (!this.isLeader) return
    if (isAwake) this.#connection.wake()
    else if (this.#environment.isResting() && this.#awakeTabs.size === 0)
      this.#connection.rest('rest')
  }

  #tellPage(): void {
    const isAwake = !this.#environment.isResting()
    this.post({ type: 'page', tab: this.#options.tab, isAwake })
  }

  #tabSays(message: TabMessage): void {
    switch (message.type) {
      case 'frame':
        this.#options.onFrame(readFrame(parseJson(message.text)), message.text)
        break
      case 'info':
        this.info.set({ ...message.info, isLeader: false })
        break
      case 'welcome':
        this.info.set({ ...message.info, isLeader: false })
        this.#options.onTabMessage(message)
        break
      case 'send':
        if (this.isLeader) this.#connection.send(message.text)
        break
      case 'page':
        if (message.isAwake) this.#awakeTabs.add(message.tab)
        else this.#awakeTabs.delete(message.tab)
        this.#nudge(message.isAwake)
        break
      default:
        this.#options.onTabMessage(message)
    }
  }
}

export function statusOf(
  state: ConnectionState,
  isApiOnly: boolean,
  hasBeenOpen: boolean,
): ConnectionStatus {
  if (state.status === 'open') return 'connected'
  if (state.status === 'idle') return 'disconnected'
  if (state.status === 'stopped') return 'error'
  if (state.status === 'resting') return 'offline'
  if (isApiOnly) return 'api_only'
  return hasBeenOpen || state.attempt > 1 ? 'reconnecting' : 'connecting'
}
