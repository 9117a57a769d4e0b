import { describe, expect, test } from 'vitest'
import { settle } from '../test/ManualClock'
import { asha, binod, Scene } from '../test/scene'
import { createCredentials } from './credentials'
import { Search, toUnits } from './search'
import { userIn } from './token'
import { type SendFile, Uploads, uploadsMax } from './uploads'

describe('search', () => {
  test('asks when typing pauses and shows the answer to the newest question', async () => {
    const scene = new Scene()
    const { tab, client } = await scene.enter(asha)
    for (const text of ['leaking tap', 'new tap', 'paint']) {
      scene.server.say(binod, scene.chat.id, text)
    }
    scene.server.requests.length = 0
    const search = new Search(tab.environment, client.api, () => asha)
    for (const query of ['t', 'ta', 'tap']) search.setQuery(query)
    expect(search.state.getSnapshot().isSearching).toBe(true)
    await scene.clock.advance(300)
    expect(scene.server.requests).toEqual(['GET /api/messaging/search/?q=tap'])
    const { hits } = search.state.getSnapshot()
    expect(hits.map((hit) => hit.message.content)).toEqual(['new tap', 'leaking tap'])
    expect(hits.map((hit) => hit.ranges)).toEqual([[[4, 7]], [[8, 11]]])
    search.setQuery('')
    expect(search.state.getSnapshot()).toMatchObject({ hits: [], isSearching: false })
  })

  test('a failure is shown and the next question works', async () => {
    const scene = new Scene()
    const { tab, client } = await scene.enter(asha)
    const search = new Search(tab.environment, client.api, () => asha)
    scene.server.rest = 'fails'
    search.setQuery('tap')
    await scene.clock.advance(300)
    expect(search.state.getSnapshot().error?.code).toBe('network')
    scene.server.rest = 'works'
    search.setQuery('tap ')
    await scene.clock.advance(300)
    expect(search.state.getSnapshot().error).toBeNull()
  })

  test('further hits come below, and a new question begins anew', async () => {
    const scene = new Scene()
    const { tab, client } = await scene.enter(asha)
    for (let n = 0; n < 25; n += 1) scene.server.say(binod, scene.chat.id, `tap ${n}`)
    const search = new Search(tab.environment, client.api, () => asha)
    search.setFilter({ conversation: scene.chat.id })
    search.setQuery('tap')
    await scene.clock.advance(300)
    expect(search.state.getSnapshot()).toMatchObject({ hits: { length: 20 }, hasMore: true })
    search.more()
    search.more()
    await settle()
    const { hits, hasMore } = search.state.getSnapshot()
    expect(hits.map((hit) => hit.message.content).slice(18)).toEqual([
      'tap 6',
      'tap 5',
      'tap 4',
      'tap 3',
      'tap 2',
      'tap 1',
      'tap 0',
    ])
    expect(hasMore).toBe(false)
    search.setQuery('tap 7')
    await scene.clock.advance(300)
    expect(search.state.getSnapshot().hits).toHaveLength(1)
  })

  test('highlights count code points, and what is not in the text is no highlight', () => {
    expect(toUnits('🙂 tap', [[2, 5]])).toEqual([[3, 6]])
    expect(toUnits('नमस्ते', [[0, 6]])).toEqual([[0, 6]])
    const wrong = [
      [2, 1],
      [0, 99],
      [50, 60],
      [1, 1],
    ] as const
    expect(toUnits('tap', wrong)).toEqual([])
  })
})

describe('uploads', () => {
  interface Running {
    readonly token: string | null
    readonly progress: (part: number) => void
    readonly answer: (status: number, body: object) => void
    readonly fail: () => void
    readonly signal: AbortSignal
  }

  function uploads(tokens = ['t1', 't2']) {
    const running: Running[] = []
    const send: SendFile = (_url, _file, _name, token, progress, signal) =>
      new Promise((resolve, reject) => {
        running.push({
          token,
          progress,
          signal,
          fail: () => reject(new Error('lost')),
          answer: (status, body) => resolve({ status, text: JSON.stringify(body) }),
        })
      })
    let next = 0
    const credentials = createCredentials(null, async () => tokens[next++] ?? '')
    const all = new Uploads({ url: '/api/messaging/attachments/', credentials, send })
    return { all, running, list: () => all.state.getSnapshot() }
  }

  const file = (name: string, size = 4) => new File([new Uint8Array(size)], name)
  const stored = { id: 5, url: '/a/5', name: 'tap.png', content_type: 'image/png', size: 4 }

  test('progress, done, and taken into a message', async () => {
    const { all, running, list } = uploads()
    all.add([file('tap.png')])
    await settle()
    running[0]?.progress(0.5)
    expect(list()[0]).toMatchObject({ name: 'tap.png', progress: 0.5, status: 'uploading' })
    running[0]?.answer(201, stored)
    await settle()
    expect(list()[0]).toMatchObject({ status: 'done', progress: 1, attachment: { id: 5 } })
    expect(all.take()).toMatchObject([{ id: 5, url: '/a/5' }])
    expect(list()).toEqual([])
  })

  test('a failure can be tried again, and cancelling ends the request', async () => {
    const { all, running, list } = uploads()
    all.add([file('a'), file('b')])
    await settle()
    running[0]?.fail()
    await settle()
    expect(list()[0]).toMatchObject({ status: 'failed', error: { code: 'network' } })
    all.retry(list()[0]?.key ?? '')
    await settle()
    running[2]?.answer(201, stored)
    all.cancel(list()[1]?.key ?? '')
    await settle()
    expect(running[1]?.signal.aborted).toBe(true)
    expect(list().map((upload) => upload.status)).toEqual(['done'])
  })

  test('an ended token is renewed once', async () => {
    const { all, running, list } = uploads()
    all.add([file('a')])
    await settle()
    running[0]?.answer(401, { code: 'token_expired', message: 'ended' })
    await settle()
    expect(running.map((one) => one.token)).toEqual(['t1', 't2'])
    running[1]?.answer(201, stored)
    await settle()
    expect(list()[0]?.status).toBe('done')
  })

  test('what the server refuses says why', async () => {
    const { all, running, list } = uploads()
    all.add([file('virus.exe'), file('large.mp4', 5 * 1024 * 1024 + 1)])
    await settle()
    running[0]?.answer(400, { code: 'bad_request', message: 'This type is not allowed.' })
    await settle()
    expect(list().map((upload) => upload.error?.message)).toEqual([
      'This type is not allowed.',
      'The file is larger than 5 MB.',
    ])
    expect(running).toHaveLength(1)
  })

  test('not more than a message can carry', async () => {
    const { all, list } = uploads()
    all.add(Array.from({ length: 12 }, (_, n) => file(`${n}`)))
    expect(list()).toHaveLength(uploadsMax)
  })
})

test.each([
  ['h.eyJ1c2VyX2lkIjo0Mn0.s', 42],
  ['h.eyJ1c2VyX2lkIjoiNDIifQ.s', 42],
  ['h.eyJ1c2VyX2lkIjoieCJ9.s', null],
  ['opaque', null],
  ['a.%%%.c', null],
  [null, null],
])('the user in the token %s is %s', (token, user) => {
  expect(userIn(token)).toBe(user)
})
