import { expect, test } from 'vitest'
import type { Tab } from '../test/Browser'
import { Refusal } from '../test/FakeLog'
import { settle } from '../test/ManualClock'
import { asha, binod, Scene } from '../test/scene'
import type { ChatClient } from './ChatClient'

interface Seat {
  readonly user: number
  tab: Tab
  client: ChatClient
}

/**
 * Two people with two tabs each write while everything fails in turn. At the end every screen shows exactly
 * what the server has stored, in its order; every message that was written is there once.
 */
class Simulation {
  readonly scene = new Scene()
  readonly written = new Map<string, number>()
  readonly seats: Seat[] = []
  #state: number
  #count = 0

  constructor(seed: number) {
    this.#state = seed * 7919 + 1
  }

  random(): number {
    this.#state = (this.#state * 48271) % 2147483647
    return this.#state / 2147483647
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.random() * items.length)] as Item
  }

  async run(steps: number): Promise<void> {
    for (const user of [asha, asha, binod, binod]) {
      this.seats.push({ user, ...(await this.scene.enter(user)) })
    }
    for (let step = 0; step < steps; step += 1) {
      await this.step()
      await this.scene.clock.advance(this.random() * 3_000)
    }
    await this.heal()
  }

  async step(): Promise<void> {
    const { scene } = this
    const { server } = scene
    const seat = this.pick(this.seats)
    const actions: (() => unknown)[] = [
      () => this.write(seat),
      () => this.write(seat),
      () => this.write(seat),
      () => this.writeBurst(seat),
      () => server.closeAll(this.pick([1001, 1006, 4001, 4009, 4011, 4012, 4014])),
      () => server.sessionsOf(seat.user)[0]?.close(1006),
      () => seat.tab.loseConnections(),
      () => (server.nextMessage = this.pick(['lose answer', 'lose request'])),
      () => (server.loseAcks = this.random() < 0.3),
      () => (server.isMute = this.random() < 0.3),
      () => (server.rest = this.pick(['works', 'works', 'fails', 'loses answers'])),
      () => (server.sockets = this.pick(['work', 'work', 'work', 'blocked', 'silent'])),
      () => (server.refuseWith = this.random() < 0.2 ? new Refusal('unavailable', 503) : null),
      () => server.expireTokens(),
      () => (this.random() < 0.2 ? server.log.expire() : undefined),
      () => seat.tab.freeze(),
      () => seat.tab.show(),
      () => seat.tab.hide(),
      () => seat.tab.goOffline(),
      () => seat.tab.goOnline(),
      () => this.crash(seat),
      () => seat.client.thread(scene.chat.id).loadOlder(),
      () => seat.client.thread(scene.chat.id).markRead(),
    ]
    await this.pick(actions)()
  }

  write(seat: Seat): void {
    if (seat.tab.isFrozen) return
    const text = `${seat.user}:${++this.#count}`
    seat.client.thread(this.scene.chat.id).send(text)
    this.written.set(text, seat.user)
  }

  writeBurst(seat: Seat): void {
    for (let times = 0; times < 4; times += 1) this.write(seat)
  }

  async crash(seat: Seat): Promise<void> {
    // What was written a moment ago is on its way to the disk.
    await settle()
    seat.tab.crash()
    Object.assign(seat, await this.scene.enter(seat.user))
  }

  async heal(): Promise<void> {
    const { server, clock } = this.scene
    Object.assign(server, { isMute: false, loseAcks: false, nextMessage: 'none', refuseWith: null })
    Object.assign(server, { rest: 'works', sockets: 'work' })
    for (const { tab } of this.seats) {
      tab.goOnline()
      tab.show()
    }
    await clock.advance(180_000)
    // A gap shows itself with the next event.
    server.say(asha, this.scene.chat.id, 'last')
    server.closeAll(1006)
    await clock.advance(180_000)
    for (const { client } of this.seats) client.thread(this.scene.chat.id).retain()
    await clock.advance(1_000)
  }

  async shown(seat: Seat): Promise<string[]> {
    const thread = seat.client.thread(this.scene.chat.id)
    while (thread.timeline.getSnapshot().hasOlder) await thread.loadOlder()
    return thread.timeline.getSnapshot().messages.map((message) => {
      const isStored = message.id !== null
      return isStored ? message.content : `${message.content} is ${message.status}`
    })
  }
}

const seeds = Number(process.env.SIMULATIONS ?? 40)

test(`${seeds} random histories: sent = stored = shown, on every screen`, async () => {
  for (let seed = 1; seed <= seeds; seed += 1) {
    const simulation = new Simulation(seed)
    await simulation.run(60)
    const { log, sessions } = simulation.scene.server
    const stored = [...log.messages.values()].map((message) => String(message.data.content))
    expect([...stored].sort(), `seed ${seed}: stored once`).toEqual(
      [...simulation.written.keys(), 'last'].sort(),
    )
    for (const seat of simulation.seats) {
      expect(await simulation.shown(seat), `seed ${seed}: shown`).toEqual(stored)
      expect(seat.client.connection.getSnapshot().status, `seed ${seed}`).toBe('connected')
    }
    expect(sessions.size, `seed ${seed}: one socket for each browser`).toBe(2)
  }
}, 120_000)
