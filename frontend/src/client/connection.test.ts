import { describe, expect, test } from 'vitest'
import { settle } from '../test/ManualClock'
import { asha, binod, Scene, statuses, texts } from '../test/scene'
import { createCredentials } from './credentials'

function info(client: { connection: { getSnapshot(): { status: string } } }) {
  return client.connection.getSnapshot().status
}

describe('tokens', () => {
  test('the token travels as a subprotocol and never in the address (C-1)', async () => {
    const scene = new Scene()
    await scene.enter(asha)
    const [session] = scene.server.sessions
    expect(session?.url.search).toBe('?v=1&user_id=42')
    expect(session?.token).not.toBe('')
    expect(session?.url.href).not.toContain(session?.token)
  })

  test('token_expiring renews on the live socket (C-9)', async () => {
    const scene = new Scene()
    await scene.enter(asha)
    const [session] = scene.server.sessions
    scene.server.sendAll({ type: 'token_expiring', data: { expires_in_ms: 60_000 } })
    await settle()
    const auth = session?.received.find((frame) => frame.type === 'auth')
    expect(scene.server.validTokens.get(String(auth?.data.token))).toBe(asha)
    expect(auth?.data.token).not.toBe(session?.token)
    expect(scene.server.connects).toBe(1)
  })

  test('an ended token is renewed once, however many find out', async () => {
    const scene = new Scene()
    let renewals = 0
    const getToken = async () => {
      renewals += 1
      await settle()
      return scene.server.tokenFor(asha)
    }
    const { client } = await scene.enter(asha, { getToken, token: scene.server.tokenFor(asha) })
    expect(renewals).toBe(0)
    scene.server.expireTokens()
    const requests = [1, 2, 3].map(() =>
      client.api.request('GET', `conversations/${scene.chat.id}/`),
    )
    scene.server.closeAll(4001)
    await Promise.all(requests)
    await settle()
    expect(renewals).toBe(1)
    expect(info(client)).toBe('connected')
  })

  test('a provider that throws is asked again', async () => {
    let calls = 0
    const credentials = createCredentials(null, () => {
      calls += 1
      if (calls === 1) throw new Error('not yet')
      return Promise.resolve('token')
    })
    await expect(credentials.get()).rejects.toThrow('not yet')
    expect(await credentials.get()).toBe('token')
  })

  test('a late refusal of an old token does not cost the new one', async () => {
    const credentials = createCredentials('old')
    credentials.set('new')
    credentials.expire('old')
    expect(await credentials.get()).toBe('new')
    credentials.expire('new')
    await expect(credentials.get()).rejects.toThrow('sign-in has ended')
  })

  test('a refused new token stops with an error that a person understands', async () => {
    const scene = new Scene()
    const { client } = await scene.enter(asha, { getToken: async () => 'worthless' })
    await scene.clock.advance(600_000)
    expect(client.connection.getSnapshot()).toMatchObject({
      status: 'error',
      error: { code: 'unauthorized' },
      closeCode: 4001,
    })
    expect(scene.server.connects).toBe(2)
  })

  test('without a way to renew, an ended token stops at once', async () => {
    const scene = new Scene()
    const { client } = await scene.enter(asha, { token: 'old', getToken: undefined })
    await scene.clock.advance(600_000)
    expect(info(client)).toBe('error')
    expect(scene.server.connects).toBe(1)
  })

  test('a new sign-in after the end goes on at once', async () => {
    const scene = new Scene()
    const { client } = await scene.enter(asha, { token: 'old', getToken: undefined })
    expect(info(client)).toBe('error')
    client.setToken(scene.server.tokenFor(asha))
    await settle()
    expect(info(client)).toBe('connected')
  })

  test('a token provider that fails is asked again with backoff', async () => {
    const scene = new Scene()
    let asked = 0
    const getToken = async () => {
      asked += 1
      if (asked < 4) throw new Error('identity provider is down')
      return scene.server.tokenFor(asha)
    }
    const { client } = await scene.enter(asha, { getToken })
    expect(info(client)).not.toBe('connected')
    await scene.clock.advance(60_000)
    expect(info(client)).toBe('connected')
  })
})

