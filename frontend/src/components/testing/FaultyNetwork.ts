import { type Environment, type Socket, type SocketEvents, Store } from '../../client'

export interface FrameRecord {
  readonly number: number
  readonly at: number
  readonly direction: 'in' | 'out'
  readonly type: string
  readonly size: number
}

export interface NetworkState {
  /** Newest last. */
  readonly frames: readonly FrameRecord[]
  readonly received: number
  readonly sent: number
  readonly sockets: number
  readonly isFrozen: boolean
  readonly isBlocked: boolean
  readonly isDuplicating: boolean
  readonly delayMs: number
}

const framesMax = 100
const lostCode = 1006

interface OpenSocket {
  readonly events: SocketEvents
  readonly socket: Socket
}

/**
 * The network of one client, with switches for what goes wrong in the world. It stands between the
 * client and the real environment; the server is the real one and knows nothing of it. Lives as long as
 * the tab it pretends to be: `kill` ends it, and nothing of it runs afterwards.
 */
export class FaultyNetwork {
  readonly environment: Environment
  readonly state: Store<NetworkState>
  readonly #open = new Set<OpenSocket>()
  #frozen: (() => void)[] = []
  #isDead = false

  constructor(real: Environment, vaultPrefix: string) {
    this.state = new Store<NetworkState>(calm)
    this.environment = {
      ...real,
      // Alone in its tab, with a memory of its own.
      tabs: null,
      openVault: real.openVault && ((name) => this.#vault(real, `${vaultPrefix}${name}`)),
      after: (delayMs, run) => real.after(delayMs, () => this.#isDead || run()),
      fetch: (url, init) => this.#fetch(real, url, init),
      openSocket: (url, protocols, on) => this.#openSocket(real, url, protocols, on),
    }
  }

  /** Every open socket is lost, as when a phone changes its network. */
  readonly cut = (): void => {
    for (const each of [...this.#open]) {
      each.socket.close()
      each.events.close(lostCode)
    }
  }

  /** Nothing comes and nothing goes, and no socket tells so: a train in a tunnel. */
  readonly freeze = (isFrozen: boolean): void => {
    this.state.update({ isFrozen })
    if (isFrozen) return
    for (const run of this.#frozen.splice(0)) run()
  }

  /** WebSocket is forbidden on this network; REST works. */
  readonly block = (isBlocked: boolean): void => {
    this.state.update({ isBlocked })
    if (isBlocked) this.cut()
  }

  readonly delay = (delayMs: number): void => this.state.update({ delayMs })

  /** Every frame from the server comes twice. */
  readonly duplicate = (isDuplicating: boolean): void => this.state.update({ isDuplicating })

  /** The tab is gone: no timer, no frame and no answer reaches its client any more. */
  readonly kill = (): void => {
    this.#isDead = true
    this.#frozen = []
    for (const { socket } of this.#open) socket.close()
    this.#open.clear()
  }

  #openSocket(real: Environment, url: string, protocols: string[], on: SocketEvents): Socket {
    if (this.state.getSnapshot().isBlocked) {
      queueMicrotask(() => this.#isDead || on.close(lostCode))
      return { send: () => {}, close: () => {} }
    }
    let isLost = false
    const events: SocketEvents = {
      message: (data) => this.#pass('in', data, () => isLost || on.message(data)),
      close: (code) => {
        if (isLost) return
        isLost = true
        this.#open.delete(entry)
        this.#count()
        if (!this.#isDead) on.close(code)
      },
    }
    const socket = real.openSocket(url, protocols, events)
    const entry: OpenSocket = { events, socket }
    this.#open.add(entry)
    this.#count()
    return {
      send: (text) => this.#pass('out', text, () => isLost || socket.send(text)),
      close: () => socket.close(),
    }
  }

  #pass(direction: 'in' | 'out', data: unknown, run: () => void): void {
    if (this.#isDead) return
    this.#record(direction, data)
    const { isFrozen, isDuplicating, delayMs } = this.state.getSnapshot()
    const deliver = () => {
      if (this.#isDead) return
      run()
      if (direction === 'in' && isDuplicating) run()
    }
    if (isFrozen) this.#frozen.push(() => this.#isDead || deliver())
    else if (delayMs > 0) setTimeout(deliver, delayMs)
    else deliver()
  }

  #record(direction: 'in' | 'out', data: unknown): void {
    const text = typeof data === 'string' ? data : ''
    const { frames, received, sent } = this.state.getSnapshot()
    const record: FrameRecord = {
      number: received + sent + 1,
      at: Date.now(),
      direction,
      type: /^\s*\{\s*"type"\s*:\s*"([\w-]{1,40})"/.exec(text)?.[1] ?? '?',
      size: text.length,
    }
    this.state.update({
      frames: [...frames.slice(1 - framesMax), record],
      received: received + (direction === 'in' ? 1 : 0),
      sent: sent + (direction === 'out' ? 1 : 0),
    })
  }

  async #fetch(real: Environment, url: string, init: RequestInit): Promise<Response> {
    const { isFrozen, delayMs } = this.state.getSnapshot()
    if (isFrozen || this.#isDead) throw new TypeError('The network does not answer.')
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs))
    return real.fetch(url, init)
  }

  #vault(real: Environment, name: string) {
    const vault = real.openVault?.(name)
    return {
      load: async () => (await vault?.load()) ?? new Map<string, unknown>(),
      write: async (changes: ReadonlyMap<string, unknown>) => {
        if (!this.#isDead) await vault?.write(changes)
      },
    }
  }

  #count(): void {
    this.state.update({ sockets: this.#open.size })
  }
}

const calm: NetworkState = {
  frames: [],
  received: 0,
  sent: 0,
  sockets: 0,
  isFrozen: false,
  isBlocked: false,
  isDuplicating: false,
  delayMs: 0,
}
