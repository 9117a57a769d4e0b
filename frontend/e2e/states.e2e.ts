import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { violationsOn } from './axe'
import { act, attach, bubble, composer, desktop, openScene, phone, say, shotPath } from './stage'

/** What opens, fails and waits: each without violations, inside the screen, and to be looked at in e2e/shots. */
const scene = openScene(async ({ pair }) => {
  const { first, second } = pair
  await say(first, 'How long does it take for three rooms?')
  await bubble(second, 'three rooms').waitFor()
  await say(second, 'About four hours 🙂')
  await bubble(first, 'four hours').waitFor()
  await attach(first, [
    { name: 'kitchen.png', mimeType: 'image/png', buffer: await first.screenshot() },
    { name: 'offer.txt', mimeType: 'text/plain', buffer: Buffer.from('Three rooms: 4,500') },
  ])
  await say(first, 'Two files')
  await bubble(second, 'Two files').waitFor()
})

const pressEscape = (page: Page) => page.keyboard.press('Escape')
const upload = (page: Page, count: number) =>
  page.getByLabel('Choose files').setInputFiles(
    Array.from({ length: count }, (_, index) => ({
      name: `a picture with a long name number ${index}.png`,
      mimeType: 'image/png',
      buffer: Buffer.from('not a picture'),
    })),
  )

interface State {
  readonly enter: (page: Page) => Promise<unknown>
  readonly leave: (page: Page) => Promise<unknown>
}

const inConversation: Readonly<Record<string, State>> = {
  'message-menu': {
    enter: async (page) => {
      await bubble(page, 'four hours').hover()
      await bubble(page, 'four hours').getByRole('button', { name: 'Message actions' }).click()
      await page.getByRole('menuitem', { name: 'Reply' }).waitFor()
    },
    leave: pressEscape,
  },
  emoji: {
    enter: async (page) => {
      await page.getByRole('button', { name: 'Emoji', exact: true }).click()
      await page.getByRole('dialog', { name: 'Choose an emoji' }).waitFor()
    },
    leave: pressEscape,
  },
  'ready-made-texts': {
    enter: async (page) => {
      await page.getByRole('button', { name: 'Ready-made texts' }).click()
      await page.getByRole('menuitem').first().waitFor()
    },
    leave: pressEscape,
  },
  reply: {
    enter: (page) => act(page, 'four hours', 'Reply'),
    leave: pressEscape,
  },
  edit: {
    enter: (page) => act(page, 'three rooms', 'Edit'),
    leave: pressEscape,
  },
  viewer: {
    enter: async (page) => {
      await page.getByRole('link', { name: 'View kitchen.png' }).click()
      await page.getByRole('dialog').getByRole('img').waitFor()
    },
    leave: pressEscape,
  },
  recording: {
    enter: async (page) => {
      await page.getByRole('button', { name: 'Record a voice message' }).click()
      await page.getByRole('timer').getByText('0:01').waitFor()
    },
    leave: pressEscape,
  },
  'refused-uploads': {
    enter: async (page) => {
      await upload(page, 3)
      await page
        .getByRole('button', { name: /^Try .* again/ })
        .nth(2)
        .waitFor()
    },
    leave: async (page) => {
      const remove = page.getByRole('button', { name: /^Remove / })
      for (let left = await remove.count(); left > 0; left -= 1) await remove.first().click()
    },
  },
  search: {
    enter: async (page) => {
      await page.getByRole('button', { name: 'Search in this conversation' }).click()
      await page.getByRole('textbox', { name: 'Search in this conversation' }).fill('rooms')
      await page.locator('mark').first().waitFor()
    },
    leave: pressEscape,
  },
  'too-long': {
    enter: (page) => composer(page).fill('long '.repeat(1_100)),
    leave: (page) => composer(page).fill(''),
  },
  offline: {
    enter: async (page) => {
      await scene.stage.world.setOffline(page.context(), true)
      await page.getByText('You are offline').first().waitFor()
      await say(page, 'Written offline')
    },
    leave: async (page) => {
      await scene.stage.world.setOffline(page.context(), false)
      await bubble(page, 'Written offline')
        .last()
        .getByRole('img', { name: /Sent|Deliv|Read/ })
        .waitFor()
    },
  },
  reconnecting: {
    enter: async (page) => {
      await scene.stage.world.kill()
      await page.getByRole('button', { name: 'Reconnect now' }).waitFor()
    },
    leave: async (page) => {
      await scene.stage.world.restart()
      const button = page.getByRole('button', { name: 'Reconnect now' })
      // It goes when the backoff is over, which may be before it is pressed.
      await button.click({ timeout: 2_000 }).catch(() => {})
      await button.waitFor({ state: 'detached' })
    },
  },
}

