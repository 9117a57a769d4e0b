import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { bubble, composer, openScene, say } from './stage'

const scene = openScene()

const state = (page: Page, text: string) =>
  page.locator('[data-slot=conversation-header]').getByText(text)

test('offline is shown at once, and what is written then arrives once after a reload', async () => {
  const { first, second } = scene.pair
  const context = first.context()
  await scene.stage.world.setOffline(context, true)
  await state(first, 'You are offline').waitFor({ timeout: 2_000 })
  await say(first, 'Written in the mountains')
  await bubble(first, 'Written in the mountains').waitFor()
  // The page itself comes from the server: it can only be loaded anew with a network.
  await scene.stage.world.setOffline(context, false)
  await first.reload()
  await bubble(first, 'Written in the mountains').waitFor()
  await bubble(second, 'Written in the mountains').waitFor()
  expect(await bubble(second, 'Written in the mountains').count()).toBe(1)
  await scene.stage.world.setOffline(context, true)
  await state(first, 'You are offline').waitFor({ timeout: 2_000 })
  await scene.stage.world.setOffline(context, false)
  await state(first, 'Connected').waitFor()
})

test('the tab that leads is killed: the other one takes over and nothing is missing', async () => {
  const { first, second, id } = scene.pair
  const context = first.context()
  const tab = await context.newPage()
  let sockets = 0
  tab.on('websocket', () => (sockets += 1))
  await tab.goto(`${scene.stage.world.origin}/messages/?conversation=${id}`)
  await composer(tab).waitFor()
  await state(tab, 'Connected').waitFor()
  expect(sockets).toBe(0)
  const devtools = await context.newCDPSession(first)
  const crashed = first.waitForEvent('crash')
  devtools.send('Page.crash').catch(() => {})
  await crashed
  await say(second, 'Are you still there?')
  await bubble(tab, 'Are you still there?').waitFor()
  await say(tab, 'In the other tab.')
  await bubble(second, 'In the other tab.').waitFor()
  expect(await bubble(second, 'In the other tab.').count()).toBe(1)
  expect(sockets).toBe(1)
  await first.close()
  scene.pair = { ...scene.pair, first: tab }
})

test('a token that ends is renewed on the live connection', async () => {
  const { customer, id } = scene.pair
  const context = await scene.stage.browser()
  const session = JSON.stringify({
    user: { id: customer.id, name: customer.name, avatar: null, role: customer.role },
    access: scene.stage.world.token(customer.id, 64),
    // A phone whose clock is wrong does not see the end coming; the server tells it.
    expiresAt: Date.now() + 3_600_000,
  })
  await context.addInitScript((text) => {
    if (!sessionStorage.getItem('sewa.session')) sessionStorage.setItem('sewa.session', text)
  }, session)
  const page = await context.newPage()
  let sockets = 0
  const renewed = new Promise<void>((resolve) => {
    page.on('websocket', (socket) => {
      sockets += 1
      socket.on('framereceived', ({ payload }) => {
        if (String(payload).includes('"token_expires_in":43')) resolve()
      })
    })
  })
  await page.goto(`${scene.stage.world.origin}/messages/?conversation=${id}`)
  await state(page, 'Connected').waitFor()
  await renewed
  await say(page, 'With the new token.')
  await bubble(scene.pair.second, 'With the new token.').waitFor()
  expect(sockets).toBe(1)
  await context.close()
})

test('without WebSocket messages travel by requests, and the way back is found', async () => {
  const { customer, second, id } = scene.pair
  const context = await scene.stage.browser()
  let isBlocked = true
  await context.routeWebSocket(/ws\/messaging/, (socket) => {
    if (isBlocked) socket.close({ code: 1011 })
    else socket.connectToServer()
  })
  const page = await scene.stage.page(context)
  await page.getByRole('button', { name: customer.name }).click()
  await page.waitForURL(/services|messages/)
  await page.goto(`${scene.stage.world.origin}/messages/?conversation=${id}`)
  await state(page, 'Limited connection').waitFor({ timeout: 30_000 })
  for (const text of ['By request, one.', 'By request, two.']) await say(page, text)
  await bubble(second, 'By request, two.').waitFor({ timeout: 5_000 })
  await say(second, 'By polling.')
  await bubble(page, 'By polling.').waitFor({ timeout: 15_000 })
  isBlocked = false
  await page.evaluate(() => window.dispatchEvent(new Event('online')))
  await state(page, 'Connected').waitFor({ timeout: 30_000 })
  await say(second, 'Live again.')
  await bubble(page, 'Live again.').waitFor({ timeout: 4_000 })
  for (const text of ['By request, one.', 'By request, two.', 'By polling.', 'Live again.']) {
    expect(await bubble(page, text).count()).toBe(1)
  }
  await context.close()
})

test('the fault buttons: whatever is broken, sent = stored = delivered = shown', async () => {
  const page = await scene.stage.signIn(scene.pair.customer)
  await page.goto(`${scene.stage.world.origin}/test/websocket/`)
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
  const even = page.getByText('sent = stored = delivered = shown', { exact: true })
  const ledger = page.locator('dl').filter({ hasText: 'delivered' })
  await page.getByRole('list', { name: 'Last 10 messages' }).getByRole('listitem').first().waitFor()
  const faults = [
    ['Cut'],
    ['Freeze', 'Freeze'],
    ['Delay 1.5 s', 'Delay 1.5 s'],
    ['Duplicate', 'Duplicate'],
    ['Expire token'],
    ['Block WebSocket', 'Block WebSocket'],
    ['Kill tab'],
  ]
  let count = 0
  for (const [breaks = '', mends] of faults) {
    await press('Send 10')
    await press(breaks)
    await press('Send 10')
    if (mends) await press(mends)
    count += 20
    await even.waitFor({ timeout: 45_000 }).catch(() => {})
    expect(await ledger.textContent(), breaks).toMatch(new RegExp(`^(${count}[a-z]+){4}$`))
  }
}, 180_000)
