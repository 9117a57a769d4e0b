import { describe, expect, test } from 'vitest'
import { settle } from '../test/ManualClock'
import { asha, binod, Scene, texts } from '../test/scene'
import { parseJson, readFrame } from './frames'

const deep = `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`
const message = (data: string) => `{"type":"message","data":{${data}}}`
const good = '"id":9,"conversation_id":1,"conv_seq":2,"pos":200,"content":"x","sender":{"id":7}'

/** What a hostile or broken server may say. None of it may throw, inject or be shown. */
const hostile: readonly (readonly [string, unknown])[] = [
  ['nothing', ''],
  ['not JSON', '{"type":'],
  ['a number', '42'],
  ['null', 'null'],
  ['a list', '[{"type":"message"}]'],
  ['binary', new ArrayBuffer(8)],
  ['an unknown type', '{"type":"launch","data":{}}'],
  ['a type that is a method of objects', '{"type":"toString","data":{}}'],
  ['a type that is a prototype', '{"type":"__proto__","data":{}}'],
  ['a type that is an object', '{"type":{"a":1},"data":{}}'],
  ['no data', '{"type":"message"}'],
  ['data that is text', '{"type":"message","data":"boo"}'],
  ['a huge number', message('"id":1e400,"conversation_id":1,"conv_seq":2,"pos":3')],
  ['an inexact number', message('"id":9007199254740993,"conversation_id":1,"conv_seq":2,"pos":3')],
  ['a negative number', message('"id":-1,"conversation_id":1,"conv_seq":2,"pos":3')],
  ['a fraction', message('"id":1.5,"conversation_id":1,"conv_seq":2,"pos":3')],
  ['a number as text', message('"id":"1","conversation_id":1,"conv_seq":2,"pos":3')],
  ['a conversation that is a list', message('"id":1,"conversation_id":[1],"conv_seq":2,"pos":3')],
  ['nesting', `{"type":"message","data":${deep}}`],
  ['more than a frame can hold', message(`${good},"content":"${'x'.repeat(1 << 20)}"`)],
]

describe('hostile frames', () => {
  test.each(hostile)('%s is not a frame', (_, source) => {
    expect(readFrame(parseJson(source))).toBeNull()
  })

  test('they are counted and ignored, and the connection lives on', async () => {
    const scene = new Scene()
    const b = await scene.enter(binod)
    const before = b.client.counters.ignored
    const [session] = scene.server.sessions
    for (const [, source] of hostile) if (typeof source === 'string') session?.send(source)
    scene.server.say(asha, scene.chat.id, 'still here')
    await settle()
    expect(texts(b.client, scene.chat.id)).toEqual(['still here'])
    expect(b.client.counters.ignored - before).toBe(hostile.length - 1)
    expect(scene.server.connects).toBe(1)
  })

  test('a prototype in a frame is data that nobody takes', () => {
    const frame = readFrame(
      parseJson(message(`${good},"__proto__":{"polluted":1},"constructor":{"prototype":{}}`)),
    )
    expect(frame?.type).toBe('message')
    expect(Object.keys(frame?.data ?? {})).not.toContain('__proto__')
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
    expect(Object.getPrototypeOf(frame?.data)).toBe(Object.prototype)
  })

  test('fields of a wrong kind are replaced, items of a wrong kind are left out', () => {
    const frame = readFrame(
      parseJson(
        message(
          `${good},"reply_to":"9","attachments":[1,null,{"id":3,"url":"/a","size":-5}],"reactions":{"a":1},"sender":{"id":7,"name":{"x":1},"role":"root"}`,
        ),
      ),
    )
    expect(frame?.data).toMatchObject({
      reply_to: null,
      attachments: [{ id: 3, url: '/a', size: 0, name: '' }],
      reactions: [],
      sender: { id: 7, name: '', role: 'customer' },
    })
  })

  test('unknown fields are ignored (E-2)', () => {
    const frame = readFrame(parseJson(message(`${good},"later":{"a":1}`)))
    expect(frame?.data).not.toHaveProperty('later')
  })

  test('absurd numbers in a well formed event do no harm', async () => {
    const scene = new Scene()
    const b = await scene.enter(binod)
    const { id } = scene.chat
    scene.server.sendAll(
      message(
        `"id":1,"conversation_id":${id},"conv_seq":${Number.MAX_SAFE_INTEGER},"pos":1,"content":"x","sender":{"id":1}`,
      ),
    )
    await scene.clock.advance(1_000)
    scene.server.say(asha, id, 'hello')
    await scene.clock.advance(1_000)
    expect(texts(b.client, id)).toEqual(['hello'])
  })

  test('text stays text: HTML, bidi controls and zalgo come through as they are', async () => {
    const scene = new Scene()
    const b = await scene.enter(binod)
    const nasty = ['<img src=x onerror=alert(1)>', '\u202Eevil\u2066', 'ẑ̴̧a̷l̸g̶o', 'x'.repeat(5_000)]
    for (const text of nasty) scene.server.say(asha, scene.chat.id, text)
    await settle()
    expect(texts(b.client, scene.chat.id)).toEqual(nasty)
  })
})

test('an error of the server without a message of ours does nothing', async () => {
  const scene = new Scene()
  const b = await scene.enter(binod)
  scene.server.sendAll({ type: 'error', data: { code: 'rate_limited', message: 'slow down' } })
  await settle()
  expect(b.client.connection.getSnapshot().status).toBe('connected')
})

test('listeners get every frame as it was sent', async () => {
  const scene = new Scene()
  const b = await scene.enter(binod)
  const seen: unknown[] = []
  const end = b.client.onFrame((frame) => seen.push(frame))
  scene.server.sendAll({ type: 'voice_message', data: { conversation_id: 1, url: '/x' } })
  scene.server.sendAll('not a frame')
  await settle()
  end()
  scene.server.sendAll({ type: 'voice_message', data: {} })
  await settle()
  expect(seen).toEqual([{ type: 'voice_message', data: { conversation_id: 1, url: '/x' } }])
})