const inList: Readonly<Record<string, State>> = {
  'list-menu': {
    enter: async (page) => {
      await page.locator('[data-conversation]').first().hover()
      await page
        .getByRole('button', { name: /^Actions for/ })
        .first()
        .click()
      await page.getByRole('menuitem', { name: 'Pin' }).waitFor()
    },
    leave: pressEscape,
  },
  'list-delete': {
    enter: async (page) => {
      await page.locator('[data-conversation]').first().hover()
      await page
        .getByRole('button', { name: /^Actions for/ })
        .first()
        .click()
      await page.getByRole('menuitem', { name: 'Delete' }).click()
      await page.getByRole('dialog').waitFor()
    },
    leave: pressEscape,
  },
  'list-nothing-found': {
    enter: (page) => page.getByRole('textbox', { name: 'Search conversations' }).fill('zebra'),
    leave: pressEscape,
  },
  'list-archived': {
    enter: (page) => page.getByRole('button', { name: 'Archived' }).click(),
    leave: (page) => page.getByRole('button', { name: 'All' }).click(),
  },
}

const variants = [
  { viewport: desktop, colorScheme: 'light' },
  { viewport: desktop, colorScheme: 'dark' },
  { viewport: phone, colorScheme: 'light', hasTouch: true, isMobile: true },
  { viewport: phone, colorScheme: 'dark', hasTouch: true, isMobile: true },
] as const satisfies BrowserContextOptions[]

describe.each(variants)('without axe violations and inside the screen: %o', (variant) => {
  let page: Page
  const name = `${variant.viewport.width}-${variant.colorScheme}`
  const check = async (state: string, { enter, leave }: State) => {
    await enter(page)
    await page.screenshot({ path: shotPath(`${state}-${name}`) })
    const faults = await faultsOn(page)
    await leave(page)
    expect(faults).toEqual([])
  }

  beforeAll(async () => {
    page = await scene.stage.signIn(scene.pair.customer, { ...variant, reducedMotion: 'reduce' })
    await page.goto(`${scene.stage.world.origin}/messages/?conversation=${scene.pair.id}`)
    await bubble(page, 'Two files').waitFor()
  })
  afterAll(() => page.context().close())

  test.each(Object.entries(inConversation))('conversation: %s', check)

  test('the list opens', async () => {
    await page.goto(`${scene.stage.world.origin}/messages/`)
    await page.locator('[data-conversation]').first().waitFor()
  })
  test.each(Object.entries(inList))('%s', check)
})

test('from right to left nothing leaves the screen', async () => {
  for (const viewport of [desktop, phone]) {
    const page = await scene.stage.signIn(scene.pair.customer, { viewport })
    for (const path of ['/services/', '/messages/', `/messages/?conversation=${scene.pair.id}`]) {
      await page.goto(scene.stage.world.origin + path)
      await page.locator(':is(article, article, [data-conversation]):visible').first().waitFor()
      await page.evaluate(() => {
        document.documentElement.dir = 'rtl'
      })
      const name = path.includes('=') ? 'conversation' : path.replaceAll('/', '')
      await page.screenshot({ path: shotPath(`${name}-${viewport.width}-rtl`) })
      expect(await faultsOn(page)).toEqual([])
      expect(await leftNamesOn(page)).toEqual([])
    }
    await page.context().close()
  }
})

/** Headings and names that do not stand on the right; what people wrote keeps its own side. */
function leftNamesOn(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('h1, h2, [data-conversation] [dir=auto]')].flatMap((element) => {
      const { textAlign } = getComputedStyle(element)
      return /right|start/.test(textAlign) && !(textAlign === 'start' && element.matches('[dir]'))
        ? []
        : [`${element.textContent}: ${textAlign}`]
    }),
  )
}

