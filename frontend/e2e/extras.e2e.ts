import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { bubble, type Pair, Stage, say, shotPath } from './stage'

let stage: Stage
let pair: Pair

beforeAll(async () => {
  stage = await Stage.open()
  pair = await stage.pair()
})
afterEach(() => expect(stage.complaints.splice(0)).toEqual([]))
afterAll(() => stage?.close())

test('a picture and a file travel with a message; what was cancelled does not', async () => {
  const { first, second } = pair
  const files = first.getByLabel('Choose files')
  await files.setInputFiles([
    { name: 'kitchen.png', mimeType: 'image/png', buffer: await first.screenshot() },
    { name: 'offer.txt', mimeType: 'text/plain', buffer: Buffer.from('Three rooms: 4,500') },
    { name: 'wrong.txt', mimeType: 'text/plain', buffer: Buffer.from('not this one') },
  ])
  const uploads = first.getByRole('list', { name: 'Files to send' })
  await first.getByRole('button', { name: 'Remove wrong.txt' }).click()
  await uploads.getByText('wrong.txt').waitFor({ state: 'detached' })
  await uploads.getByRole('progressbar').first().waitFor({ state: 'detached' })
  await say(first, 'Here is the kitchen')
  for (const page of [first, second]) {
    const picture = bubble(page, 'Here is the kitchen').getByRole('img', { name: 'kitchen.png' })
    await picture.waitFor()
    await page.waitForFunction(
      () =>
        (document.querySelector('img[alt="kitchen.png"]') as HTMLImageElement)?.naturalWidth > 0,
    )
    expect(await bubble(page, 'Here is the kitchen').getByText('wrong.txt').count()).toBe(0)
  }
  const link = bubble(second, 'Here is the kitchen').getByRole('link', { name: /offer\.txt/ })
  const address = new URL((await link.getAttribute('href')) ?? '', stage.world.origin)
  expect(await (await fetch(address)).text()).toBe('Three rooms: 4,500')
  await second.screenshot({ path: shotPath('attachments-1280-light') })
})

test('a message that was said long ago is found and shown', async () => {
  const { first, second, provider, id } = pair
  await say(second, 'The tap needs a new washer')
  for (let line = 0; line < 80; line += 1) {
    const body = { conversation: id, text: `Line ${line}.` }
    await stage.world.request(provider.id, 'POST', 'messages/', body)
  }
  await bubble(first, 'Line 79.').waitFor()
  await first.getByRole('button', { name: 'Search in this conversation' }).click()
  const field = first.getByRole('textbox', { name: 'Search in this conversation' })
  const hit = first.getByRole('list', { name: 'Search in this conversation' }).getByRole('button')
  // F-3: a new text can be found within about a second.
  await field.fill('washer')
  await hit.first().waitFor()
  expect(await hit.first().locator('mark').textContent()).toBe('washer')
  await hit.first().click()
  await bubble(first, 'The tap needs a new washer').waitFor()
  await first.screenshot({ path: shotPath('search-1280-light') })
  await field.press('Escape')
  await field.waitFor({ state: 'detached' })
})
