import {
  browserEnvironment,
  ChatClient,
  type ConnectionInfo,
  type ConversationId,
  type Environment,
  fetchHistory,
  type Message,
  Store,
  type UserId,
} from '../../client'
import { BenchTab } from './BenchTab'

export interface LabOptions {
  url: string
  apiUrl: string
  userId: UserId
  tokenOf: (userId: UserId) => Promise<string>
  /** Makes the next `tokenOf` for the subject ask for a new token. */
  expireToken: () => void
  environment?: Environment
}

export interface StateChange {
  readonly at: number
  readonly status: ConnectionInfo['status']
  readonly closeCode: number | null
}

/** How many of the messages that were sent here have come how far. All four are equal when all is well. */
export interface Ledger {
  readonly sent: number
  readonly stored: number
  readonly delivered: number
  readonly shown: number
  /** Messages that exist or are shown more than once. */
  readonly doubled: number
}

export interface LabState {
  /** Changes when the tab was killed and opened again. */
  readonly subject: ChatClient
  readonly tab: BenchTab
  readonly history: readonly StateChange[]
  readonly ledger: Ledger
}

const historyMax = 30
const pageSize = 100
const emptyLedger: Ledger = { sent: 0, stored: 0, delivered: 0, shown: 0, doubled: 0 }

/**
 * A test bench in one page: the subject, whose network can be broken, and peers with a good network, all
 * of them real clients of the real server. Owned by the dashboard; `close` ends all clients.
 */
export class Lab {
  readonly state: Store<LabState>
  readonly #options: LabOptions
  readonly #real: Environment
  readonly #peers = new Map<UserId, { client: ChatClient; release: () => void }>()
  readonly #sent = new Set<string>()
  readonly #delivered = new Map<string, number>()
  #release: () => void = () => {}
  #unsubscribe: () => void = () => {}

  constructor(options: LabOptions) {
    this.#options = options
    this.#real = options.environment ?? browserEnvironment()
    this.state = new Store<LabState>({ ...this.#create(), history: [], ledger: emptyLedger })
  }

  readonly open = (): (() => void) => {
    this.#start()
    return () => this.#close()
  }

  /** A real client of another person, on a good network. */
  peer(userId: UserId): ChatClient {
    const known = this.#peers.get(userId)
    if (known) return known.client
    const environment = { ...this.#real, tabs: null, openVault: null, isResting: () => false }
    const client = this.#client(userId, environment)
    client.onMessage((message) => this.#peerReceived(message))
    this.#peers.set(userId, { client, release: client.retain() })
    return client
  }

  readonly send = (conversation: ConversationId, text: string): void => {
    const { subject } = this.state.getSnapshot()
    this.#sent.add(subject.thread(conversation).send(text))
    this.#count({ sent: this.#sent.size })
  }

  /** The tab dies in the middle of what it does; a new one opens with what was on its disk. */
  readonly killTab = (): void => {
    this.state.getSnapshot().tab.kill()
    this.#unsubscribe()
    this.state.update(this.#create())
    this.#start()
  }

  /** The server says that the token has ended; the client has to get a new one by itself. */
  readonly expireToken = (): void => {
    this.#options.expireToken()
    this.state.getSnapshot().tab.network.expireToken()
  }

  /** Reads what the server has, and compares. */
  readonly check = async (conversation: ConversationId): Promise<void> => {
    const { subject } = this.state.getSnapshot()
    const ids = await this.#storedIds(subject, conversation)
    const thread = subject.thread(conversation)
    const { messages, hasOlder } = thread.timeline.getSnapshot()
    const shownKeys = messages
      .filter((message) => this.#isOurs(message))
      .map((message) => message.client_msg_id ?? message.key)
    // A tab that was opened anew has the newest messages only.
    if (shownKeys.length < ids.length && hasOlder) await thread.loadOlder()
    const doubled =
      ids.length - new Set(ids).size + shownKeys.length - new Set(shownKeys).size + this.#twice()
    this.#count({
      stored: new Set(ids).size,
      delivered: this.#delivered.size,
      shown: new Set(shownKeys).size,
      doubled,
    })
  }

  #create(): Pick<LabState, 'subject' | 'tab'> {
    const tab = new BenchTab(this.#real, 'lab:')
    return { tab, subject: this.#client(this.#options.userId, tab.environment) }
  }

  #client(userId: UserId, environment: Environment): ChatClient {
    const { url, apiUrl, tokenOf } = this.#options
    const getToken = () => tokenOf(userId)
    return new ChatClient({ environment, url, apiUrl, userId, getToken })
  }

  #start(): void {
    const { subject } = this.state.getSnapshot()
    this.#release = subject.retain()
    const note = () => this.#note(subject.connection.getSnapshot())
    note()
    this.#unsubscribe = subject.connection.subscribe(note)
  }

  #close(): void {
    this.#unsubscribe()
    this.#release()
    for (const { release } of this.#peers.values()) release()
    this.#peers.clear()
  }

  #note({ status, closeCode }: ConnectionInfo): void {
    const { history } = this.state.getSnapshot()
    if (history.at(-1)?.status === status) return
    const change = { at: Date.now(), status, closeCode }
    this.state.update({ history: [...history.slice(1 - historyMax), change] })
  }

  #peerReceived(message: Message): void {
    const key = message.client_msg_id
    if (message.is_own || key === null || !this.#sent.has(key)) return
    this.#delivered.set(key, (this.#delivered.get(key) ?? 0) + 1)
    this.#count({ delivered: this.#delivered.size })
  }

  #twice(): number {
    return [...this.#delivered.values()].filter((times) => times > 1).length
  }

  #isOurs(message: Message): boolean {
    return this.#sent.has(message.client_msg_id ?? message.key)
  }

  async #storedIds(client: ChatClient, conversation: ConversationId): Promise<string[]> {
    const found: string[] = []
    let before = Number.MAX_SAFE_INTEGER
    while (found.length < this.#sent.size) {
      const { results, has_more } = await fetchHistory(client.api, conversation, before, pageSize)
      for (const { client_msg_id } of results) {
        if (client_msg_id !== null && this.#sent.has(client_msg_id)) found.push(client_msg_id)
      }
      before = results[0]?.conv_seq ?? 0
      if (!has_more || before === 0) break
    }
    return found
  }

  #count(change: Partial<Ledger>): void {
    const { ledger } = this.state.getSnapshot()
    this.state.update({ ledger: { ...ledger, ...change } })
  }
}
