import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { bubble, composer, openScene } from './stage'

const count = Number(process.env.MESSAGES ?? 10_000)
/** `MACHINE_FACTOR=3` for a machine that is slow or busy. */
const factor = Number(process.env.MACHINE_FACTOR ?? 1)
const atOnce = 50
const scene = openScene(async ({ stage, pair }) => {
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
  // Who is at the end follows, however fast messages come.
  await bubble(pair.first, `Line ${count}.`).waitFor({ timeout: 60_000 })
})

// The screen has 60 frames a second: 59 leave room for the ends of the measurement.
test.each([
  ['as it is', 1, 59],
  ['4 times slower', 4, 30],
] as const)(
  'many messages scroll to the first one, smoothly, with a screenful of rows: processor %s',
  async (name, rate, framesMin) => {
    const page = scene.pair.first
    await page.reload()
    await composer(page).waitFor()
    await bubble(page, `Line ${count}.`).waitFor({ timeout: 60_000 })
    const devtools = await page.context().newCDPSession(page)
    await devtools.send('Emulation.setCPUThrottlingRate', { rate })
    const { gaps, rows } = await scrollToTop(page)
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: 1 })
    await devtools.detach()
    const frames = (1000 * gaps.length) / gaps.reduce((sum, gap) => sum + gap, 0)
    const sorted = gaps.toSorted((a, b) => a - b)
    const at = (part: number) => (sorted[Math.floor(part * (sorted.length - 1))] ?? 0).toFixed(1)
    process.stdout.write(
      `${count} messages, processor ${name}: ${frames.toFixed(1)} frames/s; between frames ` +
        `median ${at(0.5)}, p99 ${at(0.99)}, most ${at(1)} ms; at most ${rows} rows\n`,
    )
    await bubble(page, 'Namaste! Is Saturday free?').first().waitFor()
    expect(rows).toBeLessThan(120)
    expect(frames).toBeGreaterThanOrEqual(framesMin / factor)
  },
  300_000,
)

/**
 * Scrolls up as fast as frames come until the first message is there. The time from frame to frame, without
 * those in which it waits at the top for older messages.
 */
function scrollToTop(page: Page) {
  return page.evaluate(
    ({ first, framesMax }) =>
      new Promise<{ gaps: number[]; rows: number }>((resolve) => {
        const feed = document.querySelector('[role=feed]') as HTMLElement
        const gaps: number[] = []
        let last = performance.now()
        let rows = 0
        let still = 0
        const isAtFirst = () => feed.querySelector('article')?.textContent?.includes(first)
        const step = (now: number) => {
          if (still === 0) gaps.push(now - last)
          last = now
          rows = Math.max(rows, feed.querySelectorAll('article').length)
          still = feed.scrollTop <= 1 ? still + 1 : 0
          if (still > framesMax || (still > 0 && isAtFirst())) {
            return resolve({ gaps: gaps.slice(1), rows })
          }
          // A jump without it would be taken for one that the browser made.
          feed.dispatchEvent(new WheelEvent('wheel', { deltaY: -400 }))
          feed.scrollBy(0, -400)
          requestAnimationFrame(step)
        }
        requestAnimationFrame(step)
      }),
    { first: 'Namaste', framesMax: 1_200 },
  )
}
