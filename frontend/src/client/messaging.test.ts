import { describe, expect, test } from 'vitest'
import { settle } from '../test/ManualClock'
import { asha, binod, Scene, statuses, texts } from '../test/scene'

describe('two people', () => {
  test('a message is on the own screen at once and on the other one after the commit', async () => {
    const scene = new Scene()
    const a = await scene.enter(asha)
    const b = await scene.enter(binod)
    const key = a.client.thread(scene.chat.id).send('Namaste')
    expect(statuses(a.client, scene.chat.id)).toEqual(['Namaste: sending'])
    await settle()
    expect(statuses(a.client, scene.chat.id)).toEqual(['Namaste: sent'])
    expect(statuses(b.client, scene.chat.id)).toEqual(['Namaste: sent'])
    const [message] = a.client.thread(scene.chat.id).timeline.getSnapshot().messages
    expect(message?.key).toBe(key)
    expect(message?.sender.full_name).toBe('Asha Rai')
  })
})
void texts
