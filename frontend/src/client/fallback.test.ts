import { describe, expect, test } from 'vitest'
import { settle } from '../test/ManualClock'
import { asha, binod, Scene, statuses, texts } from '../test/scene'

describe('API-only mode', () => {
  async function blocked() {
    const scene = new Scene()
    const { id } = scene.chat
    scene.server.sockets = 'blocked'
    const a = await scene.enter(asha)
    await scene.clock.advance(20_000)
    return { scene, id, a }
  }

  test('WebSocket is blocked and REST answers: messages travel both ways', async () => {
    const { scene, id, a } = await blocked()
    expect(a.client.connection.getSnapshot().status).toBe('api_only')
    a.client.thread(id).send('by REST')
    a.client.thread(id).send('in order')
    scene.server.say(binod, id, 'by polling')
    await scene.clock.advance(6_000)
    expect(texts(a.client, id).sort()).toEqual(['by REST', 'by polling', 'in order'])
    expect(statuses(a.client, id)).toContain('by REST: sent')
  })

  test('messages follow each other at once, by REST and when the socket takes over', async () => {
    const { scene, id, a } = await blocked()
    const thread = a.client.thread(id)
    for (const text of ['one', 'two', 'three']) thread.send(text)
    await settle()
    expect(statuses(a.client, id)).toEqual(['one: sent', 'two: sent', 'three: sent'])
    scene.server.rest = 'loses answers'
    thread.send('four')
    thread.send('five')
    await settle()
    scene.server.rest = 'works'
    scene.server.sockets = 'work'
    a.client.connect()
    await settle()
    expect(statuses(a.client, id).slice(3)).toEqual(['four: sent', 'five: sent'])
  })

  test('order and number are those of the log', async () => {
    const { scene, id, a } = await blocked()
    scene.server.say(binod, id, 'first')
    a.client.thread(id).send('second')
    await settle()
    scene.server.say(binod, id, 'third')
    await scene.clock.advance(6_000)
    expect(texts(a.client, id)).toEqual(['first', 'second', 'third'])
  })

  test('the way back: the socket opens, nothing is missing and nothing comes twice', async () => {
    const { scene, id, a } = await blocked()
    const other = scene.server.log.addConversation([asha, binod])
    a.client.thread(id).send('by REST')
    scene.server.say(binod, other.id, 'elsewhere')
    await settle()
    scene.server.sockets = 'work'
    await scene.clock.advance(40_000)
    expect(a.client.connection.getSnapshot().status).toBe('connected')
    scene.server.requests.length = 0
    a.client.thread(id).send('by socket')
    await settle()
    scene.server.say(binod, id, 'hello')
    await scene.clock.advance(30_000)
    expect(statuses(a.client, id)).toEqual(['by REST: sent', 'by socket: sent', 'hello: sent'])
    expect(scene.server.requests).toEqual([])
    a.client.thread(other.id).retain()
    await settle()
    expect(texts(a.client, other.id)).toEqual(['elsewhere'])
  })

  test('what REST has stored does not move the position: others may have spoken before', async () => {
    const { scene, id, a } = await blocked()
    const before = scene.server.log.pos
    scene.server.say(binod, id, 'by polling')
    a.client.thread(id).send('by REST')
    await scene.clock.advance(6_000)
    scene.server.sockets = 'work'
    await scene.clock.advance(40_000)
    const [session] = scene.server.sessionsOf(asha)
    expect(session?.url.searchParams.get('since')).toBe(`e1:${before}`)
  })

  test('an answer that gets lost is asked for with the same key', async () => {
    const { scene, id, a } = await blocked()
    scene.server.rest = 'loses answers'
    a.client.thread(id).send('once')
    await scene.clock.advance(500)
    expect(statuses(a.client, id)).toEqual(['once: unknown'])
    scene.server.rest = 'works'
    await scene.clock.advance(10_000)
    expect(statuses(a.client, id)).toEqual(['once: sent'])
    expect(scene.server.log.messages.size).toBe(1)
  })

  test('the attempts to connect meanwhile leave a request that takes long alone', async () => {
    const { scene, id, a } = await blocked()
    const posts = () => scene.server.requests.filter((request) => request.startsWith('POST'))
    scene.server.answersAfter = () => new Promise((resolve) => scene.clock.after(12_000, resolve))
    a.client.thread(id).send('slow')
    const tried = scene.server.connects
    a.client.connect()
    await scene.clock.advance(11_000)
    expect(scene.server.connects).toBeGreaterThan(tried)
    expect(statuses(a.client, id)).toEqual(['slow: sending'])
    await scene.clock.advance(2_000)
    expect(statuses(a.client, id)).toEqual(['slow: sent'])
    expect(posts()).toHaveLength(1)
  })

  test('a server that is down is not API-only', async () => {
    const scene = new Scene()
    scene.server.sockets = 'blocked'
    scene.server.rest = 'fails'
    const { client } = await scene.enter(asha)
    await scene.clock.advance(60_000)
    expect(client.connection.getSnapshot().status).toBe('reconnecting')
  })

  test('a hidden page does not poll', async () => {
    const { scene, a } = await blocked()
    a.tab.hide()
    await scene.clock.advance(10_000)
    scene.server.requests.length = 0
    await scene.clock.advance(600_000)
    expect(scene.server.requests).toEqual([])
  })

  test('nothing new costs one small request', async () => {
    const { scene } = await blocked()
    await scene.clock.advance(6_000)
    scene.server.requests.length = 0
    await scene.clock.advance(50_000)
    expect(new Set(scene.server.requests)).toEqual(new Set(['GET /api/messaging/sync/?limit=1']))
  })

  test('following tabs see what comes by polling', async () => {
    const { scene, id } = await blocked()
    const two = await scene.enter(asha)
    scene.server.say(binod, id, 'hello')
    await scene.clock.advance(6_000)
    expect(two.client.connection.getSnapshot()).toMatchObject({
      status: 'api_only',
      isLeader: false,
    })
    expect(texts(two.client, id)).toEqual(['hello'])
  })
})
