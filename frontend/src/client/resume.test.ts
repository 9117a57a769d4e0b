import { describe, expect, test } from 'vitest'
import { settle } from '../test/ManualClock'
import { asha, binod, Scene, statuses, texts } from '../test/scene'

describe('a message whose connection ends in the middle', () => {
  test.each(['lose answer', 'lose request'] as const)(
    '%s: it is repeated with the same key and is there once (M-2)',
    async (fault) => {
      const scene = new Scene()
      const a = await scene.enter(asha)
      const b = await scene.enter(binod)
      const { id } = scene.chat
      scene.server.nextMessage = fault
      const key = a.client.thread(id).send('once')
      await settle()
      expect(statuses(a.client, id)).toEqual(['once: unknown'])
      a.client.thread(id).send('twice')
      await scene.clock.advance(2_000)
      expect(statuses(a.client, id)).toEqual(['once: delivered', 'twice: delivered'])
      expect(texts(b.client, id)).toEqual(['once', 'twice'])
      const [message] = a.client.thread(id).timeline.getSnapshot().messages
      expect(message?.key).toBe(key)
      expect(scene.server.log.messages.size).toBe(2)
    },
  )

  test('no answer although the connection lives: asked again with the same key', async () => {
    const scene = new Scene()
    const a = await scene.enter(asha)
    const { id } = scene.chat
    scene.server.loseAcks = true
    a.client.thread(id).send('hello')
    await scene.clock.advance(14_000)
    expect(statuses(a.client, id)).toEqual(['hello: sending'])
    scene.server.loseAcks = false
    await scene.clock.advance(2_000)
    expect(statuses(a.client, id)).toEqual(['hello: sent'])
    expect(scene.server.log.messages.size).toBe(1)
  })
})

describe('gaps (R-1)', () => {
  test('events that got lost on the way are read by REST, in order', async () => {
    const scene = new Scene()
    const b = await scene.enter(binod)
    const { id } = scene.chat
    scene.server.isMute = true
    scene.server.say(asha, id, 'lost 1')
    scene.server.say(asha, id, 'lost 2')
    scene.server.isMute = false
    scene.server.say(asha, id, 'heard')
    await settle()
    expect(texts(b.client, id)).toEqual(['lost 1', 'lost 2', 'heard'])
    const events = scene.server.requests.filter((request) => request.includes('/events/'))
    expect(events).toEqual([`GET /api/messaging/conversations/${id}/events/?after=1&limit=500`])
  })

  test('a frame that comes twice changes nothing', async () => {
    const scene = new Scene()
    const b = await scene.enter(binod)
    const { id } = scene.chat
    scene.server.say(asha, id, 'once')
    const event = scene.chat.events.at(-1)
    for (let times = 0; times < 3; times += 1) scene.server.publish(event)
    await settle()
    expect(texts(b.client, id)).toEqual(['once'])
    expect(b.client.unread.getSnapshot()).toBe(1)
    expect(scene.server.requests.filter((request) => request.includes('/events/'))).toEqual([])
  })

  test('REST fails: the gap stays, the cursor waits for it, and it is filled later', async () => {
    const scene = new Scene()
    const b = await scene.enter(binod)
    const { id } = scene.chat
    const before = scene.server.log.pos
    scene.server.isMute = true
    scene.server.say(asha, id, 'lost')
    scene.server.isMute = false
    scene.server.rest = 'fails'
    scene.server.say(asha, id, 'heard')
    await scene.clock.advance(10_000)
    expect(texts(b.client, id)).toEqual([])
    expect(b.client.connection.getSnapshot().synced).toBe(false)
    scene.server.closeAll(1006)
    scene.server.rest = 'works'
    await scene.clock.advance(1_000)
    const [session] = scene.server.sessionsOf(binod)
    expect(session?.url.searchParams.get('since')).toBe(`e1:${before}`)
    expect(texts(b.client, id)).toEqual(['lost', 'heard'])
    await scene.clock.advance(60_000)
    expect(b.client.connection.getSnapshot().synced).toBe(true)
  })

  test('a gap whose events have left the log is replaced by the newest page (R-6)', async () => {
    const scene = new Scene()
    const b = await scene.enter(binod)
    const { id } = scene.chat
    scene.server.say(asha, id, 'seen')
    await settle()
    scene.server.isMute = true
    scene.server.say(asha, id, 'lost')
    scene.server.log.expire()
    scene.server.isMute = false
    scene.server.say(asha, id, 'heard')
    await settle()
    expect(texts(b.client, id)).toEqual(['seen', 'lost', 'heard'])
  })
})

