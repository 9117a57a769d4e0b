import { describe, expect, test } from 'vitest'
import golden from '../../../protocol/golden/frames.json'
import { settle } from '../test/ManualClock'
import { asha, binod, Scene } from '../test/scene'
import { readFrame } from './frames'

/** Relayed for clients of base mode; listeners of this client get them unread. */
const relayed = ['voice_message', 'message_status']

interface GoldenFrame {
  readonly type: string
  readonly data: Record<string, unknown>
}

describe('golden frames of the server', () => {
  const frames = golden.server.map(({ name, frame }) => [name, frame as GoldenFrame] as const)

  test.each(frames)('%s is read without loss', (_, sent) => {
    const frame = readFrame(sent)
    if (relayed.includes(sent.type)) return expect(frame).toBeNull()
    expect(frame?.type).toBe(sent.type)
    const read = frame?.data as Record<string, unknown>
    for (const [key, value] of Object.entries(read)) {
      if (key in sent.data) expect(value, key).toEqual(sent.data[key])
    }
  })
})

test('what this client sends has the shape of the golden frames', async () => {
  const scene = new Scene()
  const a = await scene.enter(asha)
  const b = await scene.enter(binod)
  const thread = a.client.thread(scene.chat.id)
  const release = thread.retain()
  thread.keystroke()
  thread.stopTyping()
  thread.send('hi')
  thread.send('reply', { replyTo: 2 })
  a.client.wantPresence([binod])
  b.client.thread(scene.chat.id).send('hello')
  await scene.clock.advance(32_000)
  scene.server.sendAll({ type: 'token_expiring', data: { expires_in_ms: 60_000 } })
  await settle()
  release()
  await settle()
  const sent = scene.server.sessionsOf(asha)[0]?.received ?? []
  const known = new Map<string, Set<string>>()
  for (const { frame } of golden.client) {
    const { type, data } = frame as Partial<GoldenFrame>
    if (typeof type !== 'string' || typeof data !== 'object') continue
    known.set(type, new Set([...(known.get(type) ?? []), ...Object.keys(data)]))
  }
  const types = new Set(sent.map((frame) => frame.type))
  expect([...types].sort()).toEqual(
    ['auth', 'delivered', 'heartbeat', 'message', 'presence', 'typing'].sort(),
  )
  for (const { type, data } of sent) {
    for (const key of Object.keys(data)) expect(known.get(type), `${type}.${key}`).toContain(key)
  }
})
