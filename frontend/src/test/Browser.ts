import type { Channel, Environment, PageSignal, Vault } from '../client'
import * as later from '../client/later'
import type { FakeServer } from './FakeServer'
import type { ManualClock } from './ManualClock'

interface LockRequest {
  readonly granted: () => void
  readonly lost: () => void
}

interface Lock {
  holder: LockRequest | null
  waiting: LockRequest[]
}

/** A browser profile: what its tabs share (locks, channels, storage). */
export class Browser {
  readonly clock: ManualClock
  readonly server: FakeServer
  readonly storage = new Map<string, Map<string, unknown>>()
  readonly locks = new Map<string, Lock>()
  readonly channels = new Map<string, Set<(message: unknown, from: object) => void>>()
  supportsTabs = true
  supportsStorage = true
  #seed = 1

  constructor(clock: ManualClock, server: FakeServer) {
    this.clock = clock
    this.server = server
  }

  openTab(): Tab {
    return new Tab(this)
  }

  /** Deterministic, so that a failure can be repeated. */
  readonly random = (): number => {
    this.#seed = (this.#seed * 48271) % 2147483647
    return this.#seed / 2147483647
  }
}

/** One tab: can be hidden, lose its network, freeze, and crash. */
export class Tab {
  readonly environment: Environment
  readonly #browser: Browser
  readonly #listeners = new Set<(signal: PageSignal) => void>()
  readonly #held = new Set<() => void>()
  readonly #sockets = new Set<() => void>()
  #backlog: (() => void)[] = []
  isHidden = false
  isOnline = true
  /** Whether parts of the program that are loaded when they are needed can be fetched. */
  loadsParts = true
  isFrozen = false
  isGone = false

  constructor(browser: Browser) {
    this.#browser = browser
    const { clock, random, server } = browser
    this.environment = {
      now: clock.now,
      random,
      after: (delayMs, run) => clock.after(delayMs, () => this.#run(run)),
      openSocket: (url, protocols, on) => {
        const socket = server.connect(
          url,
          protocols,
          {
            message: (data) => this.#run(() => on.message(data)),
            close: (code) => this.#run(() => on.close(code)),
          },
          () => this.isOnline,
        )
        this.#sockets.add(socket.vanish)
        return socket
      },
      fetch: (url, init) => {
        if (!this.isOnline || this.isGone) return Promise.reject(new TypeError('offline'))
        return server.fetch(url, init)
      },
      load: async <Part>() => {
        if (!this.isOnline || !this.loadsParts) throw new TypeError('offline')
        // There is one part. Vitest would fetch it from another process, in a time that no clock here rules.
        return later as Part
      },
      openVault: browser.supportsStorage ? (name) => this.#openVault(name) : null,
      tabs: browser.supportsTabs
        ? {
            lock: (name, steal, granted, lost) => this.#lock(name, steal, { granted, lost }),
            channel: (name, receive) => this.#channel(name, receive),
          }
        : null,
      isHidden: () => this.isHidden,
      isResting: () => this.isHidden || !this.isOnline,
      onPage: (listener) => {
        this.#listeners.add(listener)
        return () => this.#listeners.delete(listener)
      },
    }
  }

  hide(): void {
    this.isHidden = true
    this.#tell('rest')
  }

  show(): void {
    this.isHidden = false
    this.thaw()
    this.#tell('wake')
  }

  goOffline(): void {
    this.isOnline = false
    this.#tell('offline')
  }

  goOnline(): void {
    this.isOnline = true
    this.#tell('wake')
  }

  freeze(): void {
    this.isFrozen = true
  }

  thaw(): void {
    this.isFrozen = false
    const backlog = this.#backlog
    this.#backlog = []
    for (const run of backlog) run()
  }

  /** The way to the server is gone and nobody says so: a phone that has changed its network. */
  loseConnections(): void {
    for (const vanish of this.#sockets) vanish()
  }

  /** The process ends: nothing of it runs any more, and the browser gives its locks to others. */
  crash(): void {
    this.isGone = true
    this.loseConnections()
    for (const release of this.#held) release()
  }

  #tell(signal: PageSignal): void {
    for (const listener of [...this.#listeners]) listener(signal)
  }

  #run(run: () => void): void {
    if (this.isGone) return
    if (this.isFrozen) this.#backlog.push(run)
    else run()
  }

  #openVault(name: string): Vault {
    const { storage } = this.#browser
    const kept = storage.get(name) ?? new Map<string, unknown>()
    storage.set(name, kept)
    return {
      // In the order of the keys, as databases give it.
      load: async () => structuredClone(new Map([...kept].sort(([a], [b]) => (a < b ? -1 : 1)))),
      write: async (changes) => {
        if (this.isGone) return
        for (const [key, value] of structuredClone(changes)) {
          if (value === undefined) kept.delete(key)
          else kept.set(key, value)
        }
      },
    }
  }

  #lock(name: string, steal: boolean, request: LockRequest): () => void {
    const { locks } = this.#browser
    const lock = locks.get(name) ?? { holder: null, waiting: [] }
    locks.set(name, lock)
    const mine: LockRequest = {
      granted: () => this.#run(request.granted),
      lost: () => this.#run(request.lost),
    }
    const release = () => {
      this.#held.delete(release)
      lock.waiting = lock.waiting.filter((other) => other !== mine)
      if (lock.holder !== mine) return
      lock.holder = null
      grantNext(lock)
    }
    this.#held.add(release)
    const robbed = steal ? lock.holder : null
    if (robbed) lock.holder = null
    if (steal) lock.waiting.unshift(mine)
    else lock.waiting.push(mine)
    queueMicrotask(() => {
      robbed?.lost()
      grantNext(lock)
    })
    return release
  }

  #channel(name: string, receive: (message: unknown) => void): Channel {
    const { channels } = this.#browser
    const members = channels.get(name) ?? new Set()
    channels.set(name, members)
    const self = (message: unknown) => this.#run(() => receive(message))
    members.add(self)
    return {
      post: (message) => {
        if (this.isGone) return
        const copy = structuredClone(message)
        queueMicrotask(() => {
          for (const member of [...members]) if (member !== self) member(copy, this)
        })
      },
      close: () => members.delete(self),
    }
  }
}

function grantNext(lock: Lock): void {
  if (lock.holder) return
  const next = lock.waiting.shift()
  if (!next) return
  lock.holder = next
  next.granted()
}
