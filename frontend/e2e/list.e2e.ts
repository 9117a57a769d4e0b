import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { bubble, composer, openScene, say } from './stage'

const scene = openScene()

const list = (page: Page) => page.locator('[data-slot=conversation-list]')
const item = (page: Page) => list(page).locator('li', { hasText: scene.pair.provider.name }).first()
const filter = (page: Page, name: RegExp) => list(page).getByRole('button', { name }).click()

async function choose(page: Page, action: string): Promise<void> {
  await item(page).hover()
  await item(page)
    .getByRole('button', { name: `Actions for ${scene.pair.provider.name}` })
    .click()
  await page.getByRole('menuitem', { name: action, exact: true }).click()
}

test('who writes is seen in the list, and so is what was written', async () => {
  const { first, second } = scene.pair
  await first.goto(`${scene.stage.world.origin}/messages/`)
  // Typing is not repeated for those who come later: who is online is known as soon as the list is live.
  await item(first).locator('[data-online=true]').waitFor()
  // Longer than 3 s (P-6).
  const writing = composer(second).pressSequentially('On my way now', { delay: 300 })
  await item(first).getByText('is typing').waitFor()
  await writing
  await composer(second).press('Enter')
  await item(first).getByText('On my way').waitFor()
  await item(first).getByRole('img', { name: '1 unread message' }).waitFor()
})

test('unread, pinned, muted, archived: each survives a reload', async () => {
  const { first } = scene.pair
  await filter(first, /^Unread/)
  await item(first).waitFor()
  await filter(first, /^All/)
  await choose(first, 'Pin')
  await choose(first, 'Mute')
  await first.reload()
  await item(first).getByRole('img', { name: 'Pinned' }).waitFor()
  await item(first).getByRole('img', { name: 'Muted' }).waitFor()
  await choose(first, 'Archive')
  await item(first).waitFor({ state: 'detached' })
  await filter(first, /^Archived/)
  await item(first).waitFor()
  await choose(first, 'Move to inbox')
  await filter(first, /^All/)
  await item(first).waitFor()
  await choose(first, 'Unpin')
  await choose(first, 'Unmute')
})

test('search finds by name and by words, and says so when there is nothing', async () => {
  const { first, provider } = scene.pair
  const field = first.getByRole('textbox', { name: 'Search conversations' })
  await field.fill(provider.name.slice(0, 4).toUpperCase())
  await item(first).waitFor()
  await field.fill('on my way')
  await item(first).waitFor()
  await field.fill('zebra')
  await list(first).getByText('Nothing found').waitFor()
  await field.press('Escape')
  await item(first).waitFor()
})

test('a provider sees that customers wait, and no longer when they were answered', async () => {
  const { first, second, id } = scene.pair
  await second.goto(`${scene.stage.world.origin}/messages/`)
  await list(second).getByRole('heading', { name: 'Your customers' }).waitFor()
  await first.goto(`${scene.stage.world.origin}/messages/?conversation=${id}`)
  await list(first).getByRole('heading', { name: 'Your providers' }).waitFor()
  await say(first, 'Are you there?')
  await list(second).getByText('1 customer is waiting for you').waitFor()
  await second.goto(`${scene.stage.world.origin}/messages/?conversation=${id}`)
  await bubble(second, 'Are you there?').waitFor()
  await list(second).getByText('is waiting for you').waitFor({ state: 'detached' })
})

test('a toast tells about another conversation and leads there; the open one has none', async () => {
  const { first, provider, id } = scene.pair
  await first.goto(`${scene.stage.world.origin}/messages/`)
  await item(first).waitFor()
  const body = { conversation: id, text: 'The tools are in the car' }
  await scene.stage.world.request(provider.id, 'POST', 'messages/', body)
  const toast = first.locator('[data-sonner-toast]')
  await toast.getByText('The tools are in the car').waitFor()
  await toast.getByRole('button', { name: 'Reply' }).click()
  await bubble(first, 'The tools are in the car').waitFor()
  await toast.waitFor({ state: 'detached' })
  await scene.stage.world.request(provider.id, 'POST', 'messages/', {
    ...body,
    text: 'Five minutes',
  })
  await bubble(first, 'Five minutes').waitFor()
  expect(await toast.count()).toBe(0)
})

test('a deleted conversation leaves the list and comes back with the next message', async () => {
  const { first, provider, id } = scene.pair
  await first.goto(`${scene.stage.world.origin}/messages/`)
  await choose(first, 'Delete')
  const dialog = first.getByRole('dialog', { name: 'Delete this conversation?' })
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await item(first).waitFor()
  await choose(first, 'Delete')
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await list(first).getByText('On my way').waitFor({ state: 'detached' })
  const body = { conversation: id, text: 'One more thing' }
  await scene.stage.world.request(provider.id, 'POST', 'messages/', body)
  await item(first).getByText('One more thing').waitFor()
})
