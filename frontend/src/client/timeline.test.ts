import { describe, expect, test } from 'vitest'
import { settle } from '../test/ManualClock'
import { asha, binod, Scene, statuses, texts } from '../test/scene'

function messagesOf(client: Awaited<ReturnType<Scene['enter']>>['client'], id: number) {
  return client.thread(id).timeline.getSnapshot().messages
}

describe('receipts', () => {
  test('sent, delivered, read', async () => {
    const scene = new Scene()
    const { id } = scene.chat
    const a = await scene.enter(asha)
    a.client.thread(id).send('hello')
    await settle()
    expect(statuses(a.client, id)).toEqual(['hello: sent'])
    const b = await scene.enter(binod)
    await scene.clock.advance(1_500)
    expect(statuses(a.client, id)).toEqual(['hello: delivered'])
    scene.server.say(asha, id, 'again')
    await scene.clock.advance(1_500)
    expect(statuses(a.client, id)).toEqual(['hello: delivered', 'again: delivered'])
    b.client.thread(id).markRead()
    await settle()
    expect(statuses(a.client, id)).toEqual(['hello: read', 'again: read'])
  })

  test('a marker that comes late takes nothing back', async () => {
    const scene = new Scene()
    const { id } = scene.chat
    const a = await scene.enter(asha)
    a.client.thread(id).send('hello')
    await settle()
    scene.server.publish(scene.server.log.read(binod, scene.chat, 2))
    await settle()
    const late = { conversation_id: id, user_id: binod, up_to: 1 }
    scene.server.sendAll({ type: 'delivered', data: late })
    await settle()
    expect(statuses(a.client, id)).toEqual(['hello: read'])
  })

  test('in a group everybody counts', async () => {
    const scene = new Scene()
    const { log } = scene.server
    log.addPerson(3, 'Chandra')
    const group = log.addConversation([asha, binod, 3], 'Painting')
    const a = await scene.enter(asha)
    a.client.thread(group.id).send('hello')
    await settle()
    scene.server.publish(log.read(binod, group, 2))
    await settle()
    expect(statuses(a.client, group.id)).toEqual(['hello: sent'])
    scene.server.publish(log.read(3, group, 2))
    await settle()
    expect(statuses(a.client, group.id)).toEqual(['hello: read'])
  })

  test('a marker changes the messages it concerns and no others', async () => {
    const scene = new Scene()
    const { id } = scene.chat
    const a = await scene.enter(asha)
    for (const text of ['one', 'two']) a.client.thread(id).send(text)
    await settle()
    scene.server.publish(scene.server.log.read(binod, scene.chat, 2))
    await settle()
    const [one, two] = messagesOf(a.client, id)
    scene.server.publish(scene.server.log.read(binod, scene.chat, 4))
    await settle()
    const [oneLater, twoLater] = messagesOf(a.client, id)
    expect(oneLater).toBe(one)
    expect(twoLater).not.toBe(two)
  })
})

test('the timeline is the same object until something of it has changed', async () => {
  const scene = new Scene()
  const { id } = scene.chat
  const a = await scene.enter(asha)
  scene.server.say(binod, id, 'hello')
  await settle()
  const before = a.client.thread(id).timeline.getSnapshot()
  await a.client.pin(id)
  scene.server.publish(scene.server.log.read(binod, scene.chat, 2))
  await settle()
  expect(a.client.thread(id).timeline.getSnapshot()).toBe(before)
})

