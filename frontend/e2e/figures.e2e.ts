import { gzipSync } from 'node:zlib'
import type { Page, Response } from 'playwright-core'
import { expect, test } from 'vitest'
import { keptText } from './kept'
import { countRenders, takeRenders } from './renders'
import { bubble, composer, openScene, say } from './stage'

/** Figures of the chat page. `MACHINE_FACTOR=4` for a machine that is slow or busy. */
const factor = Number(process.env.MACHINE_FACTOR ?? 1)
const mounts = Number(process.env.MOUNTS ?? 1_000)
const scriptBytesMax = 180 * 1024
const firstPaintMs = 300 * factor

const scene = openScene()

const print = (line: string) => process.stdout.write(`${line}\n`)
const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

test('the JavaScript of the chat page, React and Next included, keeps its budget', async () => {
  const page = await scene.pair.first.context().newPage()
  const scripts = new Map<string, Promise<Buffer>>()
  page.on('response', (response: Response) => {
    if (response.request().resourceType() !== 'script') return
    // What is on its way when the page is closed comes too late for messages to be shown.
    const body = response.body().catch(() => Buffer.alloc(0))
    scripts.set(response.url(), body)
  })
  await page.goto(`${scene.stage.world.origin}/messages/?conversation=${scene.pair.id}`)
  await bubble(page, 'Namaste! Is Saturday free?').waitFor()
  // How much of the rest has come by now depends on the machine: what the page names is certain.
  const html = await (await fetch(page.url())).text()
  let bytes = 0
  let later = 0
  for (const [url, body] of scripts) {
    const size = gzipSync(await body, { level: 9 }).length
    if (html.includes(new URL(url).pathname)) {
      expect((await body).length).toBeGreaterThan(0)
      bytes += size
    } else later += size
  }
  print(`chat page: ${bytes} bytes of JavaScript, gzip; ${later} later, until messages are shown`)
  expect(bytes).toBeGreaterThan(100_000)
  expect(bytes).toBeLessThanOrEqual(scriptBytesMax)
  await page.close()
})

test('an own message is visible within one frame of pressing Enter', async () => {
  const { first } = scene.pair
  await watchEnter(first)
  const painted: number[] = []
  for (let round = 0; round < 10; round += 1) {
    const text = `At once ${round}`
    await composer(first).fill(text)
    await first.evaluate((wanted) => Object.assign(window, { wanted }), text)
    await composer(first).press('Enter')
    const isPainted = (wanted: string) => (window as unknown as Entered).entered?.wanted === wanted
    await first.waitForFunction(isPainted, text)
    const seen = await first.evaluate(() => (window as unknown as Entered).entered)
    expect(seen.isInFirstFrame).toBe(true)
    painted.push(seen.ms)
  }
  print(`own message: painted ${median(painted).toFixed(1)} ms after Enter, in the next frame`)
})

test('a received message renders its own bubble and hardly a row besides', async () => {
  const { second, id } = scene.pair
  const page = await scene.pair.first.context().newPage()
  await countRenders(page)
  await page.goto(`${scene.stage.world.origin}/messages/?conversation=${id}`)
  await bubble(page, 'At once 9').waitFor()
  // The own message before it belongs to another group; nothing else is to change.
  await bubble(page, 'At once 9').getByRole('img', { name: 'Read' }).waitFor()
  await takeRenders(page)
  await say(second, 'Only me')
  await bubble(page, 'Only me').waitFor()
  // Later than everything that the message sets off, reading included.
  await bubble(second, 'Only me').getByRole('img', { name: 'Read' }).waitFor()
  const renders = await takeRenders(page)
  print(`received message: ${renders.bubbles} bubble and ${renders.rows} row rendered`)
  expect(renders.bubbles).toBe(1)
  // Its own row, the one before it, which is no tab stop any more, and times of the list of conversations.
  expect(renders.rows).toBeLessThanOrEqual(4)
  await page.close()
})

test('typing, one’s own and that of others, renders nothing of the list', async () => {
  const { second, id } = scene.pair
  const page = await scene.pair.first.context().newPage()
  await countRenders(page)
  await page.goto(`${scene.stage.world.origin}/messages/?conversation=${id}`)
  await bubble(page, 'Only me').waitFor()
  await takeRenders(page)
  await composer(page).pressSequentially('Nothing moves above', { delay: 20 })
  const sentence = page.getByRole('status').filter({ hasText: 'is typing' })
  await composer(second).pressSequentially('Me too', { delay: 20 })
  await sentence.waitFor({ state: 'attached' })
  await composer(second).fill('')
  await sentence.waitFor({ state: 'detached', timeout: 8_000 })
  expect(await takeRenders(page)).toEqual({ bubbles: 0, rows: 0 })
  print('typing: 0 renders of the list')
  await composer(page).fill('')
  await page.close()
})

