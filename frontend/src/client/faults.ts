import * as closeCodes from './closeCodes.gen'
import type { Environment, OpenSocket, Socket, SocketEvents } from './environment'
import { Store } from './store'

export interface Faults {
  /** Nothing passes, and nobody is told. */
  readonly isFrozen: boolean
  /** New connections fail. */
  readonly isBlocked: boolean
  /** Every frame arrives twice, in both directions. */
  readonly isDuplicating: boolean
  readonly delayMs: number
}

interface Link {
  readonly cut: (code: number) => void
  readonly flow: () => void
}

const lostCode = 1006
const noFaults: Faults = { isFrozen: false, isBlocked: false, isDuplicating: false, delayMs: 0 }

/** A network that fails on request, between the client and any server. Give `environment` to a ChatClient. */
export class FaultyNetwork {
  readonly faults = new Store<Faults>(noFaults)
  readonly environment: Environment
  readonly #real: Environment
  readonly #links = new Set<Link>()

  constructor(real: Environment) {
    this.#real = real
    this.environment = { ...real, openSocket: this.#open }
  }

  readonly set = (change: Partial<Faults>): void => {
    this.faults.update(change)
    for (const link of [...this.#links]) link.flow()
  }

  /** The connection ends without a closing handshake. */
  readonly cut = (): void => this.#end(lostCode)

  /** The server finds that the token has ended. */
  readonly expireToken = (): void => this.#end(closeCodes.token_invalid)

  #end(code: number): void {
    for (const link of [...this.#links]) link.cut(code)
  }

  readonly #open: OpenSocket = (url, protocols, on) => {
    if (this.faults.getSnapshot().isBlocked) return this.#refuse(on)
    let isOpen = true
    const incoming = this.#lane((data) => isOpen && on.message(data))
    const finish = (code: number) => {
      if (!isOpen) return
      isOpen = false
      this.#links.delete(link)
      on.close(code)
    }
    const socket = this.#real.openSocket(url, protocols, {
      message: incoming.push,
      close: (code) => incoming.push(() => finish(code)),
    })
    const outgoing = this.#lane((text) => isOpen && socket.send(`${text}`))
    const flow = () => {
      incoming.flow()
      outgoing.flow()
    }
    const link: Link = {
      flow,
      cut: (code) => {
        socket.close()
        finish(code)
      },
    }
    this.#links.add(link)
    const close = () => {
      isOpen = false
      this.#links.delete(link)
      socket.close()
    }
    return { send: outgoing.push, close }
  }

  #refuse(on: SocketEvents): Socket {
    this.#real.after(0, () => on.close(lostCode))
    return { send: () => {}, close: () => {} }
  }

  /** One direction of a link. What goes in comes out in the same order, whatever the switches do meanwhile. */
  #lane(deliver: (item: unknown) => void): { push: (item: unknown) => void; flow: () => void } {
    const { now, after } = this.#real
    const queue: { readonly item: unknown; readonly at: number }[] = []
    const flow = () => {
      while (!this.faults.getSnapshot().isFrozen && queue[0] && queue[0].at <= now()) {
        const item = queue.shift()?.item
        if (typeof item === 'function') item()
        else deliver(item)
      }
    }
    const push = (item: unknown) => {
      const { delayMs, isDuplicating } = this.faults.getSnapshot()
      const at = now() + delayMs
      queue.push({ item, at })
      if (isDuplicating && typeof item !== 'function') queue.push({ item, at })
      if (at <= now()) flow()
      else after(at - now(), flow)
    }
    return { push, flow }
  }
}
