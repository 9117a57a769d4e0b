import { expect, test } from 'vitest'
import { settle } from '../test/ManualClock'
import { asha, binod, Scene, statuses, texts } from '../test/scene'
import { FaultyNetwork } from './faults'

async function faulty() {
  const scene = new Scene()
  const network = new FaultyNetwork(scene.browser(asha).openTab().environment)
  const { client } = await scene.enter(asha, { environment: network.environment })
  return { scene, network, client, id: scene.chat.id }
}

test('cut: the connection is opened again and nothing is lost', async () => {
  const { scene, network, client, id } = await faulty()
  client.thread(id).send('on its way')
  network.cut()
  scene.server.say(binod, id, 'meanwhile')
  await settle()
  expect(client.connection.getSnapshot()).toMatchObject({ status: 'reconnecting', closeCode: 1006 })
  await scene.clock.advance(2_000)
  expect(texts(client, id).sort()).toEqual(['meanwhile', 'on its way'])
  expect(scene.server.sessionsOf(asha)).toHaveLength(1)
})

test('freeze: nothing passes, the silence is noticed, and thawing brings no old socket back', async () => {
  const { scene, network, client, id } = await faulty()
  network.set({ isFrozen: true })
  client.thread(id).send('held')
  scene.server.say(binod, id, 'held too')
  await scene.clock.advance(30_000)
  expect(texts(client, id)).toEqual(['held'])
  await scene.clock.advance(15_000)
  expect(client.connection.getSnapshot().status).toBe('reconnecting')
  network.set({ isFrozen: false })
  await scene.clock.advance(60_000)
  expect(texts(client, id).sort()).toEqual(['held', 'held too'])
  expect(scene.server.log.messages.size).toBe(2)
  expect(scene.server.sessionsOf(asha)).toHaveLength(1)
})

test('delay: frames arrive late and in order, also when the delay ends', async () => {
  const { scene, network, client, id } = await faulty()
  network.set({ delayMs: 2_000 })
  scene.server.say(binod, id, 'one')
  await settle()
  network.set({ delayMs: 0 })
  scene.server.say(binod, id, 'two')
  await scene.clock.advance(1_900)
  expect(texts(client, id)).toEqual([])
  await scene.clock.advance(200)
  expect(texts(client, id)).toEqual(['one', 'two'])
})

test('duplicate: every frame twice in both directions is everything once', async () => {
  const { scene, network, client, id } = await faulty()
  network.set({ isDuplicating: true })
  for (const text of ['one', 'two']) client.thread(id).send(text)
  scene.server.say(binod, id, 'three')
  await settle()
  expect(texts(client, id).sort()).toEqual(['one', 'three', 'two'])
  expect(scene.server.log.messages.size).toBe(3)
  expect(client.unread.getSnapshot()).toBe(1)
})

test('expired token: one renewal and the connection goes on', async () => {
  const { scene, network, client, id } = await faulty()
  network.expireToken()
  await settle()
  expect(client.connection.getSnapshot().status).toBe('connected')
  client.thread(id).send('hello')
  await settle()
  expect(statuses(client, id)).toEqual(['hello: sent'])
  expect(scene.server.connects).toBe(2)
})

test('blocked: API-only mode, and back', async () => {
  const { scene, network, client } = await faulty()
  network.set({ isBlocked: true })
  network.cut()
  await scene.clock.advance(30_000)
  expect(client.connection.getSnapshot().status).toBe('api_only')
  network.set({ isBlocked: false })
  await scene.clock.advance(40_000)
  expect(client.connection.getSnapshot().status).toBe('connected')
})
