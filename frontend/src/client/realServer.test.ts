import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openWebSocket } from './browser'
import { ChatClient } from './ChatClient'
import { loadDemo, signInToDemo } from './demo'
import type { Environment } from './environment'
import { FaultyNetwork } from './faults'

/** Path of the server binary: `TEST_SERVER_BINARY=../build/release/sewa npm run test:server`. */
const binary = process.env.TEST_SERVER_BINARY
const asha = 1
const bikash = 2

const environment: Environment = {
  now: Date.now,
  random: Math.random,
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs)
    return () => clearTimeout(timer)
  },
  openSocket: openWebSocket,
  fetch: (url, init) => fetch(url, init),
  openVault: null,
  tabs: null,
  isHidden: () => false,
  isResting: () => false,
  onPage: () => () => {},
}

/** Unlike a browser, Node.js 20 never closes a connection that was refused: it says `error` and no more. */
function closeWhatWasRefused(): void {
  const Real = globalThis.WebSocket
  globalThis.WebSocket = class extends Real {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols)
      this.addEventListener('error', () => {
        if (this.readyState !== this.CONNECTING) return
        this.onclose?.(Object.assign(new Event('close'), { code: 1006 }) as CloseEvent)
        this.onclose = null
      })
    }
  }
}

const until = (assertion: () => void | Promise<void>) =>
  vi.waitFor(assertion, { timeout: 15_000, interval: 20 })

describe.skipIf(!binary)(
  'the real server',
  () => {
    let data = ''
    let origin = ''
    let server: ChildProcess | null = null
    const clients: ChatClient[] = []
    const places = ['--metrics-listen', '127.0.0.1:0']

    async function start(listen = '127.0.0.1:0'): Promise<void> {
      const child = spawn(binary ?? '', [
        'serve',
        '--demo',
        '--listen',
        listen,
        ...places,
        '--data',
        data,
      ])
      server = child
      origin = await new Promise((resolve, reject) => {
        let output = ''
        child.stdout.on('data', (bytes) => {
          output += bytes
          const found = /http:\/\/127\.0\.0\.1:\d+/.exec(output)
          if (found) resolve(found[0])
        })
        child.stderr.resume()
        child.on('exit', () => reject(new Error(`the server has ended: ${output}`)))
      })
    }

    const kill = () =>
      new Promise<void>((resolve) => {
        server?.on('exit', () => resolve())
        server?.kill('SIGKILL')
      })

    function open(userId: number, network: Environment = environment): ChatClient {
      const client = new ChatClient({
        environment: network,
        url: `${origin.replace('http', 'ws')}/ws/messaging/`,
        apiUrl: origin,
        userId,
        getToken: async () => (await signInToDemo(origin, userId)).access,
      })
      clients.push(client)
      client.start()
      return client
    }

    async function conversation(client: ChatClient): Promise<number> {
      const demo = await loadDemo(origin)
      const serviceId = demo?.services.find((service) => service.provider?.id === bikash)?.id ?? 0
      await until(() => expect(client.connection.getSnapshot().synced).toBe(true))
      return client.startConversation({ serviceId, providerId: bikash, text: 'Namaste' })
    }

    const shown = (client: ChatClient, id: number) =>
      client.thread(id).timeline.getSnapshot().messages

    beforeAll(async () => {
      closeWhatWasRefused()
      data = await mkdtemp(join(tmpdir(), 'sewa-core-'))
      await start()
    })
    afterAll(async () => {
      for (const client of clients) client.stop()
      await kill()
      await rm(data, { recursive: true })
    })

    test('two people talk, type, read, edit, react and delete', async () => {
      const a = open(asha)
      const b = open(bikash)
      const id = await conversation(a)
      const thread = a.thread(id)
      thread.retain()
      b.thread(id).retain()
      await until(() => expect(shown(b, id).length).toBeGreaterThan(0))
      const key = thread.send('hello')
      await until(() => expect(shown(b, id).at(-1)?.content).toBe('hello'))
      await until(() => expect(shown(a, id).at(-1)).toMatchObject({ key, status: 'delivered' }))
      expect(b.presence.getSnapshot().get(asha)?.is_online).toBe(true)
      b.thread(id).keystroke()
      await until(() => expect(thread.typists.getSnapshot()).toHaveLength(1))
      b.thread(id).markRead()
      await until(() => expect(shown(a, id).at(-1)?.status).toBe('read'))
      const message = shown(a, id).at(-1)?.id ?? 0
      await thread.edit(message, 'hello, corrected')
      await b.thread(id).react(message, '👍', 'add')
      await until(() =>
        expect(shown(a, id).at(-1)).toMatchObject({
          content: 'hello, corrected',
          rev: 1,
          reactions: [{ emoji: '👍', user_ids: [bikash] }],
        }),
      )
      await until(() => expect(shown(b, id).at(-1)?.content).toBe('hello, corrected'))
      await thread.remove(message, 'all')
      await until(() => expect(shown(b, id).at(-1)?.is_deleted).toBe(true))
      expect(a.counters.ignored + b.counters.ignored).toBe(0)
    })

    test('killed while both write: everything is there once and in order', async () => {
      const a = open(asha)
      const b = open(bikash)
      const id = await conversation(a)
      for (const client of [a, b]) client.thread(id).retain()
      const before = shown(a, id).length
      const written: string[] = []
      const write = (client: ChatClient, text: string) => {
        client.thread(id).send(text)
        written.push(text)
      }
      for (let n = 0; n < 20; n += 1) write(n % 2 ? a : b, `early ${n}`)
      await kill()
      for (let n = 0; n < 20; n += 1) write(n % 2 ? a : b, `late ${n}`)
      // A refused attempt has to be followed by another one soon.
      await until(() => expect(a.connection.getSnapshot().attempt).toBeGreaterThan(2))
      await start(new URL(origin).host)
      await until(() => {
        const contents = shown(a, id).filter((message) => message.id !== null)
        expect(contents.length).toBeGreaterThanOrEqual(before + 40)
        expect(shown(b, id).map((message) => message.id)).toEqual(
          shown(a, id).map((message) => message.id),
        )
      })
      const contents = shown(a, id).map((message) => message.content)
      for (const text of written) expect(contents.filter((other) => other === text)).toEqual([text])
    })

    test('through a network that doubles and cuts', async () => {
      const network = new FaultyNetwork(environment)
      const a = open(asha, network.environment)
      const id = await conversation(a)
      a.thread(id).retain()
      network.set({ isDuplicating: true })
      for (let n = 0; n < 10; n += 1) {
        a.thread(id).send(`through ${n}`)
        if (n % 3 === 0) network.cut()
      }
      await until(() => {
        const contents = shown(a, id).filter((message) => message.content.startsWith('through'))
        expect(contents.map((message) => message.content)).toEqual(
          Array.from({ length: 10 }, (_, n) => `through ${n}`),
        )
        expect(contents.every((message) => message.id !== null)).toBe(true)
      })
    })
  },
  60_000,
)
