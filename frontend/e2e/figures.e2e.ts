import { gzipSync } from 'node:zlib'
import type { Page, Response } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { bubble, composer, type Pair, Stage, say } from './stage'

/** Figures of the chat page. `MACHINE_FACTOR=4` for a machine that is slow or busy. */
const factor = Number(process.env.MACHINE_FACTOR ?? 1)
const scriptBytesMax = 182_000
const firstPaintMs = 300 * factor

let stage: Stage
let pair: Pair

beforeAll(async () => {
  stage = await Stage.open()
  pair = await stage.pair()
})
afterEach(() => expect(stage.complaints.splice(0)).toEqual([]))
afterAll(() => stage?.close())

test('the JavaScript of the chat page, React and Next included, keeps its budget', async () => {
  const page = await pair.first.context().newPage()
  const scripts: Promise<Buffer>[] = []
  page.on('response', (response: Response) => {
    if (response.request().resourceType() === 'script') scripts.push(response.body())
  })
  await page.goto(`${stage.world.origin}/messages/`, { waitUntil: 'load' })
  const bytes = (await Promise.all(scripts)).reduce(
    (sum, body) => sum + gzipSync(body, { level: 9 }).length,
    0,
  )
  process.stdout.write(`chat page: ${bytes} bytes of JavaScript, gzip\n`)
  expect(bytes).toBeGreaterThan(100_000)
  expect(bytes).toBeLessThanOrEqual(scriptBytesMax)
  await page.close()
})

test('the conversation is painted from the cache soon after navigation', async () => {
  const { first } = pair
  await say(first, 'Kept on this device')
  await bubble(pair.second, 'Kept on this device').waitFor()
  // Saved half a second after the last change.
  await first.waitForFunction(async () => (await indexedDB.databases()).length > 0)
  await first.waitForTimeout(1_000)
  const times: number[] = []
  for (let round = 0; round < 5; round += 1) {
    await first.reload()
    times.push(await shownAfter(first, 'Kept on this device'))
  }
  const median = times.sort((a, b) => a - b)[2] ?? 0
  process.stdout.write(`first paint of messages: median ${median.toFixed(0)} ms\n`)
  expect(median).toBeLessThanOrEqual(firstPaintMs)
})

test('typing renders nothing of the list', async () => {
  const { first } = pair
  await composer(first).waitFor()
  await first.evaluate(() => {
    const feed = document.querySelector('[role=feed]') as HTMLElement
    const counted = window as unknown as { changes: number }
    counted.changes = 0
    new MutationObserver((records) => {
      counted.changes += records.length
    }).observe(feed, { subtree: true, childList: true, attributes: true, characterData: true })
  })
  await composer(first).pressSequentially('Nothing moves above', { delay: 20 })
  expect(await first.evaluate(() => (window as unknown as { changes: number }).changes)).toBe(0)
  await composer(first).fill('')
})

test('opening and closing the conversation many times leaves nothing behind', async () => {
  const { first } = pair
  const devtools = await first.context().newCDPSession(first)
  const used = async () => {
    await devtools.send('HeapProfiler.collectGarbage')
    return (await devtools.send('Runtime.getHeapUsage')).usedSize
  }
  const link = first.locator('[data-conversation]').first()
  const toggle = async (times: number) => {
    for (let round = 0; round < times; round += 1) {
      await first.evaluate(() => history.pushState(null, '', '/messages/'))
      await composer(first).waitFor({ state: 'detached' })
      await link.click()
      await composer(first).waitFor()
    }
  }
  await toggle(20)
  const before = await used()
  await toggle(60)
  const after = await used()
  process.stdout.write(`heap after 60 openings: ${((after - before) / 1024).toFixed(0)} KiB more\n`)
  expect(after - before).toBeLessThan(1024 * 1024)
}, 120_000)

/** Milliseconds from navigation until this text is in the page. */
function shownAfter(page: Page, text: string): Promise<number> {
  return page.evaluate(
    (wanted) =>
      new Promise<number>((resolve) => {
        const look = () => {
          const feed = document.querySelector('[role=feed]')
          if (feed?.textContent?.includes(wanted)) resolve(performance.now())
          else requestAnimationFrame(look)
        }
        look()
      }),
    text,
  )
}