test('in Nepali every control speaks Nepali', async () => {
  const page = await scene.stage.signIn(scene.pair.customer, { viewport: phone })
  await page.getByRole('button', { name: 'नेपाली' }).click()
  const english: string[] = []
  const people = await scene.stage.people()
  // Names of people, files and services, and what people wrote, are not translated.
  const simulated = ['Maya', 'Nabin', 'Puja', 'Rajan']
  const names = people.flatMap(({ name }) => [name, name.split(' ')[0] ?? name])
  const data = [...names, ...simulated, '.png', '.txt', 'English']
  const isData = (label: string) => data.some((known) => label.includes(known))
  const conversation = `/messages/?conversation=${scene.pair.id}`
  const paths = ['/', '/services/', '/messages/', conversation, '/test/websocket/']
  for (const path of paths) {
    await page.goto(scene.stage.world.origin + path)
    await page.waitForFunction(() => document.documentElement.lang === 'ne')
    await page.locator(':is(article, article, [data-conversation], h1):visible').first().waitFor()
    await page.screenshot({ path: shotPath(`nepali-${paths.indexOf(path)}-390`) })
    for (const label of await labelsOn(page)) {
      if (/[a-z]{3}/i.test(label) && !isData(label)) english.push(`${path} ${label}`)
    }
    expect(await page.title()).toContain('सेवाबजार')
  }
  expect(english).toEqual([])
})

/** The names of what one can press and fill in, and of what is counted. */
function labelsOn(page: Page): Promise<string[]> {
  const named = 'button:not([data-conversation]), input, textarea, nav a, h3, dt'
  return page.evaluate((selector) => {
    const nameOf = (element: Element) =>
      element.getAttribute('aria-label') ??
      element.getAttribute('placeholder') ??
      element.textContent
    return [...document.querySelectorAll(selector)].map(nameOf)
  }, named)
}

async function faultsOn(page: Page): Promise<string[]> {
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
  const tooWide = overflow > 0 ? [`${overflow} px wider than the screen`] : []
  return [...tooWide, ...(await violationsOn(page)), ...(await smallTargetsOn(page))]
}

/** WCAG 2.2 asks for 24 px. */
function smallTargetsOn(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('button, [role=menuitem], select')]
      .filter((element) => element.offsetParent !== null)
      .flatMap((element) => {
        const { width, height } = element.getBoundingClientRect()
        const isSmall = width > 0 && Math.min(width, height) < 24
        const name = element.getAttribute('aria-label') ?? element.textContent
        return isSmall ? [`${name} is ${width.toFixed(0)} × ${height.toFixed(0)} px`] : []
      }),
  )
}

test('by keyboard alone: a message is chosen, answered, reacted to and deleted', async () => {
  const page = await scene.stage.signIn(scene.pair.customer)
  await page.goto(`${scene.stage.world.origin}/messages/?conversation=${scene.pair.id}`)
  await bubble(page, 'Two files').waitFor()
  await composer(page).fill('Chosen by keys')
  await page.keyboard.press('Enter')
  await bubble(page, 'Chosen by keys')
    .getByRole('img', { name: /Sent|Deliv|Read/ })
    .waitFor()
  // Back from the text field over the buttons to the list: one stop for all messages.
  for (let stops = 0; stops < 12; stops += 1) {
    await page.keyboard.press('Shift+Tab')
    if (await page.evaluate(() => document.activeElement?.tagName === 'ARTICLE')) break
  }
  await page.keyboard.press('Enter')
  await page.getByRole('menuitem', { name: 'React 👍' }).waitFor()
  await page.keyboard.press('Enter')
  await bubble(page, 'Chosen by keys').getByRole('button', { name: /^👍/ }).waitFor()
  await bubble(page, 'Chosen by keys').last().focus()
  await page.keyboard.press('Enter')
  await page.keyboard.press('End')
  await page.keyboard.press('Enter')
  await page.getByText('You deleted this message').waitFor()
  await page.context().close()
})
