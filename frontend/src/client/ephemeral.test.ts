import { describe, expect, test } from 'vitest'
import { settle } from '../test/ManualClock'
import { asha, binod, Scene } from '../test/scene'

describe('typing', () => {
  async function both() {
    const scene = new Scene()
    const a = await scene.enter(asha)
    const b = await scene.enter(binod)
    const typists = () =>
      b.client
        .thread(scene.chat.id)
        .typists.getSnapshot()
        .map((typist) => typist.user_name)
    const sent = () =>
      scene.server
        .sessionsOf(asha)[0]
        ?.received.filter((frame) => frame.type === 'typing')
        .map((frame) => frame.data.is_typing)
    return { scene, id: scene.chat.id, a, b, typists, sent }
  }

  test('key presses are one frame in 3 s, and a stop 2 s after the last (P-6, P-7)', async () => {
    const { scene, id, a, sent } = await both()
    for (let press = 0; press < 40; press += 1) {
      a.client.thread(id).keystroke()
      await scene.clock.advance(200)
    }
    expect(sent()).toEqual([true, true, true])
    await scene.clock.advance(2_000)
    expect(sent()).toEqual([true, true, true, false])
    await scene.clock.advance(60_000)
    expect(sent()).toEqual([true, true, true, false])
  })

  test('others see it, and it ends with the stop, with a message, and by itself', async () => {
    const { scene, id, a, typists } = await both()
    a.client.thread(id).keystroke()
    await settle()
    expect(typists()).toEqual(['Asha Rai'])
    a.client.thread(id).stopTyping()
    await settle()
    expect(typists()).toEqual([])
    a.client.thread(id).keystroke()
    await settle()
    a.client.thread(id).send('done')
    await settle()
    expect(typists()).toEqual([])
    a.client.thread(id).keystroke()
    await settle()
    a.tab.crash()
    await scene.clock.advance(5_900)
    expect(typists()).toEqual(['Asha Rai'])
    await scene.clock.advance(200)
    expect(typists()).toEqual([])
  })

  test('without expires_in_ms the sign lasts 3 s (P-7)', async () => {
    const { scene, id, typists } = await both()
    const data = { conversation_id: id, user_id: asha, user_name: 'Asha', is_typing: true }
    scene.server.sessionsOf(binod)[0]?.send({ type: 'typing', data })
    await scene.clock.advance(2_900)
    expect(typists()).toEqual(['Asha'])
    await scene.clock.advance(200)
    expect(typists()).toEqual([])
  })

  test('a message ends the own state: the next key press is told at once', async () => {
    const { id, a, sent } = await both()
    a.client.thread(id).keystroke()
    a.client.thread(id).send('one')
    a.client.thread(id).keystroke()
    await settle()
    expect(sent()).toEqual([true, true])
  })

  test('own typing on another device is not shown, and typing does not touch the timeline', async () => {
    const { scene, id, b, typists } = await both()
    let renders = 0
    b.client.thread(id).timeline.subscribe(() => {
      renders += 1
    })
    const own = { conversation_id: id, user_id: binod, user_name: 'Me', is_typing: true }
    scene.server.sessionsOf(binod)[0]?.send({ type: 'typing', data: own })
    const other = { ...own, user_id: asha, user_name: 'Asha' }
    scene.server.sessionsOf(binod)[0]?.send({ type: 'typing', data: other })
    await settle()
    expect(typists()).toEqual(['Asha'])
    expect(renders).toBe(0)
  })
})

describe('presence', () => {
  test('who is online is known on connect, changes live, and is corrected by the next connection', async () => {
    const scene = new Scene()
    const a = await scene.enter(asha)
    const b = await scene.enter(binod)
    const isOnline = (user: number) => a.client.presence.getSnapshot().get(user)?.is_online
    expect(isOnline(binod)).toBe(true)
    expect(b.client.presence.getSnapshot().get(asha)?.is_online).toBe(true)
    b.client.stop()
    await settle()
    expect(isOnline(binod)).toBe(false)
    expect(a.client.presence.getSnapshot().get(binod)?.last_seen).not.toBeNull()
    b.client.start()
    await settle()
    a.tab.loseConnections()
    b.client.stop()
    await scene.clock.advance(60_000)
    expect(isOnline(binod)).toBe(false)
  })

  test('people are asked for once, in pages of 200, and again by the next connection (P-4)', async () => {
    const scene = new Scene()
    const a = await scene.enter(asha)
    const ids = Array.from({ length: 250 }, (_, n) => n + 100)
    a.client.wantPresence(ids)
    a.client.wantPresence(ids)
    await settle()
    const asked = () =>
      scene.server
        .sessionsOf(asha)[0]
        ?.received.filter((frame) => frame.type === 'presence')
        .map((frame) => (frame.data.ids as number[]).length)
    expect(asked()).toEqual([200, 50])
    scene.server.closeAll(1006)
    await scene.clock.advance(1_000)
    expect(asked()).toEqual([200, 50])
  })
})

test('what has arrived is told once a second and conversation, not once a message', async () => {
  const scene = new Scene()
  await scene.enter(asha)
  for (let n = 0; n < 50; n += 1) scene.server.say(binod, scene.chat.id, `${n}`)
  await scene.clock.advance(3_000)
  const told = scene.server
    .sessionsOf(asha)[0]
    ?.received.filter((frame) => frame.type === 'delivered')
  expect(told?.map((frame) => frame.data)).toEqual([
    { conversation_id: scene.chat.id, up_to: scene.chat.lastSeq },
  ])
})

test('many conversations are told one after the other, to stay below the limit of frames', async () => {
  const scene = new Scene()
  await scene.enter(asha)
  const others = [1, 2, 3].map(() => scene.server.log.addConversation([asha, binod]))
  for (const { id } of others) scene.server.say(binod, id, 'hello')
  await settle()
  const told = () =>
    scene.server.sessionsOf(asha)[0]?.received.filter((frame) => frame.type === 'delivered').length
  const counts: (number | undefined)[] = []
  for (let second = 0; second < 4; second += 1) {
    await scene.clock.advance(1_050)
    counts.push(told())
  }
  expect(counts).toEqual([1, 2, 3, 3])
})
