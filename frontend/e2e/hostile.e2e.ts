import type { Page, WebSocketRoute } from 'playwright-core'
import { expect, test } from 'vitest'
import { bubble, composer, openScene, say } from './stage'

/** A server, or somebody between it and the browser, that means harm. */
const scene = openScene()

const deep = `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`
const frames: readonly (string | Buffer)[] = [
  '',
  '{"type":',
  'null',
  '[]',
  '{"type":"launch","data":{}}',
  '{"type":"__proto__","data":{"polluted":1}}',
  '{"__proto__":{"polluted":1},"type":"message","data":{"__proto__":{"polluted":1}}}',
  '{"type":"constructor","data":{"prototype":{"polluted":1}}}',
  '{"type":"message","data":{"id":1e400,"conversation_id":-1,"conv_seq":9007199254740993}}',
  '{"type":"typing","data":{"conversation_id":{"toString":1},"user_id":[],"is_typing":"x"}}',
  '{"type":"status","data":[[[[[[[[[[]]]]]]]]]]}',
  `{"type":"message","data":${deep}}`,
  `{"type":"message","data":{"content":"${'x'.repeat(1 << 20)}"}}`,
  Buffer.from([0xff, 0xfe, 0x00, 0x80]),
]

test('frames that no server would send change nothing, and the conversation goes on', async () => {
  const { customer, second, id } = scene.pair
  const context = await scene.stage.browser()
  let inject = (_: string | Buffer) => {}
  await context.routeWebSocket(/ws\/messaging/, (socket: WebSocketRoute) => {
    const server = socket.connectToServer()
    server.onMessage((frame) => socket.send(frame))
    socket.onMessage((frame) => server.send(frame))
    inject = (frame) => socket.send(frame)
  })
  const page = await scene.stage.page(context)
  await page.getByRole('button', { name: customer.name }).click()
  await page.waitForURL(/services/)
  await page.goto(`${scene.stage.world.origin}/messages/?conversation=${id}`)
  await page.locator('[data-slot=conversation-header]').getByText('Connected').waitFor()
  for (const frame of frames) inject(frame)
  await say(second, 'Still here after that.')
  await bubble(page, 'Still here after that.').waitFor({ timeout: 5_000 })
  await say(page, 'So am I.')
  await bubble(second, 'So am I.').waitFor({ timeout: 5_000 })
  expect(await page.evaluate(() => ({}) as { polluted?: number })).toEqual({})
  expect(await page.evaluate(() => 'polluted' in {})).toBe(false)
  await context.close()
})

const texts: Readonly<Record<string, string>> = {
  markup: '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script><b>bold</b>',
  'other schemes': 'javascript:alert(1) data:text/html,hi vbscript:x file:///etc/passwd',
  'one word': 'w'.repeat(5_000),
  zalgo: `Z${'\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308'.repeat(500)}algo`,
  bidi: '\u202Eevil\u202C \u2067isolated\u2069 \u200Fexe.gpj',
  'many lines': 'line\n'.repeat(900),
  emoji: '👨‍👩‍👧‍👦'.repeat(200),
}

test.each(Object.entries(texts))('%s is text, fits and freezes nothing', async (_, text) => {
  const { first, provider, id } = scene.pair
  const body = { conversation: id, text }
  await scene.stage.world.request(provider.id, 'POST', 'messages/', body)
  const start = text.trim().slice(0, 8)
  await bubble(first, start).last().waitFor({ timeout: 5_000 })
  expect(await first.evaluate(() => 'hacked' in window)).toBe(false)
  expect(await bubble(first, start).last().locator('a, img, script').count()).toBe(0)
  await fits(first)
  expect(await slowestFrame(first)).toBeLessThan(1_000)
})

test('links are those that may be opened, and they give nothing away', async () => {
  const { first, provider, id } = scene.pair
  const text = 'https://safe.example/a?b=1 http://plain.example mailto:a@b.example javascript:x'
  await scene.stage.world.request(provider.id, 'POST', 'messages/', { conversation: id, text })
  const links = bubble(first, 'safe.example').getByRole('link')
  await links.first().waitFor()
  const found = await links.evaluateAll((all) =>
    all.map((link) => [link.getAttribute('href'), link.getAttribute('rel')] as const),
  )
  expect(found.map(([href]) => href)).toEqual([
    'https://safe.example/a?b=1',
    'http://plain.example/',
    'mailto:a@b.example',
  ])
  for (const [, rel] of found) expect(rel).toContain('noopener')
})

async function fits(page: Page): Promise<void> {
  const wider = await page.evaluate(() => {
    const feed = document.querySelector('[role=feed]')
    const { scrollWidth, clientWidth } = document.documentElement
    return Math.max(scrollWidth - clientWidth, (feed?.scrollWidth ?? 0) - (feed?.clientWidth ?? 0))
  })
  expect(wider).toBeLessThanOrEqual(0)
}

/** The longest of 20 frames while somebody types, in milliseconds. */
async function slowestFrame(page: Page): Promise<number> {
  await composer(page).focus()
  const measured = page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const start = performance.now()
        let last = start
        let most = 0
        let frames = 0
        const step = (now: number) => {
          most = Math.max(most, now - last)
          last = now
          frames += 1
          if (frames >= 20) resolve(most)
          else requestAnimationFrame(step)
        }
        requestAnimationFrame(step)
      }),
  )
  await page.keyboard.type('abc')
  const most = await measured
  await composer(page).fill('')
  return most
}
