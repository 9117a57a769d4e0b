import { describe, expect, test } from 'vitest'
import { Refusal } from '../test/FakeLog'
import { settle } from '../test/ManualClock'
import { asha, binod, Scene, statuses, texts } from '../test/scene'
import { outboxEntriesMax } from './outbox'

function failed(client: Parameters<typeof statuses>[0], id: number) {
  const { messages } = client.thread(id).timeline.getSnapshot()
  return messages.find((message) => message.status === 'failed')
}

describe('offline', () => {
  test('what is written offline goes out in order when the network is back', async () => {
    const scene = new Scene()
    const { id } = scene.chat
    const a = await scene.enter(asha)
    const b = await scene.enter(binod)
    a.tab.goOffline()
    scene.server.sessionsOf(asha)[0]?.close(1006)
    await settle()
    for (const text of ['one', 'two', 'three']) a.client.thread(id).send(text)
    await scene.clock.advance(60_000)
    expect(statuses(a.client, id)).toEqual(['one: queued', 'two: queued', 'three: queued'])
    a.tab.goOnline()
    await settle()
    await settle()
    expect(texts(b.client, id)).toEqual(['one', 'two', 'three'])
    expect(statuses(a.client, id)).toEqual(['one: sent', 'two: sent', 'three: sent'])
  })

  test('it survives a crash and is sent by the next page, in order and once', async () => {
    const scene = new Scene()
    const { id } = scene.chat
    const a = await scene.enter(asha)
    a.tab.goOffline()
    scene.server.closeAll(1006)
    await settle()
    const written = Array.from({ length: 12 }, (_, n) => `message ${n}`)
    for (const text of written) a.client.thread(id).send(text)
    await settle()
    a.tab.crash()
    const again = await scene.enter(asha)
    await scene.clock.advance(5_000)
    expect(texts(again.client, id)).toEqual(written)
    expect(scene.server.log.messages.size).toBe(12)
    again.tab.crash()
    const third = await scene.enter(asha)
    await scene.clock.advance(5_000)
    expect(texts(third.client, id)).toEqual(written)
    expect(scene.server.log.messages.size).toBe(12)
  })

  test('a crash between commit and answer does not double the message', async () => {
    const scene = new Scene()
    const { id } = scene.chat
    const a = await scene.enter(asha)
    scene.server.loseAcks = true
    a.client.thread(id).send('hello')
    await settle()
    a.tab.crash()
    scene.server.loseAcks = false
    const again = await scene.enter(asha)
    await settle()
    expect(statuses(again.client, id)).toEqual(['hello: sent'])
    expect(scene.server.log.messages.size).toBe(1)
    expect(
      [...scene.browser(asha).storage.values()].flatMap((kept) => [...kept.keys()]),
    ).not.toContain('o:hello')
  })

  test('the list is bounded and says so', async () => {
    const scene = new Scene()
    const { client } = scene.open(asha)
    const thread = client.thread(scene.chat.id)
    for (let n = 0; n < outboxEntriesMax; n += 1) thread.send(`${n}`)
    expect(() => thread.send('one too many')).toThrow('Too many messages wait')
  })
})

