import { describe, expect, test } from 'vitest'
import { settle } from '../test/ManualClock'
import { asha, binod, Scene, statuses, texts } from '../test/scene'

/** A tab that connects and cannot fetch the rest of the program. */
async function enterWithoutParts() {
  const scene = new Scene()
  const a = scene.open(asha)
  a.tab.loadsParts = false
  a.client.start()
  await settle()
  const b = await scene.enter(binod)
  return { scene, id: scene.chat.id, a, b }
}

describe('the part that is not needed before the first message', () => {
  test('without it messages are shown, sent, received, resumed and kept', async () => {
    const { scene, id, a, b } = await enterWithoutParts()
    a.client.thread(id).retain()
    a.client.thread(id).send('one')
    b.client.thread(id).send('two')
    await settle()
    expect(texts(a.client, id)).toEqual(['one', 'two'])
    scene.server.sessionsOf(asha)[0]?.close(1006)
    scene.server.say(binod, id, 'three')
    await scene.clock.advance(2_000)
    expect(texts(a.client, id)).toEqual(['one', 'two', 'three'])
    a.tab.crash()
    scene.server.sockets = 'blocked'
    const again = scene.open(asha)
    again.tab.loadsParts = false
    again.client.start()
    await settle()
    expect(texts(again.client, id)).toEqual(['one', 'two', 'three'])
  })

  test('what needs it fails as a request does, and works when it comes', async () => {
    const { id, a } = await enterWithoutParts()
    a.client.thread(id).send('helo')
    await settle()
    const message = a.client.thread(id).timeline.getSnapshot().messages[0]?.id ?? 0
    await expect(a.client.thread(id).edit(message, 'hello')).rejects.toMatchObject({
      code: 'network',
      retryable: true,
    })
    a.tab.loadsParts = true
    await a.client.thread(id).edit(message, 'hello')
    expect(texts(a.client, id)).toEqual(['hello'])
  })

  test('an event that needs it is a gap until it comes, and nothing behind it is lost', async () => {
    const { scene, id, a } = await enterWithoutParts()
    const message = Number(scene.server.say(binod, id, 'first').id)
    await settle()
    scene.server.publish(scene.server.log.edit(binod, message, 'corrected'))
    scene.server.say(binod, id, 'second')
    await scene.clock.advance(10_000)
    expect(texts(a.client, id)).toEqual(['first'])
    expect(a.client.connection.getSnapshot().synced).toBe(false)
    a.tab.loadsParts = true
    await scene.clock.advance(40_000)
    expect(texts(a.client, id)).toEqual(['corrected', 'second'])
    expect(a.client.connection.getSnapshot().synced).toBe(true)
  })

  test('who is online, who types and what was read are told when it comes', async () => {
    const { scene, id, a, b } = await enterWithoutParts()
    b.client.thread(id).send('read me')
    await settle()
    a.client.thread(id).markRead()
    b.client.thread(id).keystroke()
    await settle()
    expect(a.client.presence.getSnapshot().size).toBe(0)
    a.tab.loadsParts = true
    a.client.thread(id).keystroke()
    await settle()
    expect(a.client.presence.getSnapshot().get(binod)?.is_online).toBe(true)
    expect(a.client.thread(id).typists.getSnapshot()).toMatchObject([{ user_id: binod }])
    await scene.clock.advance(2_000)
    expect(statuses(b.client, id)).toEqual(['read me: read'])
  })

  test('a following tab writes without it, and catches up when it comes', async () => {
    const scene = new Scene()
    const { id } = scene.chat
    const one = await scene.enter(asha)
    const two = scene.open(asha)
    two.tab.loadsParts = false
    two.client.start()
    await settle()
    two.client.thread(id).send('from two')
    scene.server.say(binod, id, 'hello')
    await scene.clock.advance(10_000)
    expect(texts(one.client, id).sort()).toEqual(['from two', 'hello'])
    two.tab.loadsParts = true
    scene.server.say(binod, id, 'more')
    await scene.clock.advance(10_000)
    expect(statuses(two.client, id)).toEqual(statuses(one.client, id))
    expect(texts(two.client, id)).toHaveLength(3)
    expect(scene.server.sessionsOf(asha)).toHaveLength(1)
    expect(scene.server.log.messages.size).toBe(3)
  })

  test('it is fetched once, after the first connection, and waits for API-only mode', async () => {
    const scene = new Scene()
    const a = await scene.enter(asha)
    a.tab.loadsParts = false
    scene.server.sockets = 'blocked'
    scene.server.closeAll(1006)
    await scene.clock.advance(30_000)
    expect(a.client.connection.getSnapshot().status).toBe('api_only')
  })
})
