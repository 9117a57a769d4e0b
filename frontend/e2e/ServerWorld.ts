import { type ChildProcess, spawn } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BrowserContext } from 'playwright-core'
import type { World } from './World'

interface Catalogue {
  readonly people: readonly { readonly key: string; readonly user: { readonly id: number } }[]
}

/** Where people come from. */
export type Mode = 'demo' | 'accounts'

const readyMs = 15_000
const secret = 'a secret of the tests, 32 bytes or more'
/** The pages as they were built last; SEWA_EMBEDDED=1 takes those inside the program. */
const out = fileURLToPath(new URL('../out', import.meta.url))
const pages = process.env.SEWA_EMBEDDED ? [] : ['--web', out]

/** The real binary with a data folder of its own. It serves the pages; its port stays over a restart. */
export class ServerWorld implements World {
  readonly name = 'sewa'
  readonly origin: string
  readonly #mode: Mode
  readonly #binary: string
  readonly #port: number
  readonly #data: string
  readonly #tokens = new Map<number, string>()
  #process: ChildProcess | null = null
  #log = ''

  static async open(binary: string, mode: Mode = 'demo'): Promise<ServerWorld> {
    const data = await mkdtemp(join(tmpdir(), 'sewa-e2e-'))
    const port = await freePort()
    await writeFile(join(data, 'secret'), secret)
    const world = new ServerWorld(binary, port, data, mode)
    await world.restart()
    return world
  }

  private constructor(binary: string, port: number, data: string, mode: Mode) {
    this.#mode = mode
    this.#binary = binary
    this.#port = port
    this.#data = data
    this.origin = `http://127.0.0.1:${port}`
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
    const names = ['frames', 'requests', 'user_connects', 'user_writes', 'conversation_messages']
    const limits = names.map((name) => `limits.${name}_per_minute=0`)
    const places = ['--listen', listen, '--metrics-listen', '127.0.0.1:0', '--data', this.#data]
    const isDemo = this.#mode === 'demo'
    places.push(...pages, ...(isDemo ? ['--jwt-secret-file', join(this.#data, 'secret')] : []))
    const settings = limits.flatMap((limit) => ['--set', limit])
    // The server takes every SEWA_ variable for a setting of its own.
    const { SEWA_BIN, SEWA_EMBEDDED, ...env } = process.env
    const started = spawn(this.#binary, ['serve', `--${this.#mode}`, ...places, ...settings], {
      env,
    })
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
    await rm(this.#data, { recursive: true, force: true })
  }

  /** A token that ends soon. */
  token(person: number, seconds: number): string {
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
    const claims = { user_id: person, exp: Math.floor(Date.now() / 1000) + seconds }
    const body = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`
    return `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`
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
