/** Everything the core takes from its surroundings, so that tests can hand it a clock and a network. */
export interface SocketEvents {
  message(data: unknown): void
  /** Once, and nothing after it. */
  close(code: number): void
}

export interface Socket {
  send(text: string): void
  close(): void
}

export type OpenSocket = (url: string, protocols: string[], on: SocketEvents) => Socket

/** A map that outlives the page. Each `write` happens as a whole or not at all. */
export interface Vault {
  load(): Promise<ReadonlyMap<string, unknown>>
  /** undefined removes the key. */
  write(changes: ReadonlyMap<string, unknown>): Promise<void>
}

export interface Channel {
  post(message: unknown): void
  close(): void
}

/** What the tabs of one browser profile share. */
export interface Tabs {
  /** Calls `granted` once this tab holds the lock, `lost` when another tab takes it. Returns the release. */
  lock(name: string, steal: boolean, granted: () => void, lost: () => void): () => void
  channel(name: string, receive: (message: unknown) => void): Channel
}

export type PageSignal = 'wake' | 'rest' | 'offline'

export interface Environment {
  now(): number
  random(): number
  /** Runs once after the delay; returns its cancellation. */
  after(delayMs: number, run: () => void): () => void
  openSocket: OpenSocket
  fetch: (url: string, init: RequestInit) => Promise<Response>
  /** Loads a part of the client that not every page needs. Absent: the part itself knows how. */
  load?<Part>(part: () => Promise<Part>): Promise<Part>
  /** null: nothing is kept. */
  openVault: ((name: string) => Vault) | null
  /** null: every tab connects for itself. */
  tabs: Tabs | null
  /** True while the page is hidden or the device is offline. */
  isResting(): boolean
  isHidden(): boolean
  /** `wake`: visible, online or shown again, also when it was awake; `offline`: the network has gone. Returns the end of listening. */
  onPage(listener: (signal: PageSignal) => void): () => void
}

/** Begins with the time: the newest key of a conversation is the last in the server's index. */
export function newKey({ now, random }: Environment): string {
  let key = now().toString(36)
  while (key.length < 20) key += Math.floor(random() * 36 ** 5).toString(36)
  return key
}
