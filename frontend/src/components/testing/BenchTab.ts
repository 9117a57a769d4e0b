import {
  type Environment,
  FaultyNetwork,
  type Socket,
  type SocketEvents,
  Store,
} from '../../client'

export interface FrameRecord {
  readonly number: number
  readonly at: number
  readonly direction: 'in' | 'out'
  readonly type: string
  readonly size: number
}

export interface Traffic {
  /** Newest last. */
  readonly frames: readonly FrameRecord[]
  readonly received: number
  readonly sent: number
  readonly sockets: number
}

const framesMax = 100

/**
 * A tab that can be killed, on a network that can fail. It records what passes on the wire: types and
 * sizes, never contents. After `kill` no timer, frame or answer reaches the client in it any more.
 */
export class BenchTab {
  readonly network: FaultyNetwork
  readonly environment: Environment
  readonly traffic = new Store<Traffic>({ frames: [], received: 0, sent: 0, sockets: 0 })
  readonly #open = new Set<Socket>()
  #isDead = false

  constructor(real: Environment, vaultPrefix: string) {
    this.network = new FaultyNetwork({
      ...real,
      // Alone in its browser, with a memory of its own.
      tabs: null,
      openVault: real.openVault && ((name) => this.#vault(real, vaultPrefix + name)),
      after: (delayMs, run) => real.after(delayMs, () => this.#isDead || run()),
      fetch: (url, init) => this.#fetch(real, url, init),
      openSocket: (url, protocols, on) => this.#openSocket(real, url, protocols, on),
    })
    this.environment = this.network.environment
  }

  readonly kill = (): void => {
    this.#isDead = true
    for (const socket of this.#open) socket.close()
    this.#open.clear()
  }

  #openSocket(real: Environment, url: string, protocols: string[], on: SocketEvents): Socket {
    const socket = real.openSocket(url, protocols, {
      message: (data) => {
        if (this.#isDead) return
        this.#record('in', data)
        on.message(data)
      },
      close: (code) => {
        this.#ended(counted)
        if (!this.#isDead) on.close(code)
      },
    })
    const counted: Socket = {
      send: (text) => {
        if (this.#isDead) return
        this.#record('out', text)
        socket.send(text)
      },
      close: () => {
        this.#ended(counted)
        socket.close()
      },
    }
    this.#open.add(counted)
    this.traffic.update({ sockets: this.#open.size })
    return counted
  }

  #ended(socket: Socket): void {
    this.#open.delete(socket)
    this.traffic.update({ sockets: this.#open.size })
  }

  #record(direction: 'in' | 'out', data: unknown): void {
    const text = typeof data === 'string' ? data : ''
    const { frames, received, sent } = this.traffic.getSnapshot()
    const record: FrameRecord = {
      number: received + sent + 1,
      at: Date.now(),
      direction,
      type: /^\s*\{\s*"type"\s*:\s*"([\w-]{1,40})"/.exec(text)?.[1] ?? '?',
      size: text.length,
    }
    this.traffic.update({
      frames: [...frames.slice(1 - framesMax), record],
      received: received + (direction === 'in' ? 1 : 0),
      sent: sent + (direction === 'out' ? 1 : 0),
    })
  }

  async #fetch(real: Environment, url: string, init: RequestInit): Promise<Response> {
    const { isFrozen, delayMs } = this.network.faults.getSnapshot()
    if (isFrozen || this.#isDead) throw new TypeError('The network does not answer.')
    if (delayMs > 0) await new Promise<void>((resolve) => real.after(delayMs, resolve))
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
}