describe('resume', () => {
  test('missed events of every kind are replayed and applied (R-3)', async () => {
    const scene = new Scene()
    const { log } = scene.server
    const { id } = scene.chat
    const b = await scene.enter(binod)
    const first = Number(scene.server.say(asha, id, 'first').id)
    const second = Number(scene.server.say(asha, id, 'second').id)
    await settle()
    scene.server.sockets = 'blocked'
    scene.server.closeAll(1006)
    await settle()
    log.edit(asha, first, 'first, corrected')
    log.delete(asha, second, 'all')
    log.react(asha, first, '👍', 'add')
    scene.server.say(asha, id, 'third')
    scene.server.sockets = 'work'
    await scene.clock.advance(5_000)
    const [one, two, three] = b.client.thread(id).timeline.getSnapshot().messages
    expect(one).toMatchObject({ content: 'first, corrected', rev: 1 })
    expect(one?.reactions).toEqual([{ emoji: '👍', user_ids: [asha] }])
    expect(two).toMatchObject({ content: '', is_deleted: true })
    expect(three).toMatchObject({ content: 'third' })
    expect(b.client.unread.getSnapshot()).toBe(2)
    expect(scene.server.requests.filter((request) => request.includes('/events/'))).toEqual([])
  })

  test('five hundred missed events are not five hundred renders', async () => {
    const scene = new Scene()
    const { id } = scene.chat
    const b = await scene.enter(binod)
    scene.server.sockets = 'blocked'
    scene.server.closeAll(1006)
    await settle()
    for (let n = 0; n < 500; n += 1) scene.server.say(asha, id, `${n}`)
    scene.server.sockets = 'work'
    let renders = 0
    b.client.thread(id).timeline.subscribe(() => {
      renders += 1
    })
    await scene.clock.advance(5_000)
    expect(texts(b.client, id)).toHaveLength(500)
    expect(renders).toBeLessThan(5)
  })

  test.each(['too_old', 'epoch_changed'])('%s: the snapshot is read (R-4)', async (reason) => {
    const scene = new Scene()
    const { log } = scene.server
    const { id } = scene.chat
    const b = await scene.enter(binod)
    scene.server.say(asha, id, 'before')
    await settle()
    scene.server.sockets = 'blocked'
    scene.server.closeAll(1006)
    await settle()
    scene.server.say(asha, id, 'meanwhile')
    if (reason === 'too_old') log.expire()
    else log.epoch = 'e2'
    scene.server.sockets = 'work'
    await scene.clock.advance(5_000)
    expect(texts(b.client, id)).toEqual(['before', 'meanwhile'])
    scene.server.say(asha, id, 'live')
    await settle()
    expect(texts(b.client, id)).toEqual(['before', 'meanwhile', 'live'])
    scene.server.closeAll(1006)
    await scene.clock.advance(5_000)
    const [session] = scene.server.sessionsOf(binod)
    expect(session?.url.searchParams.get('since')).toBe(`${log.epoch}:${log.pos}`)
  })

  test('a restored backup takes back what it does not know', async () => {
    const scene = new Scene()
    const { log } = scene.server
    const { id } = scene.chat
    const b = await scene.enter(binod)
    scene.server.say(asha, id, 'kept')
    const lost = scene.server.say(asha, id, 'lost in the restore')
    await settle()
    log.messages.delete(Number(lost.id))
    scene.chat.events.pop()
    scene.chat.lastSeq -= 1
    log.epoch = 'e2'
    log.pos = 10
    scene.server.closeAll(1006)
    await scene.clock.advance(5_000)
    expect(texts(b.client, id)).toEqual(['kept'])
    scene.server.say(asha, id, 'after')
    await settle()
    expect(texts(b.client, id)).toEqual(['kept', 'after'])
    scene.server.closeAll(1006)
    await scene.clock.advance(5_000)
    const [session] = scene.server.sessionsOf(binod)
    expect(session?.url.searchParams.get('since')).toBe(`e2:${log.pos}`)
  })

  test('a conversation that the snapshot does not have is gone', async () => {
    const scene = new Scene()
    const { log } = scene.server
    const other = log.addConversation([asha, binod])
    const b = await scene.enter(binod)
    expect(b.client.conversations.getSnapshot().conversations).toHaveLength(2)
    log.conversations.delete(other.id)
    log.epoch = 'e2'
    scene.server.closeAll(1006)
    await scene.clock.advance(5_000)
    const left = b.client.conversations.getSnapshot().conversations
    expect(left.map((conversation) => conversation.id)).toEqual([scene.chat.id])
  })

  test('what happens while the snapshot is read is not lost', async () => {
    const scene = new Scene()
    const { id } = scene.chat
    const b = scene.open(binod)
    scene.server.afterSync = () => scene.server.say(asha, id, 'in between')
    b.client.start()
    await settle()
    expect(texts(b.client, id)).toEqual(['in between'])
    expect(b.client.unread.getSnapshot()).toBe(1)
  })

  test('4014 position_unknown: comes back without a position', async () => {
    const scene = new Scene()
    const b = await scene.enter(binod)
    scene.server.closeAll(4014)
    await scene.clock.advance(2_000)
    const [session] = scene.server.sessionsOf(binod)
    expect(session?.url.searchParams.has('since')).toBe(false)
    expect(b.client.connection.getSnapshot().synced).toBe(true)
  })

  test('a reading of the snapshot that was interrupted is done again', async () => {
    const scene = new Scene()
    const b = await scene.enter(binod)
    const reading = b.client.refresh()
    b.client.stop()
    b.client.start()
    await reading
    await settle()
    scene.server.say(asha, scene.chat.id, 'hello')
    await settle()
    expect(texts(b.client, scene.chat.id)).toEqual(['hello'])
    expect(b.client.connection.getSnapshot().synced).toBe(true)
  })

  test('until something is known nobody is told that there are no conversations', async () => {
    const scene = new Scene()
    const a = scene.open(asha)
    const isLoading = () => a.client.conversations.getSnapshot().isLoading
    expect(isLoading()).toBe(true)
    a.client.start()
    await settle()
    expect(isLoading()).toBe(false)
    await scene.clock.advance(1_000)
    a.tab.crash()
    scene.server.sockets = 'blocked'
    const again = scene.open(asha)
    again.client.start()
    await settle()
    expect(again.client.conversations.getSnapshot()).toMatchObject({ isLoading: false })
  })

  test('the snapshot is asked for until it comes', async () => {
    const scene = new Scene()
    scene.server.rest = 'fails'
    const b = await scene.enter(binod)
    await scene.clock.advance(10_000)
    expect(b.client.conversations.getSnapshot()).toMatchObject({
      isLoading: true,
      error: { code: 'network' },
    })
    scene.server.rest = 'works'
    await scene.clock.advance(30_000)
    expect(b.client.conversations.getSnapshot().conversations).toHaveLength(1)
    expect(b.client.conversations.getSnapshot().error).toBeNull()
  })
})