describe('unread (M-11)', () => {
  test('counts messages of others after the marker, and goes back when they are deleted', async () => {
    const scene = new Scene()
    const { id } = scene.chat
    const a = await scene.enter(asha)
    const first = Number(scene.server.say(binod, id, 'one').id)
    scene.server.say(binod, id, 'two')
    a.client.thread(id).send('mine')
    await settle()
    expect(a.client.unread.getSnapshot()).toBe(2)
    scene.server.publish(scene.server.log.delete(binod, first, 'all'))
    await settle()
    expect(a.client.unread.getSnapshot()).toBe(1)
    a.client.thread(id).markRead()
    expect(a.client.unread.getSnapshot()).toBe(0)
    await settle()
    expect(scene.server.log.unread(scene.chat, asha)).toBe(0)
  })

  test('a marker of another device that comes late takes nothing back', async () => {
    const scene = new Scene()
    const { id } = scene.chat
    const a = await scene.enter(asha)
    for (const text of ['one', 'two']) scene.server.say(binod, id, text)
    await settle()
    scene.server.rest = 'fails'
    a.client.thread(id).markRead()
    scene.server.publish(scene.server.log.read(asha, scene.chat, 2))
    await settle()
    expect(a.client.unread.getSnapshot()).toBe(0)
  })

  test('reading is sent again until it has arrived', async () => {
    const scene = new Scene()
    const { id } = scene.chat
    const a = await scene.enter(asha)
    scene.server.say(binod, id, 'one')
    await settle()
    scene.server.rest = 'fails'
    a.client.thread(id).markRead()
    await scene.clock.advance(7_000)
    expect(scene.server.log.unread(scene.chat, asha)).toBe(1)
    scene.server.rest = 'works'
    await scene.clock.advance(7_000)
    expect(scene.server.log.unread(scene.chat, asha)).toBe(0)
    scene.server.requests.length = 0
    a.client.thread(id).markRead()
    await scene.clock.advance(60_000)
    expect(scene.server.requests).toEqual([])
  })

  test('the server counts what is not loaded here', async () => {
    const scene = new Scene()
    const a = await scene.enter(asha)
    scene.server.sendAll({
      type: 'unread',
      data: { conversation_id: scene.chat.id, count: 3, total: 10 },
    })
    await settle()
    expect(a.client.unread.getSnapshot()).toBe(10)
    expect(a.client.conversations.getSnapshot().conversations[0]?.unread_count).toBe(3)
  })
})

describe('changes', () => {
  test('an edit shows at once, and is taken back when it is refused', async () => {
    const scene = new Scene()
    const { id } = scene.chat
    const a = await scene.enter(asha)
    a.client.thread(id).send('helo')
    await settle()
    const messageId = messagesOf(a.client, id)[0]?.id ?? 0
    const edit = a.client.thread(id).edit(messageId, 'hello')
    expect(texts(a.client, id)).toEqual(['hello'])
    await edit
    await settle()
    expect(messagesOf(a.client, id)[0]).toMatchObject({ content: 'hello', rev: 1 })
    scene.server.rest = 'fails'
    await expect(a.client.thread(id).edit(messageId, 'lost')).rejects.toThrow('cannot be reached')
    expect(texts(a.client, id)).toEqual(['hello'])
  })

  test('a reaction shows at once, is a set, and is taken back when it is refused (M-8)', async () => {
    const scene = new Scene()
    const { id } = scene.chat
    const a = await scene.enter(asha)
    const messageId = Number(scene.server.say(binod, id, 'hello').id)
    await settle()
    const reactions = () => messagesOf(a.client, id)[0]?.reactions
    const thread = a.client.thread(id)
    const first = thread.react(messageId, '👍', 'add')
    expect(reactions()).toEqual([{ emoji: '👍', user_ids: [asha] }])
    await Promise.all([first, thread.react(messageId, '👍', 'add')])
    await settle()
    expect(reactions()).toEqual([{ emoji: '👍', user_ids: [asha] }])
    scene.server.rest = 'fails'
    await expect(thread.react(messageId, '👍', 'remove')).rejects.toThrow('cannot be reached')
    expect(reactions()).toEqual([{ emoji: '👍', user_ids: [asha] }])
    scene.server.rest = 'works'
    await thread.react(messageId, '👍', 'remove')
    await settle()
    expect(reactions()).toEqual([])
  })

  test('deleted for everyone leaves a mark, deleted for me leaves nothing (M-7)', async () => {
    const scene = new Scene()
    const { id } = scene.chat
    const a = await scene.enter(asha)
    const b = await scene.enter(binod)
    a.client.thread(id).send('secret')
    await settle()
    scene.server.say(binod, id, 'noise')
    await settle()
    const [secret, noise] = messagesOf(a.client, id)
    await a.client.thread(id).remove(secret?.id ?? 0, 'all')
    await a.client.thread(id).remove(noise?.id ?? 0, 'me')
    await settle()
    expect(messagesOf(a.client, id)).toHaveLength(1)
    expect(messagesOf(a.client, id)[0]).toMatchObject({ content: '', is_deleted: true })
    expect(texts(b.client, id)).toEqual(['', 'noise'])
    expect(a.client.conversations.getSnapshot().conversations[0]?.last_message_preview).toBe('')
  })

  test('an older revision does not undo a newer one', async () => {
    const scene = new Scene()
    const { id } = scene.chat
    const b = await scene.enter(binod)
    const messageId = Number(scene.server.say(asha, id, 'one').id)
    scene.server.publish(scene.server.log.edit(asha, messageId, 'two'))
    await settle()
    const stale = scene.server.log.edit(asha, messageId, 'stale')
    stale.frame.data.rev = 1
    scene.server.publish(stale)
    await settle()
    expect(texts(b.client, id)).toEqual(['two'])
  })
})