test('the conversation is painted from the cache soon after navigation', async () => {
  const { first } = scene.pair
  await say(first, 'Kept on this device')
  await bubble(scene.pair.second, 'Kept on this device').waitFor()
  await first.waitForFunction(keptText, 'Kept on this device', { polling: 100 })
  // Nothing of the server but the page itself: what is shown then comes from this device. Not by routes
  // of the context, which switch the cache of the browser off.
  const devtools = await first.context().newCDPSession(first)
  await devtools.send('Network.enable')
  await devtools.send('Network.setBlockedURLs', { urls: ['*/api/*', '*/ws/*'] })
  const times: number[] = []
  for (let round = 0; round < 15; round += 1) {
    await first.reload({ waitUntil: 'commit' })
    times.push(await shownAfter(first, 'Kept on this device'))
  }
  // The browser keeps compiled code from the second visit on.
  times.splice(0, 3)
  await devtools.detach()
  print(`first paint of messages from the cache: median ${median(times).toFixed(0)} ms`)
  expect(median(times)).toBeLessThanOrEqual(firstPaintMs)
})

test('opening and closing the conversation many times leaves nothing behind', async () => {
  const { first } = scene.pair
  await composer(first).waitFor()
  const devtools = await first.context().newCDPSession(first)
  const used = async () => {
    await devtools.send('HeapProfiler.collectGarbage')
    return (await devtools.send('Runtime.getHeapUsage')).usedSize
  }
  await remount(first, 100)
  const before = await used()
  await remount(first, mounts)
  const growth = (await used()) - before
  print(`heap after ${mounts} mounts: ${(growth / 1024).toFixed(0)} KiB more`)
  expect(growth).toBeLessThan(1024 * 1024)
}, 300_000)

interface Entered {
  entered: { wanted: string; isInFirstFrame: boolean; ms: number }
}

/** Notes for each Enter whether the first frame after it has the text that `wanted` says. */
function watchEnter(page: Page): Promise<void> {
  return page.evaluate(() => {
    const wants = window as unknown as Entered & { wanted: string }
    const note = (event: KeyboardEvent) => {
      if (event.key !== 'Enter') return
      const { timeStamp } = event
      requestAnimationFrame(() => {
        const feed = document.querySelector('[role=feed]')
        const isInFirstFrame = feed?.textContent?.includes(wants.wanted) ?? false
        const channel = new MessageChannel()
        // Runs after the frame is painted.
        channel.port1.onmessage = () => {
          wants.entered = {
            wanted: wants.wanted,
            isInFirstFrame,
            ms: performance.now() - timeStamp,
          }
        }
        channel.port2.postMessage(null)
      })
    }
    window.addEventListener('keydown', note, true)
  })
}

/** Milliseconds from navigation until the frame with this text is painted. */
function shownAfter(page: Page, text: string): Promise<number> {
  return page.evaluate(
    (wanted) =>
      new Promise<number>((resolve) => {
        const look = () => {
          const feed = document.querySelector('[role=feed]')
          if (!feed?.textContent?.includes(wanted)) return requestAnimationFrame(look)
          const channel = new MessageChannel()
          channel.port1.onmessage = () => resolve(performance.now())
          return channel.port2.postMessage(null)
        }
        look()
      }),
    text,
  )
}

/** Closes and opens the conversation, as fast as frames come. */
function remount(page: Page, times: number): Promise<void> {
  return page.evaluate(async (rounds) => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
    const until = async (isSo: () => boolean) => {
      for (let frames = 0; !isSo(); frames += 1) {
        if (frames > 600) throw new Error('The conversation neither opens nor closes.')
        await frame()
      }
    }
    const hasComposer = () => document.querySelector('textarea') !== null
    for (let round = 0; round < rounds; round += 1) {
      history.pushState(null, '', '/messages/')
      await until(() => !hasComposer())
      document.querySelector<HTMLElement>('[data-conversation]')?.click()
      await until(hasComposer)
    }
  }, times)
}