describe('after a reload', () => {
  test('the conversation is there before the network, and goes on from the kept position', async () => {
    const scene = new Scene()
    const { id } = scene.chat
    const first = await scene.enter(binod)
    scene.server.say(asha, id, 'yesterday')
    await scene.clock.advance(1_000)
    first.tab.crash()
    scene.server.say(asha, id, 'overnight')
    scene.server.sockets = 'silent'
    const again = await scene.enter(binod)
    expect(texts(again.client, id)).toEqual(['yesterday'])
    expect(again.client.unread.getSnapshot()).toBe(1)
    scene.server.sockets = 'work'
    scene.server.requests.length = 0
    await scene.clock.advance(20_000)
    expect(texts(again.client, id)).toEqual(['yesterday', 'overnight'])
    expect(scene.server.requests).toEqual([])
  })

  test('older messages can be read in a conversation that was opened before the device had answered', async () => {
    const scene = new Scene()
    const { id } = scene.chat
    const first = await scene.enter(binod)
    for (let count = 0; count < 50; count += 1) scene.server.say(asha, id, `${count}`)
    await scene.clock.advance(1_000)
    first.tab.crash()
    const again = scene.open(binod)
    // The part that reads conversations comes later than what was kept.
    again.tab.loadsParts = false
    again.client.start()
    const thread = again.client.thread(id)
    thread.retain()
    expect(thread.timeline.getSnapshot().isLoading).toBe(true)
    await settle()
    again.tab.loadsParts = true
    expect(thread.timeline.getSnapshot()).toMatchObject({ isLoading: false, hasOlder: true })
    await thread.loadOlder()
    expect(texts(again.client, id)).toHaveLength(50)
  })

  test('another user of the same browser sees nothing of it', async () => {
    const scene = new Scene()
    scene.server.log.addPerson(3, 'Chandra')
    const first = await scene.enter(binod)
    scene.server.say(asha, scene.chat.id, 'private')
    await scene.clock.advance(1_000)
    first.tab.crash()
    scene.server.sockets = 'silent'
    const other = scene.browser(binod).openTab()
    const { client } = scene.open(3, { environment: other.environment })
    client.start()
    await settle()
    expect(client.conversations.getSnapshot().conversations).toEqual([])
    expect(texts(client, scene.chat.id)).toEqual([])
  })

  test('a conversation that was not kept is read when something happens in it', async () => {
    const scene = new Scene()
    const b = await scene.enter(binod)
    await scene.clock.advance(1_000)
    const other = scene.server.log.addConversation([3, binod])
    scene.server.log.addPerson(3, 'Chandra')
    const heard: string[] = []
    b.client.onMessage((message) => heard.push(message.content))
    scene.server.log.post(3, { conversation_id: other.id, content: 'old' })
    scene.server.say(3, other.id, 'new here')
    scene.server.say(3, other.id, 'and again')
    await settle()
    expect(texts(b.client, other.id)).toEqual(['old', 'new here', 'and again'])
    expect(heard).toEqual(['new here', 'and again'])
    expect(b.client.unread.getSnapshot()).toBe(3)
  })
})