describe('history', () => {
  async function longConversation(length: number) {
    const scene = new Scene()
    for (let n = 0; n < length; n += 1) scene.server.say(binod, scene.chat.id, `${n}`)
    const a = await scene.enter(asha)
    return { scene, id: scene.chat.id, a }
  }

  test('pages back to the first message without a hole or a repetition', async () => {
    const { id, a } = await longConversation(375)
    const thread = a.client.thread(id)
    expect(texts(a.client, id)).toHaveLength(20)
    let pages = 0
    while (thread.timeline.getSnapshot().hasOlder) {
      await thread.loadOlder()
      pages += 1
    }
    expect(texts(a.client, id)).toEqual(Array.from({ length: 375 }, (_, n) => `${n}`))
    expect(pages).toBe(4)
  })

  test('what changes while a page is read is not lost', async () => {
    const { scene, id, a } = await longConversation(60)
    const { log } = scene.server
    const old = [...log.messages.keys()][10] ?? 0
    const loading = a.client.thread(id).loadOlder()
    // The page has been taken from the store by now and is on its way.
    await Promise.resolve()
    await Promise.resolve()
    await Promise.resolve()
    scene.server.publish(log.react(asha, old, '👍', 'add'))
    scene.server.publish(log.edit(binod, old, 'corrected'))
    scene.server.say(binod, id, 'new')
    await loading
    await settle()
    const message = messagesOf(a.client, id).find((found) => found.id === old)
    expect(message).toMatchObject({ content: 'corrected' })
    expect(message?.reactions).toEqual([{ emoji: '👍', user_ids: [asha] }])
    expect(texts(a.client, id).at(-1)).toBe('new')
  })

  test('asking twice is one request, and a failure can be tried again', async () => {
    const { scene, id, a } = await longConversation(60)
    const thread = a.client.thread(id)
    scene.server.rest = 'fails'
    const both = [thread.loadOlder(), thread.loadOlder()]
    expect(thread.timeline.getSnapshot().isLoading).toBe(true)
    await Promise.all(both)
    expect(thread.timeline.getSnapshot()).toMatchObject({
      isLoading: false,
      error: { code: 'network' },
    })
    scene.server.rest = 'works'
    scene.server.requests.length = 0
    await Promise.all([thread.loadOlder(), thread.loadOlder()])
    expect(scene.server.requests).toHaveLength(1)
    expect(texts(a.client, id)).toHaveLength(60)
    expect(thread.timeline.getSnapshot().error).toBeNull()
  })

  test('a conversation nobody looks at is trimmed', async () => {
    const { id, a } = await longConversation(175)
    const thread = a.client.thread(id)
    const release = thread.retain()
    while (thread.timeline.getSnapshot().hasOlder) await thread.loadOlder()
    release()
    expect(texts(a.client, id)).toHaveLength(50)
    expect(thread.timeline.getSnapshot().hasOlder).toBe(true)
  })

  test('a foreign conversation is an error and not a loading screen for ever', async () => {
    const scene = new Scene()
    const foreign = scene.server.log.addConversation([binod, 3])
    const a = await scene.enter(asha)
    a.client.thread(foreign.id).retain()
    expect(a.client.thread(foreign.id).timeline.getSnapshot().isLoading).toBe(true)
    await settle()
    expect(a.client.thread(foreign.id).timeline.getSnapshot()).toMatchObject({
      isLoading: false,
      error: { code: 'not_found', retryable: false },
    })
  })
})

