import type { BrowserContext, CDPSession, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { keptText } from './kept'
import { bubble, openScene } from './stage'

/** `MACHINE_FACTOR=4` for a machine that is slow or busy. */
const factor = Number(process.env.MACHINE_FACTOR ?? 1)

/**
 * The presets of Chromium's developer tools: bytes per second, milliseconds for each request, and the
 * seconds until messages are shown for the first time and again.
 */
const networks = {
  'slow 3G': { throughput: (500_000 / 8) * 0.8, latency: 2_000, firstMax: 20, againMax: 6 },
  'fast 3G': { throughput: (1_600_000 / 8) * 0.9, latency: 562.5, firstMax: 8, againMax: 2.5 },
} as const

const scene = openScene()

type Network = (typeof networks)[keyof typeof networks]

async function slowDown(devtools: CDPSession, { throughput, latency }: Network) {
  await devtools.send('Network.enable')
  await devtools.send('Network.emulateNetworkConditions', {
    offline: false,
    latency,
    downloadThroughput: throughput,
    uploadThroughput: throughput,
  })
}

/** Seconds since the navigation began, as the page counts them. */
const since = async (page: Page) => (await page.evaluate(() => performance.now())) / 1_000

async function signedIn(): Promise<BrowserContext> {
  const page = await scene.stage.signIn(scene.pair.customer)
  const context = page.context()
  await page.close()
  return context
}

test.each(Object.entries(networks))(
  'a conversation opens on %s',
  async (name, network) => {
    const page = await (await signedIn()).newPage()
    const devtools = await page.context().newCDPSession(page)
    await devtools.send('Network.enable')
    await devtools.send('Network.clearBrowserCache')
    await slowDown(devtools, network)
    const path = `${scene.stage.world.origin}/messages/?conversation=${scene.pair.id}`
    const shown = bubble(page, 'Is Saturday free?').first()
    const connected = page.locator('[data-slot=conversation-header]').getByText('Connected')
    const open = async (go: () => Promise<unknown>) => {
      await go()
      await shown.waitFor({ timeout: 60_000 })
      const read = await since(page)
      await connected.waitFor({ timeout: 60_000 })
      return [read, await since(page)] as const
    }
    const first = await open(() => page.goto(path, { waitUntil: 'commit', timeout: 60_000 }))
    await page.waitForFunction(keptText, 'Is Saturday free?', { polling: 100 })
    const again = await open(() => page.reload({ waitUntil: 'commit', timeout: 60_000 }))
    const text = ([read, live]: readonly [number, number]) =>
      `messages after ${read.toFixed(1)} s, live after ${live.toFixed(1)} s`
    process.stdout.write(`${name}: first visit ${text(first)}; reload ${text(again)}\n`)
    expect(first[0]).toBeLessThan(network.firstMax * factor)
    expect(again[0]).toBeLessThan(network.againMax * factor)
    await page.context().close()
  },
  180_000,
)
