import { IDBFactory } from 'fake-indexeddb'
import { expect, test } from 'vitest'
import { settle } from '../test/ManualClock'
import { asha, binod, Scene, statuses, texts } from '../test/scene'
import { indexedDbVault } from './vault'

test('what is written is there for the next page; undefined removes it', async () => {
  const factory = new IDBFactory()
  const vault = indexedDbVault('one', factory)
  await vault.write(
    new Map<string, unknown>([
      ['a', { n: 1 }],
      ['b', [2]],
    ]),
  )
  await vault.write(
    new Map<string, unknown>([
      ['a', undefined],
      ['c', 'three'],
    ]),
  )
  const again = await indexedDbVault('one', factory).load()
  expect([...again]).toEqual([
    ['b', [2]],
    ['c', 'three'],
  ])
  expect((await indexedDbVault('two', factory).load()).size).toBe(0)
})

test('what cannot be stored rejects and leaves nothing half written', async () => {
  const vault = indexedDbVault('one', new IDBFactory())
  const changes = new Map<string, unknown>([
    ['good', 1],
    ['bad', () => {}],
  ])
  await expect(vault.write(changes)).rejects.toThrow()
  expect((await vault.load()).size).toBe(0)
})

test('a client over IndexedDB: unsent messages and conversations survive a crash', async () => {
  const scene = new Scene()
  const factory = new IDBFactory()
  const open = () => {
    const tab = scene.browser(asha).openTab()
    const openVault = (name: string) => indexedDbVault(name, factory)
    const { client } = scene.open(asha, { environment: { ...tab.environment, openVault } })
    return { tab, client }
  }
  const { id } = scene.chat
  const first = open()
  first.client.start()
  await scene.clock.advance(100)
  scene.server.say(binod, id, 'hello')
  await scene.clock.advance(2_000)
  first.tab.goOffline()
  scene.server.closeAll(1006)
  await settle()
  first.client.thread(id).send('unsent')
  await settle()
  first.tab.crash()
  scene.server.sockets = 'blocked'
  const second = open()
  second.client.start()
  await scene.clock.advance(100)
  expect(statuses(second.client, id)).toEqual(['hello: sent', 'unsent: unknown'])
  scene.server.sockets = 'work'
  await scene.clock.advance(5_000)
  expect(texts(second.client, id)).toEqual(['hello', 'unsent'])
  expect(statuses(second.client, id)[1]).toBe('unsent: sent')
})

test.each(['rejects', 'hangs'])(
  'storage that %s costs the memory and nothing else',
  async (how) => {
    const scene = new Scene()
    const tab = scene.browser(asha).openTab()
    const broken = () =>
      how === 'hangs' ? new Promise<never>(() => {}) : Promise.reject(new Error('quota'))
    const openVault = () => ({ load: broken, write: broken })
    const environment = { ...tab.environment, openVault }
    const { client } = await scene.enter(asha, { environment })
    await scene.clock.advance(2_000)
    client.thread(scene.chat.id).send('hello')
    await settle()
    expect(statuses(client, scene.chat.id)).toEqual(['hello: sent'])
  },
)