describe('silence', () => {
  test('a heartbeat after 30 s, and its answer is the latency (C-8)', async () => {
    const scene = new Scene()
    const { client } = await scene.enter(asha)
    const [session] = scene.server.sessions
    const beats = () => session?.received.filter((frame) => frame.type === 'heartbeat').length
    await scene.clock.advance(29_000)
    expect(beats()).toBe(0)
    await scene.clock.advance(2_000)
    expect(beats()).toBe(1)
    expect(client.connection.getSnapshot().latencyMs).toBe(0)
    await scene.clock.advance(300_000)
    expect(scene.server.connects).toBe(1)
  })

  test('a dead link is noticed within 10 s after the heartbeat, and there is one socket again', async () => {
    const scene = new Scene()
    const { tab, client } = await scene.enter(asha)
    tab.isOnline = false
    await scene.clock.advance(39_000)
    expect(info(client)).toBe('connected')
    await scene.clock.advance(2_000)
    expect(info(client)).not.toBe('connected')
    tab.goOnline()
    await scene.clock.advance(40_000)
    expect(info(client)).toBe('connected')
    expect(scene.server.sessions.size).toBe(1)
  })

  test('a page that comes back proves its connection within 4 s', async () => {
    const scene = new Scene()
    const { tab, client } = await scene.enter(asha)
    tab.hide()
    tab.loseConnections()
    await scene.clock.advance(5_000)
    tab.show()
    expect(info(client)).toBe('connected')
    await scene.clock.advance(4_600)
    expect(scene.server.connects).toBe(2)
    expect(info(client)).toBe('connected')
    tab.hide()
    tab.show()
    await scene.clock.advance(60_000)
    expect(scene.server.connects).toBe(2)
  })

  test('without heartbeat nothing is sent', async () => {
    const scene = new Scene()
    await scene.enter(asha, { enableHeartbeat: false })
    const [session] = scene.server.sessions
    await scene.clock.advance(600_000)
    expect(session?.received).toEqual([])
  })

  test('a server that accepts and says nothing is left after 15 s', async () => {
    const scene = new Scene()
    scene.server.sockets = 'silent'
    const { client } = await scene.enter(asha)
    expect(info(client)).toBe('connecting')
    await scene.clock.advance(15_000)
    expect(info(client)).toBe('reconnecting')
  })
})

