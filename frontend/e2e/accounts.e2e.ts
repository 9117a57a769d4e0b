import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { violationsOn } from './axe'
import { phone, Stage, shotPath } from './stage'

let stage: Stage
let context: BrowserContext

beforeAll(async () => {
  stage = await Stage.open('accounts')
  context = await stage.browser()
})
afterEach(() => expect(stage.complaints.splice(0)).toEqual([]))
afterAll(() => stage?.close())

const field = (page: Page, name: string) => page.getByLabel(name, { exact: true })
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

async function fill(page: Page, fields: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(fields)) await field(page, name).fill(value)
}

test('somebody makes an account and is signed in', async () => {
  const page = await stage.page(context)
  await press(page, 'Create an account')
  expect(await violationsOn(page)).toEqual([])
  await page.screenshot({ path: shotPath('register-1280-light') })
  await fill(page, { 'Your name': 'Maya Rai', 'User name or e-mail': 'maya@example.com' })
  await page.getByLabel(/^Password/).fill('correct horse')
  await page.getByLabel('I am a').selectOption('provider')
  await press(page, 'Create the account')
  await page.waitForURL(/messages/)
  await page.getByText('No conversations yet').waitFor()
  await page.getByRole('heading', { name: 'Your customers' }).waitFor()
  expect(await violationsOn(page)).toEqual([])
  await page.close()
})

/** In the page: the access token is due. */
function expire(): void {
  for (const [key, text] of Object.entries(localStorage)) {
    if (!key.startsWith('sewa.session')) continue
    localStorage.setItem(key, JSON.stringify({ ...JSON.parse(text), expiresAt: 0 }))
  }
}

const signedIn = (page: Page) => page.getByText('No conversations yet').waitFor()

test('a token that has ended is renewed once, however many tabs need it', async () => {
  const refreshes: number[] = []
  const note = (page: Page) =>
    page.on('response', (answer) => {
      if (answer.url().includes('/auth/refresh/')) refreshes.push(answer.status())
    })
  const tabs = [await context.newPage(), await context.newPage(), await context.newPage()]
  for (const tab of tabs) {
    note(tab)
    await tab.goto(`${stage.world.origin}/messages/`)
    await signedIn(tab)
  }
  // Processes see each other's storage late, now and then: once is not enough to tell.
  for (let round = 1; round <= 3; round += 1) {
    await tabs[0]?.evaluate(expire)
    await Promise.all(tabs.map((tab) => tab.reload()))
    for (const tab of tabs) await signedIn(tab)
    expect(refreshes).toEqual(Array(round).fill(200))
  }
  for (const tab of tabs) await tab.close()
})

test('a login that the server has ended leads to the sign-in, in every tab', async () => {
  const leader = await stage.page(context, '/messages/')
  await signedIn(leader)
  const page = await stage.page(context, '/messages/')
  await signedIn(page)
  await page.evaluate(async () => {
    const { refresh } = JSON.parse(localStorage.getItem('sewa.session') ?? '{}')
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify({ refresh })
    await fetch('/api/auth/logout/', { method: 'POST', headers, body })
  })
  await leader.getByRole('link', { name: 'Go to sign-in' }).waitFor()
  await leader.close()
  await page.getByRole('link', { name: 'Go to sign-in' }).click()
  await signIn(page, 'maya@example.com', 'correct horse')
  await page.close()
})

async function signIn(page: Page, name: string, password: string): Promise<void> {
  await fill(page, { 'User name or e-mail': name, Password: password })
  await press(page, 'Sign in')
  await page.waitForURL(/messages/)
}

test('a wrong password is said in plain words; the right one opens the door again', async () => {
  const page = await stage.page(context, '/messages/')
  await press(page, 'Sign out')
  await page.getByRole('link', { name: 'Go to sign-in' }).click()
  await fill(page, { 'User name or e-mail': 'MAYA@example.com', Password: 'wrong horse' })
  await press(page, 'Sign in')
  await page.getByText('The name or the password is wrong.').waitFor()
  expect(await violationsOn(page)).toEqual([])
  await signIn(page, 'maya@example.com', 'correct horse')
})

test('a name that is taken is said; the form fits a phone', async () => {
  const other = await stage.browser({ viewport: phone, colorScheme: 'dark' })
  const page = await stage.page(other)
  await press(page, 'Create an account')
  await fill(page, { 'Your name': 'Another Maya', 'User name or e-mail': 'maya@example.com' })
  await page.getByLabel(/^Password/).fill('12345678')
  await press(page, 'Create the account')
  await page.getByText('This name is taken.').waitFor()
  await page.screenshot({ path: shotPath('register-390-dark') })
  expect(await violationsOn(page)).toEqual([])
})
