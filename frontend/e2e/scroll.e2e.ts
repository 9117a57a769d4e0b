import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bubble, composer, type Pair, Stage } from './stage'

const count = Number(process.env.MESSAGES ?? 10_000)
const atOnce = 50
let stage: Stage
let pair: Pair

beforeAll(async () => {
  stage = await Stage.open()
  pair = await stage.pair()
  const body = (index: number) => ({
    conversation: pair.id,
    text: index % 7 === 0 ? `Line ${index}. ${'A longer story. '.repeat(12)}` : `Line ${index}.`,
  })
  for (let index = 1; index <= count; index += atOnce) {
    const batch = Array.from({ length: Math.min(atOnce, count - index) }, (_, offset) =>
      stage.world.request(pair.provider.id, 'POST', 'messages/', body(index + offset)),
    )
    await Promise.all(batch)
  }
  await stage.world.request(pair.provider.id, 'POST', 'messages/', body(count))
}, 300_000)
afterAll(() => stage?.close())

test('many messages scroll to the first one, smoothly, with a screenful of rows', async () => {
  const page = pair.first
  // Who is at the end follows, however fast messages come.
  await bubble(page, `Line ${count}.`).waitFor({ timeout: 60_000 })
  await page.reload()
  await composer(page).waitFor()
  await bubble(page, `Line ${count}.`).waitFor({ timeout: 60_000 })
  const { frames, seconds, rows } = await scrollToTop(page)
  process.stdout.write(
    `${count} messages: ${(frames / seconds).toFixed(1)} frames/s, at most ${rows} rows\n`,
  )
  await bubble(page, 'Namaste! Is Saturday free?').first().waitFor()
  expect(rows).toBeLessThan(120)
  expect(frames / seconds).toBeGreaterThan(Number(process.env.FRAMES_MIN ?? 20))
}, 300_000)

/** Scrolls up page by page, as fast as frames come, until nothing older is left. */
function scrollToTop(page: Page) {
  return page.evaluate(
    () =>
      new Promise<{ frames: number; seconds: number; rows: number }>((resolve) => {
        const feed = document.querySelector('[role=feed]') as HTMLElement
        const start = performance.now()
        let frames = 0
        let rows = 0
        let still = 0
        const step = () => {
          frames += 1
          rows = Math.max(rows, feed.querySelectorAll('[role=article]').length)
          still = feed.scrollTop <= 1 ? still + 1 : 0
          if (still > 90) {
            return resolve({ frames, rows, seconds: (performance.now() - start) / 1000 })
          }
          // A jump without it would be taken for one that the browser made.
          feed.dispatchEvent(new WheelEvent('wheel', { deltaY: -400 }))
          feed.scrollBy(0, -400)
          requestAnimationFrame(step)
        }
        requestAnimationFrame(step)
      }),
  )
}