describe('coming back', () => {
  test('a planned restart is met after the personal delay (C-10)', async () => {
    const scene = new Scene()
    const { client } = await scene.enter(asha)
    scene.server.sendAll({ type: 'drain', data: { reconnect_after_ms: 8_000 } })
    await settle()
    scene.server.closeAll(4012)
    await settle()
    expect(client.connection.getSnapshot().retryAt).toBe(scene.clock.now() + 8_000)
    await scene.clock.advance(7_900)
    expect(scene.server.connects).toBe(1)
    await scene.clock.advance(200)
    expect(info(client)).toBe('connected')
    expect(client.connection.getSnapshot().reconnects).toBe(1)
    scene.server.closeAll(1006)
    await scene.clock.advance(1_000)
    expect(info(client)).toBe('connected')
  })

  test('a hidden page rests, and wakes when it is shown', async () => {
    const scene = new Scene()
    const { tab, client } = await scene.enter(asha)
    tab.hide()
    scene.server.closeAll(1001)
    await scene.clock.advance(3_600_000)
    expect(scene.server.connects).toBe(1)
    expect(info(client)).toBe('offline')
    tab.show()
    await settle()
    expect(info(client)).toBe('connected')
  })

  test('an offline device rests, and wakes when it is online', async () => {
    const scene = new Scene()
    const { tab, client } = await scene.enter(asha)
    tab.goOffline()
    expect(info(client)).toBe('offline')
    client.thread(scene.chat.id).send('from the tunnel')
    await scene.clock.advance(3_600_000)
    expect(statuses(client, scene.chat.id)).toEqual(['from the tunnel: queued'])
    expect(scene.server.connects).toBe(1)
    tab.goOnline()
    await settle()
    expect(info(client)).toBe('connected')
    expect(statuses(client, scene.chat.id)).toEqual(['from the tunnel: sent'])
    expect(scene.server.sessions.size).toBe(1)
  })

  test('the network goes while a connection is made: the next one does not wait for it', async () => {
    const scene = new Scene()
    scene.server.sockets = 'silent'
    const { tab, client } = await scene.enter(asha)
    tab.goOffline()
    scene.server.sockets = 'work'
    tab.goOnline()
    await settle()
    expect(info(client)).toBe('connected')
  })

  test('goes on for hours while the server is away', async () => {
    const scene = new Scene()
    const { client } = await scene.enter(asha)
    scene.server.sockets = 'blocked'
    scene.server.rest = 'fails'
    scene.server.closeAll(1001)
    await scene.clock.advance(4 * 3_600_000)
    const tried = scene.server.connects
    expect(tried).toBeGreaterThan(4 * 120)
    expect(tried).toBeLessThan(4 * 3600)
    expect(info(client)).toBe('reconnecting')
    scene.server.sockets = 'work'
    await scene.clock.advance(30_000)
    expect(info(client)).toBe('connected')
  })

  test('reconnectAttempts ends it, and connect begins anew', async () => {
    const scene = new Scene()
    scene.server.sockets = 'blocked'
    scene.server.rest = 'fails'
    const { client } = await scene.enter(asha, { reconnectAttempts: 3 })
    await scene.clock.advance(600_000)
    expect(scene.server.connects).toBe(3)
    expect(info(client)).toBe('error')
    scene.server.sockets = 'work'
    client.connect()
    await settle()
    expect(info(client)).toBe('connected')
  })

  test('connect does not wait for the backoff, from a following tab as well', async () => {
    const scene = new Scene()
    const { client } = await scene.enter(asha)
    const other = await scene.enter(asha)
    for (const tab of [client, other.client]) {
      scene.server.sendAll({ type: 'drain', data: { reconnect_after_ms: 3_600_000 } })
      await settle()
      scene.server.closeAll(4012)
      await settle()
      expect(info(client)).toBe('reconnecting')
      tab.connect()
      await settle()
      expect(info(client)).toBe('connected')
    }
  })

  test('stop closes the socket and leaves no timer behind', async () => {
    const scene = new Scene()
    const { client } = await scene.enter(asha)
    client.stop()
    await scene.clock.advance(60_000)
    expect(scene.server.sessions.size).toBe(0)
    expect(scene.clock.timers).toBe(0)
    expect(info(client)).toBe('disconnected')
  })

  test('stopped in the middle of failures, nothing goes on in the background', async () => {
    const scene = new Scene()
    const { client } = await scene.enter(asha)
    scene.server.say(binod, scene.chat.id, 'one')
    scene.server.rest = 'fails'
    await settle()
    client.thread(scene.chat.id).markRead()
    scene.server.isMute = true
    scene.server.say(binod, scene.chat.id, 'lost')
    scene.server.isMute = false
    scene.server.say(binod, scene.chat.id, 'heard')
    await scene.clock.advance(3_000)
    client.stop()
    await scene.clock.advance(3_000)
    scene.server.requests.length = 0
    await scene.clock.advance(600_000)
    expect(scene.server.requests).toEqual([])
    expect(scene.clock.timers).toBe(0)
    scene.server.rest = 'works'
    client.start()
    await settle()
    expect(texts(client, scene.chat.id)).toEqual(['one', 'lost', 'heard'])
    expect(scene.server.log.unread(scene.chat, asha)).toBe(2)
  })

  test('signing out leaves nothing on the device', async () => {
    const scene = new Scene()
    const { client } = await scene.enter(asha)
    scene.server.say(binod, scene.chat.id, 'private')
    await scene.clock.advance(1_000)
    client.thread(scene.chat.id).send('mine')
    const kept = () => [...scene.browser(asha).storage.values()].flatMap((map) => [...map.keys()])
    expect(kept()).not.toEqual([])
    await client.forget()
    await scene.clock.advance(5_000)
    expect(kept()).toEqual([])
  })

  test('mounting twice is one connection; it ends a second after the last release', async () => {
    const scene = new Scene()
    const { client } = scene.open(asha)
    client.retain()()
    const release = client.retain()
    await scene.clock.advance(5_000)
    expect(scene.server.connects).toBe(1)
    release()
    release()
    await scene.clock.advance(900)
    expect(scene.server.sessions.size).toBe(1)
    await scene.clock.advance(200)
    expect(scene.server.sessions.size).toBe(0)
  })
})
