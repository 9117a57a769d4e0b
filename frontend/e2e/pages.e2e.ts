import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { violationsOn } from './axe'
import { keptText } from './kept'
import { bubble, composer, desktop, openScene, phone, say, shotPath } from './stage'

const scene = openScene(async ({ pair }) => {
  await say(pair.first, 'How long does it take for three rooms and a kitchen?')
  await bubble(pair.second, 'How long').waitFor()
  await say(pair.second, 'About four hours. We bring everything 🙂')
  await bubble(pair.first, 'four hours').waitFor()
  await say(pair.second, 'शनिबार बिहान नौ बजे ठीक छ?')
  await say(pair.first, 'ठीक छ, धन्यवाद! 🙏')
  await bubble(pair.second, 'धन्यवाद').waitFor()
})

const paths = (id: number) =>
  ({
    'sign-in': '/',
    services: '/services/',
    messages: '/messages/',
    conversation: `/messages/?conversation=${id}`,
    dashboard: '/test/websocket/',
    states: '/test/components/',
  }) as const

type Name = keyof ReturnType<typeof paths>
const names: Name[] = ['sign-in', 'services', 'messages', 'conversation', 'dashboard', 'states']
const settled: Readonly<Record<Name, (page: Page) => Promise<void>>> = {
  'sign-in': (page) => page.getByRole('button', { name: scene.pair.customer.name }).waitFor(),
  services: (page) => page.getByRole('article').first().waitFor(),
  messages: (page) => page.getByRole('listitem').first().waitFor(),
  conversation: async (page) => {
    await composer(page).waitFor()
    await bubble(page, 'धन्यवाद').waitFor()
  },
  dashboard: (page) => page.getByRole('list', { name: 'Last 10 messages' }).waitFor(),
  states: (page) => page.getByRole('heading', { name: 'Component states' }).waitFor(),
}

const variants = [
  { viewport: desktop, colorScheme: 'light' },
  { viewport: desktop, colorScheme: 'dark' },
  { viewport: phone, colorScheme: 'light' },
  { viewport: phone, colorScheme: 'dark' },
] as const

test.each(variants)(
  'every page is without axe violations and fits: %o',
  async (variant) => {
    const page = await scene.stage.signIn(scene.pair.customer, {
      ...variant,
      reducedMotion: 'reduce',
    })
    const faults: string[] = []
    for (const name of names) {
      await page.goto(scene.stage.world.origin + paths(scene.pair.id)[name])
      await settled[name](page)
      const { width } = variant.viewport
      await page.screenshot({ path: shotPath(`${name}-${width}-${variant.colorScheme}`) })
      faults.push(...(await violationsOn(page)).map((fault) => `${name}: ${fault}`))
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      if (overflow > 0) faults.push(`${name}: ${overflow} px wider than the screen`)
    }
    expect(faults).toEqual([])
  },
  120_000,
)

test('a service can be contacted by keyboard alone, and the conversation opens', async () => {
  const page = await scene.stage.signIn(scene.pair.customer)
  const button = page.getByRole('button', { name: /^Message / }).first()
  await button.waitFor()
  await button.focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog')
  await dialog.waitFor()
  expect(await violationsOn(page)).toEqual([])
  await page.screenshot({ path: shotPath('contact-1280-light') })
  await dialog.getByRole('textbox').fill('Is this still available?')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.waitForURL(/conversation=\d+/)
  await bubble(page, 'Is this still available?').waitFor()
})

test('who signs out leaves nothing of what was said on the device', async () => {
  const page = await scene.stage.signIn(scene.pair.customer)
  await page.goto(`${scene.stage.world.origin}/messages/?conversation=${scene.pair.id}`)
  await composer(page).fill('A draft nobody else is to read')
  await page.waitForFunction(keptText, 'धन्यवाद', { polling: 100 })
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('link', { name: 'Go to sign-in' }).waitFor()
  await page.waitForFunction(
    () => !Object.keys(localStorage).some((key) => /session|draft/.test(key)),
  )
  expect(await page.evaluate(keptText, 'धन्यवाद')).toBe(false)
})
