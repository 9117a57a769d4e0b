import { describe, expect, test } from 'vitest'
import { settle } from '../test/ManualClock'
import { asha, binod, Scene, statuses, texts } from '../test/scene'
import type { ChatClient } from './ChatClient'

function leads(client: ChatClient): boolean {
  return client.connection.getSnapshot().isLeader
}

describe('tabs of one browser', () => {
  test('two tabs have one socket, and both see everything', async () => {
    const scene = new Scene()
    const { id } = scene.chat
    const one = await scene.enter(asha)
    const two = await scene.enter(asha)
    expect(scene.server.sessionsOf(asha)).toHaveLength(1)
    expect([leads(one.client), leads(two.client)]).toEqual([true, false])
    expect(two.client.connection.getSnapshot().status).toBe('connected')
    scene.server.say(binod, id, 'hello')
    await settle()
    expect(texts(one.client, id)).toEqual(['hello'])
    expect(texts(two.client, id)).toEqual(['hello'])
    expect(two.client.unread.getSnapshot()).toBe(1)
  })

  test('a message of a following tab is on both screens before the answer', async () => {
    const scene = new Scene()
    const { id } = scene.chat
    const one = await scene.enter(asha)
    const two = await scene.enter(asha)
    scene.server.loseAcks = true
    two.client.thread(id).send('from the second tab')
    expect(texts(two.client, id)).toEqual(['from the second tab'])
    await settle()
    expect(statuses(one.client, id)).toEqual(['from the second tab: sending'])
    expect(statuses(two.client, id)).toEqual(['from the second tab: sending'])
    scene.server.loseAcks = false
    await scene.clock.advance(16_000)
    expect(statuses(one.client, id)).toEqual(['from the second tab: sent'])
    expect(statuses(two.client, id)).toEqual(['from the second tab: sent'])
    expect(scene.server.requests.filter((request) => request.includes('/events/'))).toEqual([])
  })

  test('the leader closes: the next tab takes over and goes on from its own position', async () => {
    const scene = new Scene()
    const { id } = scene.chat
    const one = await scene.enter(asha)
    const two = await scene.enter(asha)
    scene.server.say(binod, id, 'before')
    await settle()
    one.tab.crash()
    scene.server.say(binod, id, 'in between')
    await settle()
    expect(leads(two.client)).toBe(true)
    expect(texts(two.client, id)).toEqual(['before', 'in between'])
    expect(scene.server.sessionsOf(asha)).toHaveLength(1)
    const [session] = scene.server.sessionsOf(asha)
    expect(session?.url.searchParams.get('since')).toMatch(/^e1:/)
  })

  test('the leader crashes in the middle of sending: the message is there once', async () => {
    const scene = new Scene()
    const { id } = scene.chat
    const one = await scene.enter(asha)
    const two = await scene.enter(asha)
    scene.server.loseAcks = true
    one.client.thread(id).send('of the leader')
    two.client.thread(id).send('of the follower')
    await settle()
    one.tab.crash()
    scene.server.loseAcks = false
    await scene.clock.advance(3_000)
    expect(statuses(two.client, id)).toEqual(['of the leader: sent', 'of the follower: sent'])
    expect(scene.server.log.messages.size).toBe(2)
  })

  test('a message that the leader never took is handed to the next one', async () => {
    const scene = new Scene()
    const { id } = scene.chat
    const one = await scene.enter(asha)
    const two = await scene.enter(asha)
    const three = await scene.enter(asha)
    one.tab.freeze()
    three.client.thread(id).send('hello')
    await settle()
    one.tab.crash()
    await scene.clock.advance(3_000)
    expect(leads(two.client)).toBe(true)
    expect(statuses(three.client, id)).toEqual(['hello: sent'])
    expect(scene.server.log.messages.size).toBe(1)
  })

  test('without storage, a message that the leader never took is handed on as well', async () => {
    const scene = new Scene()
    scene.browser(asha).supportsStorage = false
    const one = await scene.enter(asha)
    await scene.enter(asha)
    const three = await scene.enter(asha)
    one.tab.freeze()
    three.client.thread(scene.chat.id).send('hello')
    await settle()
    one.tab.crash()
    await scene.clock.advance(3_000)
    expect(statuses(three.client, scene.chat.id)).toEqual(['hello: sent'])
  })

  test('a leader that does not take a message is replaced by the tab that has written it', async () => {
    const scene = new Scene()
    const one = await scene.enter(asha)
    const two = await scene.enter(asha)
    one.tab.freeze()
    two.client.thread(scene.chat.id).send('hello')
    await scene.clock.advance(3_500)
    expect(statuses(two.client, scene.chat.id)).toEqual(['hello: queued'])
    await scene.clock.advance(1_000)
    expect(statuses(two.client, scene.chat.id)).toEqual(['hello: sent'])
    expect(leads(two.client)).toBe(true)
  })

  test('a frozen leader loses the lead to a tab that somebody looks at, and follows later', async () => {
    const scene = new Scene()
    const { id } = scene.chat
    const one = await scene.enter(asha)
    const two = await scene.enter(asha)
    two.tab.hide()
    one.tab.hide()
    one.tab.freeze()
    scene.server.say(binod, id, 'while frozen')
    two.tab.show()
    await scene.clock.advance(5_000)
    expect(leads(two.client)).toBe(true)
    expect(texts(two.client, id)).toEqual(['while frozen'])
    one.tab.show()
    await scene.clock.advance(5_000)
    expect(leads(one.client)).toBe(false)
    expect(one.client.connection.getSnapshot().status).toBe('connected')
    expect(texts(one.client, id)).toEqual(['while frozen'])
    expect(scene.server.sessionsOf(asha)).toHaveLength(1)
  })

  test('an awake leader is not robbed', async () => {
    const scene = new Scene()
    const one = await scene.enter(asha)
    const two = await scene.enter(asha)
    for (let times = 0; times < 5; times += 1) {
      two.tab.hide()
      two.tab.show()
      await scene.clock.advance(10_000)
    }
    expect(leads(one.client)).toBe(true)
    expect(scene.server.connects).toBe(1)
  })

  test('a tab that is opened late knows what the leader knows', async () => {
    const scene = new Scene()
    const { id } = scene.chat
    await scene.enter(asha)
    scene.server.say(binod, id, 'not saved yet')
    await settle()
    const two = await scene.enter(asha)
    expect(texts(two.client, id)).toEqual(['not saved yet'])
    scene.server.say(binod, id, 'live')
    await settle()
    expect(texts(two.client, id)).toEqual(['not saved yet', 'live'])
  })

  test('a hidden leader goes on trying while another tab is looked at', async () => {
    const scene = new Scene()
    const one = await scene.enter(asha)
    const two = await scene.enter(asha)
    one.tab.hide()
    scene.server.sockets = 'blocked'
    scene.server.rest = 'fails'
    scene.server.closeAll(1001)
    await scene.clock.advance(20_000)
    expect(two.client.connection.getSnapshot().status).toBe('reconnecting')
    two.tab.hide()
    await scene.clock.advance(60_000)
    const tried = scene.server.connects
    await scene.clock.advance(600_000)
    expect(scene.server.connects).toBe(tried)
    scene.server.sockets = 'work'
    two.tab.show()
    await settle()
    expect(two.client.connection.getSnapshot().status).toBe('connected')
    expect(leads(one.client)).toBe(true)
  })

  test('without locks every tab has its own connection', async () => {
    const scene = new Scene()
    scene.browser(asha).supportsTabs = false
    const one = await scene.enter(asha)
    const two = await scene.enter(asha)
    expect([leads(one.client), leads(two.client)]).toEqual([true, true])
    expect(scene.server.sessionsOf(asha)).toHaveLength(2)
    one.client.thread(scene.chat.id).send('hello')
    await settle()
    expect(texts(two.client, scene.chat.id)).toEqual(['hello'])
  })

  test('edits, reactions and read markers of one tab are on the other', async () => {
    const scene = new Scene()
    const { id } = scene.chat
    const one = await scene.enter(asha)
    const two = await scene.enter(asha)
    const message = Number(scene.server.say(binod, id, 'hello').id)
    await settle()
    await two.client.thread(id).react(message, '🎉', 'add')
    two.client.thread(id).markRead()
    await settle()
    expect(one.client.unread.getSnapshot()).toBe(0)
    const [shown] = one.client.thread(id).timeline.getSnapshot().messages
    expect(shown?.reactions).toEqual([{ emoji: '🎉', user_ids: [asha] }])
  })
})
