import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import type { Server } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContext } from 'playwright-core'
import { serveSite } from './site'
import type { World } from './World'

type Site = Awaited<ReturnType<typeof serveSite>>
interface Catalogue {
  readonly people: readonly { readonly key: string; readonly user: { readonly id: number } }[]
}

const readyMs = 15_000

/**
 * The real binary with a data folder of its own, and the pages beside it under one origin. Its port
 * stays the same over a restart.
 */
export class ServerWorld implements World {
  readonly name = 'sewa'
  readonly origin: string
  readonly #binary: string
  readonly #port: number
  readonly #data: string
  readonly #tokens = new Map<number, string>()
  readonly #site: Server
  #process: ChildProcess | null = null
  #log = ''

  static async open(binary: string): Promise<ServerWorld> {
    const data = await mkdtemp(join(tmpdir(), 'sewa-e2e-'))
    const port = await freePort()
    const site = await serveSite({ port })
    const world = new ServerWorld(binary, port, data, site)
    await world.restart()
    return world
  }

  private constructor(binary: string, port: number, data: string, site: Site) {
    this.#binary = binary
    this.#port = port
    this.#data = data
    this.#site = site.server
    this.origin = site.origin
  }

  async attach(): Promise<void> {}

  async kill(): Promise<void> {
    const running = this.#process
    if (!running) return
    this.#process = null
    const ended = once(running, 'exit')
    running.kill('SIGKILL')
    await ended
  }

  async restart(): Promise<void> {
    const listen = `127.0.0.1:${this.#port}`
    const limits = ['limits.frames_per_minute=0', 'limits.requests_per_minute=0']
    const places = ['--listen', listen, '--data', this.#data]
    const settings = limits.flatMap((limit) => ['--set', limit])
    // The server takes every SEWA_ variable for a setting of its own.
    const { SEWA_BIN, ...env } = process.env
    const started = spawn(this.#binary, ['serve', '--demo', ...places, ...settings], { env })
    this.#process = started
    const note = (bytes: Buffer) => {
      this.#log = (this.#log + bytes).slice(-20_000)
    }
    started.stdout?.on('data', note)
    started.stderr?.on('data', note)
    await this.#ready()
  }

  async setOffline(context: BrowserContext, isOffline: boolean): Promise<void> {
    await context.setOffline(isOffline)
  }

  async request(person: number, method: string, path: string, body?: object): Promise<unknown> {
    const headers = { authorization: `Bearer ${await this.#token(person)}` }
    return ask(`${this.origin}/api/messaging/${path}`, method, headers, body)
  }

  async close(): Promise<void> {
    await this.kill()
    this.#site.closeAllConnections()
    this.#site.close()
    await rm(this.#data, { recursive: true, force: true })
  }

  async #token(person: number): Promise<string> {
    const known = this.#tokens.get(person)
    if (known) return known
    const { people } = (await ask(`${this.origin}/api/demo/`, 'GET', {})) as Catalogue
    const key = people.find((each) => each.user.id === person)?.key
    const answer = await ask(`${this.origin}/api/demo/login/`, 'POST', {}, { person: key })
    const { access } = answer as { access: string }
    this.#tokens.set(person, access)
    return access
  }

  async #ready(): Promise<void> {
    const end = Date.now() + readyMs
    while (Date.now() < end) {
      if (this.#process?.exitCode !== null) break
      const response = await fetch(`${this.origin}/api/messaging/health/`).catch(() => null)
      if (response?.ok) return
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
    throw new Error(`The server did not start.\n${this.#log}`)
  }
}

async function ask(url: string, method: string, headers: Record<string, string>, body?: object) {
  const init: RequestInit = { method, headers: { ...headers, 'content-type': 'application/json' } }
  if (body) init.body = JSON.stringify(body)
  const response = await fetch(url, init)
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`)
  return response.status === 204 ? null : response.json()
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  return typeof address === 'object' && address ? address.port : 0
}
