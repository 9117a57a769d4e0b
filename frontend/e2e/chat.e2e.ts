import { expect, test } from 'vitest'
import { bubble, composer, openScene, type Pair, say } from './stage'

const scene = openScene()

test('two browsers talk: each message is on both screens once, and read ticks follow', async () => {
  const { first, second } = scene.pair
  await say(first, 'How many rooms?')
  await bubble(second, 'How many rooms?').waitFor()
  await say(second, 'Three rooms.')
  await bubble(first, 'Three rooms.').waitFor()
  for (const page of [first, second]) {
    expect(await bubble(page, 'How many rooms?').count()).toBe(1)
    expect(await bubble(page, 'Three rooms.').count()).toBe(1)
  }
  await bubble(first, 'How many rooms?').getByRole('img', { name: 'Read' }).waitFor()
})

test('typing is seen by the other one and disappears by itself', async () => {
  const { first, second } = scene.pair
  // Longer than 3 s: P-6 lets one sign pass in that time, and the message before was one.
  const writing = composer(first).pressSequentially('I am thinking', { delay: 300 })
  const sentence = second.getByRole('status').filter({ hasText: 'is typing' })
  await sentence.waitFor({ state: 'attached' })
  await writing
  await sentence.waitFor({ state: 'detached', timeout: 8_000 })
  await composer(first).fill('')
})

test('the server is killed while both write: nothing is lost, nothing doubled', async () => {
  const { first, second } = scene.pair
  const texts: string[] = []
  for (let round = 0; round < 3; round += 1) {
    for (let index = 0; index < 4; index += 1) {
      const text = `round ${round} line ${index}.`
      texts.push(`A ${text}`, `B ${text}`)
      await Promise.all([say(first, `A ${text}`), say(second, `B ${text}`)])
      if (index === 1) await scene.stage.world.kill()
    }
    await scene.stage.world.restart()
    await bubble(second, `A round ${round} line 3.`).waitFor({ timeout: 45_000 })
    await bubble(first, `B round ${round} line 3.`).waitFor({ timeout: 45_000 })
  }
  const stored = await storedTexts(scene.pair)
  expect(texts.filter((text) => stored.filter((each) => each === text).length !== 1)).toEqual([])
  const orders = await Promise.all([first, second].map((page) => shownTexts(page, 24)))
  expect(orders[0]).toEqual(orders[1])
  expect(new Set(orders[0]).size).toBe(orders[0]?.length)
}, 180_000)

test('a message written offline is kept over a reload and sent once when online', async () => {
  const { first, second } = scene.pair
  await scene.stage.world.setOffline(first.context(), true)
  await say(first, 'Written in the tunnel')
  await bubble(first, 'Written in the tunnel').waitFor()
  await scene.stage.world.setOffline(first.context(), false)
  await bubble(second, 'Written in the tunnel').waitFor({ timeout: 60_000 })
  await bubble(first, 'Written in the tunnel')
    .getByRole('img', { name: /Sent|Read|Delivered/ })
    .waitFor()
  expect(await bubble(second, 'Written in the tunnel').count()).toBe(1)
  expect(
    (await storedTexts(scene.pair)).filter((text) => text === 'Written in the tunnel'),
  ).toHaveLength(1)
})

test('two tabs of one browser share one socket, and the other takes over', async () => {
  const { first, second, id } = scene.pair
  const context = first.context()
  const opened: string[] = []
  context.on('page', (page) => page.on('websocket', (socket) => opened.push(socket.url())))
  const tab = await scene.stage.page(context, `/messages/?conversation=${id}`)
  await composer(tab).waitFor()
  await say(second, 'Do both tabs see this?')
  await bubble(tab, 'Do both tabs see this?').waitFor()
  await bubble(first, 'Do both tabs see this?').waitFor()
  expect(opened).toEqual([])
  await say(tab, 'Sent by the tab that follows.')
  await bubble(second, 'Sent by the tab that follows.').waitFor()
  expect(await bubble(second, 'Sent by the tab that follows.').count()).toBe(1)
  await tab.close()
})

test('a hostile message is text and breaks nothing', async () => {
  const { first, second } = scene.pair
  const hostile = `<img src=x onerror="window.hacked=1"> javascript:alert(1) ${'x'.repeat(3000)}`
  await say(first, hostile)
  await bubble(second, 'onerror').waitFor()
  expect(await second.evaluate(() => 'hacked' in window)).toBe(false)
  const isWide = await second.evaluate(
    () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
  )
  expect(isWide).toBe(false)
})

async function storedTexts({ customer, id }: Pair): Promise<string[]> {
  const found: string[] = []
  let before: number | null = null
  for (;;) {
    const cursor: string = before === null ? '' : `&before=${before}`
    const path = `messages/?conversation=${id}&limit=100${cursor}`
    const page = (await scene.stage.world.request(customer.id, 'GET', path)) as {
      results: { text: string; conv_seq: number }[]
      has_more?: boolean
    }
    found.unshift(...page.results.map((message) => message.text))
    before = page.results[0]?.conv_seq ?? null
    if (!page.has_more || before === null) return found
  }
}

/** The last texts on the screen, in order. */
async function shownTexts(page: Pair['first'], count: number): Promise<string[]> {
  const found = new Map<number, string>()
  const feed = page.getByRole('feed')
  for (let step = 0; step < 12 && found.size < count; step += 1) {
    for (const article of await feed.getByRole('article').all()) {
      const index = Number(await article.getAttribute('aria-posinset'))
      const text = await article.locator('p[dir=auto]').first().textContent()
      if (text?.includes('round')) found.set(index, text)
    }
    // Two frames: one that scrolls, one that shows the rows which came.
    await feed.evaluate(
      (element) =>
        new Promise((resolve) => {
          element.scrollBy(0, -500)
          requestAnimationFrame(() => requestAnimationFrame(resolve))
        }),
    )
  }
  await feed.evaluate((element) => element.scrollTo(0, element.scrollHeight))
  return [...found].sort(([a], [b]) => a - b).map(([, text]) => text)
}