describe('refusals', () => {
  test('a final refusal fails the message, keeps it, and does not hold up the next', async () => {
    const scene = new Scene()
    const { id } = scene.chat
    const a = await scene.enter(asha)
    const thread = a.client.thread(id)
    thread.send('x'.repeat(5_001))
    thread.send('next')
    await settle()
    expect(failed(a.client, id)?.error).toMatchObject({ code: 'too_large', field: 'content' })
    expect(texts(a.client, id)[0]).toBe('next')
    a.tab.crash()
    const again = await scene.enter(asha)
    await settle()
    expect(failed(again.client, id)?.content).toHaveLength(5_001)
    again.client.thread(id).discard(failed(again.client, id)?.key ?? '')
    expect(texts(again.client, id)).toEqual(['next'])
    await scene.clock.advance(1_000)
    again.tab.crash()
    const third = await scene.enter(asha)
    expect(texts(third.client, id)).toEqual(['next'])
  })

  test('a message of another person with the same key settles nothing of mine', async () => {
    const scene = new Scene()
    const { id } = scene.chat
    const a = await scene.enter(asha)
    scene.chat.isActive = false
    const client_msg_id = a.client.thread(id).send('mine')
    await settle()
    scene.chat.isActive = true
    const { event } = scene.server.log.post(binod, {
      conversation_id: id,
      content: 'theirs',
      client_msg_id,
    })
    scene.server.publish(event)
    await settle()
    expect(statuses(a.client, id)).toEqual(['theirs: sent', 'mine: failed'])
    const keys = a.client
      .thread(id)
      .timeline.getSnapshot()
      .messages.map(({ key }) => key)
    expect(new Set(keys).size).toBe(2)
  })

  test('retry sends a failed message again', async () => {
    const scene = new Scene()
    const { id } = scene.chat
    const a = await scene.enter(asha)
    scene.chat.isActive = false
    const key = a.client.thread(id).send('hello')
    await settle()
    expect(failed(a.client, id)?.error?.code).toBe('conversation_closed')
    scene.chat.isActive = true
    a.client.thread(id).retry(key)
    await settle()
    expect(statuses(a.client, id)).toEqual(['hello: sent'])
  })

  test.each(['rate_limited', 'unavailable', 'internal'])(
    '%s is repeated with the same key, and order holds',
    async (code) => {
      const scene = new Scene()
      const { id } = scene.chat
      const a = await scene.enter(asha)
      scene.server.refuseWith = new Refusal(code, 503, { retry_after_ms: 3_000 })
      a.client.thread(id).send('first')
      a.client.thread(id).send('second')
      await scene.clock.advance(2_500)
      expect(statuses(a.client, id)).toEqual(['first: queued', 'second: queued'])
      scene.server.refuseWith = null
      await scene.clock.advance(1_000)
      expect(statuses(a.client, id)).toEqual(['first: sent', 'second: sent'])
    },
  )

  test('what is refused ten times waits for the person', async () => {
    const scene = new Scene()
    const a = await scene.enter(asha)
    scene.server.refuseWith = new Refusal('internal', 500)
    a.client.thread(scene.chat.id).send('hello')
    await scene.clock.advance(300_000)
    expect(statuses(a.client, scene.chat.id)).toEqual(['hello: failed'])
  })

  test('a stuck conversation does not stop another one', async () => {
    const scene = new Scene()
    const other = scene.server.log.addConversation([asha, binod])
    const a = await scene.enter(asha)
    scene.server.loseAcks = true
    a.client.thread(scene.chat.id).send('stuck')
    await settle()
    scene.server.loseAcks = false
    a.client.thread(other.id).send('free')
    await settle()
    expect(statuses(a.client, other.id)).toEqual(['free: sent'])
    expect(statuses(a.client, scene.chat.id)).toEqual(['stuck: sending'])
  })
})

test('one message of a conversation is in flight at a time', async () => {
  const scene = new Scene()
  const a = await scene.enter(asha)
  scene.server.loseAcks = true
  for (const text of ['a', 'b', 'c']) a.client.thread(scene.chat.id).send(text)
  await settle()
  expect(statuses(a.client, scene.chat.id)).toEqual(['a: sending', 'b: queued', 'c: queued'])
})

test('a message keeps its key and its place from optimistic to confirmed', async () => {
  const scene = new Scene()
  const { id } = scene.chat
  const a = await scene.enter(asha)
  const seen: string[][] = []
  const { timeline } = a.client.thread(id)
  timeline.subscribe(() => seen.push(timeline.getSnapshot().messages.map((message) => message.key)))
  const key = a.client.thread(id).send('hello')
  await settle()
  expect(seen.length).toBeGreaterThan(1)
  for (const keys of seen) expect(keys).toEqual([key])
})
