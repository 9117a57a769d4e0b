import type { Server } from 'node:http'
import type { BrowserContext, Route, WebSocketRoute } from 'playwright-core'
import { FakeServer } from '../src/test/FakeServer'
import { serveSite } from './site'
import type { World } from './World'

const people = [
  { id: 42, name: 'Asha Rai', role: 'customer' },
  { id: 7, name: 'Binod Thapa', role: 'provider' },
  { id: 8, name: 'चन्द्र गुरुङ', role: 'provider' },
] as const

const titles = ['Deep cleaning for homes', 'घर मर्मत र रङरोगन', 'Guitar lessons']

/** The in-process server of the unit tests behind a real browser: for work on the pages alone. */
export class FakeWorld implements World {
  readonly name = 'in-process server'
  readonly origin: string
  readonly server = new FakeServer(() => Date.now())
  readonly #site: Server
  readonly #offline = new Set<BrowserContext>()
  readonly #vanish = new Map<BrowserContext, Set<() => void>>()

  static async open(): Promise<FakeWorld> {
    const { origin, server } = await serveSite()
    return new FakeWorld(origin, server)
  }

  private constructor(origin: string, site: Server) {
    this.origin = origin
    this.#site = site
    for (const { id, name, role } of people) this.server.log.addPerson(id, name, role)
  }

  async attach(context: BrowserContext): Promise<void> {
    await context.route('**/api/**', (route) => this.#answer(context, route))
    await context.routeWebSocket('**/ws/messaging/**', (socket) => this.#accept(context, socket))
  }

  async kill(): Promise<void> {
    this.server.sockets = 'blocked'
    this.server.rest = 'fails'
    this.server.closeAll(1006)
  }

  async restart(): Promise<void> {
    this.server.sockets = 'work'
    this.server.rest = 'works'
  }

  async setOffline(context: BrowserContext, isOffline: boolean): Promise<void> {
    if (isOffline) this.#offline.add(context)
    else this.#offline.delete(context)
    for (const vanish of this.#vanish.get(context) ?? []) vanish()
    await context.setOffline(isOffline)
  }

  async request(person: number, method: string, path: string, body?: object): Promise<unknown> {
    const authorization = `Bearer ${this.server.tokenFor(person)}`
    const init: RequestInit = { method, headers: { authorization } }
    if (body) init.body = JSON.stringify(body)
    const response = await this.server.fetch(`/api/messaging/${path}`, init)
    return response.status === 204 ? null : response.json()
  }

  token(person: number): string {
    return this.server.tokenFor(person)
  }

  async close(): Promise<void> {
    this.#site.close()
  }

  async #answer(context: BrowserContext, route: Route): Promise<void> {
    const request = route.request()
    const { pathname } = new URL(request.url())
    if (this.#offline.has(context)) return route.abort()
    if (pathname === '/api/demo/') return route.fulfill({ json: this.#catalogue() })
    if (pathname === '/api/demo/login/') return route.fulfill({ json: this.#signIn(request) })
    const init: RequestInit = { method: request.method(), headers: request.headers() }
    const body = request.postData()
    if (body) init.body = body
    try {
      const response = await this.server.fetch(request.url(), init)
      await route.fulfill({ status: response.status, body: await response.text() })
    } catch {
      await route.abort()
    }
  }

  #catalogue() {
    return {
      people: people.map(({ id }) => ({ key: `p${id}`, user: this.server.log.people.get(id) })),
      services: titles.map((title, index) => ({
        id: index + 1,
        title,
        category: ['Cleaning', 'Repair', 'Lessons'][index],
        slug: `service-${index + 1}`,
        price: index === 1 ? null : `${1500 + index * 500}`,
        provider: this.server.log.people.get(index === 1 ? 8 : 7),
      })),
    }
  }

  #signIn(request: { postDataJSON(): { person: string } }) {
    const person = Number(request.postDataJSON().person.slice(1))
    const user = this.server.log.people.get(person)
    return { access: this.server.tokenFor(person), expires_in: 3600, user }
  }

  #accept(context: BrowserContext, socket: WebSocketRoute): void {
    if (this.#offline.has(context)) return void socket.close({ code: 1011 })
    const isReachable = () => !this.#offline.has(context)
    const on = {
      message: (data: unknown) => isReachable() && socket.send(String(data)),
      close: (code: number) => void socket.close({ code: code === 1006 ? 1011 : code }),
    }
    const session = this.server.connect(socket.url(), socket.protocols(), on, isReachable)
    const mine = this.#vanish.get(context) ?? new Set()
    this.#vanish.set(context, mine)
    const vanish = () => {
      mine.delete(vanish)
      session.vanish()
      void socket.close({ code: 1011 })
    }
    mine.add(vanish)
    socket.onMessage((text) => session.send(String(text)))
    socket.onClose(() => {
      mine.delete(vanish)
      session.vanish()
    })
  }
}
