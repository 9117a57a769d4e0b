import type { Environment, OpenSocket, Tabs } from './environment'
import { indexedDbVault } from './vault'

const requestTimeoutMs = 20_000

/** The environment of a page. Made when it is needed: nothing here runs on import or on a server. */
export function browserEnvironment(): Environment {
  const isHidden = () => document.visibilityState === 'hidden'
  return {
    now: () => Date.now(),
    random: () => Math.random(),
    after(delayMs, run) {
      const timer = setTimeout(run, delayMs)
      return () => clearTimeout(timer)
    },
    openSocket: openWebSocket,
    fetch: (url, init) => fetch(url, { ...init, signal: AbortSignal.timeout(requestTimeoutMs) }),
    openVault: globalThis.indexedDB ? (name) => indexedDbVault(name, indexedDB) : null,
    tabs:
      globalThis.BroadcastChannel && globalThis.navigator?.locks
        ? browserTabs(navigator.locks)
        : null,
    isHidden,
    isResting: () => isHidden() || !navigator.onLine,
    onPage(listener) {
      const ending = new AbortController()
      const on = (target: EventTarget, type: string, tell: () => void) =>
        target.addEventListener(type, tell, { signal: ending.signal })
      on(document, 'visibilitychange', () => listener(isHidden() ? 'rest' : 'wake'))
      on(window, 'online', () => listener('wake'))
      on(window, 'offline', () => listener('offline'))
      on(window, 'pageshow', () => listener('wake'))
      on(window, 'pagehide', () => listener('rest'))
      return () => ending.abort()
    },
  }
}

const lostCode = 1006

export const openWebSocket: OpenSocket = (url, protocols, on) => {
  try {
    const socket = new WebSocket(url, protocols)
    socket.onmessage = (event) => on.message(event.data)
    socket.onclose = (event) => on.close(event.code)
    return { send: (text) => socket.send(text), close: () => socket.close() }
  } catch {
    // A bad address or a forbidden one: the same as a server that cannot be reached.
    queueMicrotask(() => on.close(lostCode))
    return { send: () => {}, close: () => {} }
  }
}

function browserTabs(locks: LockManager): Tabs {
  return {
    lock(name, steal, granted, lost) {
      const waiting = new AbortController()
      let isHeld = false
      let release = () => waiting.abort()
      const hold = () =>
        new Promise<void>((resolve) => {
          isHeld = true
          release = resolve
          granted()
        })
      const options = steal ? { steal } : { signal: waiting.signal }
      locks.request(name, options, hold).catch(() => {
        if (isHeld) lost()
        // Forbidden here (a sandboxed frame): this tab goes alone.
        else if (!waiting.signal.aborted) granted()
      })
      return () => {
        isHeld = false
        release()
      }
    },
    channel(name, receive) {
      const channel = new BroadcastChannel(name)
      channel.onmessage = (event) => receive(event.data)
      return { post: (message) => channel.postMessage(message), close: () => channel.close() }
    },
  }
}