describe('the list of conversations', () => {
  test('pinned first, then newest activity; personal flags are told to other devices', async () => {
    const scene = new Scene()
    const second = scene.server.log.addConversation([asha, binod])
    const a = await scene.enter(asha)
    scene.browser(asha).supportsTabs = false
    const other = await scene.enter(asha)
    await scene.clock.advance(1_000)
    scene.server.say(binod, second.id, 'newest')
    await settle()
    const order = (client: typeof a.client) =>
      client.conversations.getSnapshot().conversations.map((conversation) => conversation.id)
    expect(order(a.client)).toEqual([second.id, scene.chat.id])
    await a.client.pin(scene.chat.id)
    await a.client.archive(second.id)
    await settle()
    expect(order(a.client)).toEqual([scene.chat.id, second.id])
    expect(order(other.client)).toEqual([scene.chat.id, second.id])
    expect(other.client.conversations.getSnapshot().conversations[1]?.is_archived).toBe(true)
  })

  test('a refused flag is taken back', async () => {
    const scene = new Scene()
    const a = await scene.enter(asha)
    scene.server.rest = 'fails'
    const pin = a.client.pin(scene.chat.id)
    expect(a.client.conversations.getSnapshot().conversations[0]?.is_pinned).toBe(true)
    await expect(pin).rejects.toThrow()
    expect(a.client.conversations.getSnapshot().conversations[0]?.is_pinned).toBe(false)
  })

  test('removing a conversation removes it on every device; a new message brings it back', async () => {
    const scene = new Scene()
    const { id } = scene.chat
    const a = await scene.enter(asha)
    await a.client.remove(id)
    await settle()
    expect(a.client.conversations.getSnapshot().conversations).toEqual([])
    scene.chat.flags.clear()
    scene.server.say(binod, id, 'are you there?')
    await settle()
    expect(texts(a.client, id)).toEqual(['are you there?'])
  })

  test('more conversations come by the page, after a restart as well', async () => {
    const scene = new Scene()
    for (let n = 0; n < 70; n += 1) {
      const { id } = scene.server.log.addConversation([asha, binod])
      scene.server.say(binod, id, `${n}`)
    }
    const a = await scene.enter(asha)
    const count = (client: typeof a.client) =>
      client.conversations.getSnapshot().conversations.length
    expect(count(a.client)).toBe(30)
    await a.client.loadMore()
    expect(count(a.client)).toBe(60)
    await scene.clock.advance(1_000)
    a.tab.crash()
    const again = await scene.enter(asha)
    expect(count(again.client)).toBe(60)
    while (again.client.conversations.getSnapshot().hasMore) await again.client.loadMore()
    expect(count(again.client)).toBe(71)
  })

  test('a storm of messages is shown in parts, and an own message does not wait for it', async () => {
    const scene = new Scene()
    const { id } = scene.chat
    const a = await scene.enter(asha)
    let changes = 0
    const stop = a.client.thread(id).timeline.subscribe(() => (changes += 1))
    for (let n = 0; n < 300; n += 1) scene.server.say(binod, id, `${n}`)
    await settle()
    expect(changes).toBeLessThan(10)
    const before = changes
    a.client.thread(id).send('mine')
    expect(changes).toBeGreaterThan(before)
    expect(texts(a.client, id)).toHaveLength(301)
    await scene.clock.advance(50)
    expect(statuses(a.client, id).at(-1)).toBe('mine: sent')
    stop()
    await scene.clock.advance(200)
    for (let n = 0; n < 5; n += 1) {
      scene.server.say(binod, id, 'one by one')
      await settle()
      expect(texts(a.client, id)).toHaveLength(302 + n)
      await scene.clock.advance(200)
    }
  })

  test('a list that is complete says so after a reload as well', async () => {
    const scene = new Scene()
    const a = await scene.enter(asha)
    expect(a.client.conversations.getSnapshot().hasMore).toBe(false)
    await scene.clock.advance(1_000)
    a.tab.crash()
    const again = await scene.enter(asha)
    expect(again.client.conversations.getSnapshot()).toMatchObject({
      conversations: [{ id: scene.chat.id }],
      hasMore: false,
    })
  })

  test('contacting a provider opens the thread, and a repetition is the same message', async () => {
    const scene = new Scene()
    scene.server.log.addPerson(9, 'Dolma', 'provider')
    const a = await scene.enter(asha)
    const request = { serviceId: 1, providerId: 9, text: 'Are you free on Monday?' }
    const id = await a.client.startConversation(request, 'same-key')
    expect(await a.client.startConversation(request, 'same-key')).toBe(id)
    await settle()
    expect(texts(a.client, id)).toEqual(['Are you free on Monday?'])
  })
})
