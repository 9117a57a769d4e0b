import { expect, test } from 'vitest'
import { act, attach, bubble, composer, openScene, say, shotPath } from './stage'

const scene = openScene()

test('a picture and a file travel with a message; what was cancelled does not', async () => {
  const { first, second } = scene.pair
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
  const address = new URL((await link.getAttribute('href')) ?? '', scene.stage.world.origin)
  expect(await (await fetch(address)).text()).toBe('Three rooms: 4,500')
  await second.screenshot({ path: shotPath('attachments-1280-light') })
})

test('a message that was said long ago is found and shown', async () => {
  const { first, second, provider, id } = scene.pair
  await say(second, 'The tap needs a new washer')
  for (let line = 0; line < 80; line += 1) {
    const body = { conversation: id, text: `Line ${line}.` }
    await scene.stage.world.request(provider.id, 'POST', 'messages/', body)
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

test('a picture opens over the page, and the keyboard closes it again', async () => {
  const { first } = scene.pair
  await say(first, 'To the end of the list')
  await attach(first, [
    { name: 'before.png', mimeType: 'image/png', buffer: await first.screenshot() },
    { name: 'after.png', mimeType: 'image/png', buffer: await first.screenshot() },
  ])
  await say(first, 'Before and after')
  await bubble(first, 'Before and after').getByRole('link', { name: 'View before.png' }).click()
  const viewer = first.getByRole('dialog', { name: 'before.png' })
  await viewer.getByRole('img', { name: 'before.png' }).waitFor()
  await first.keyboard.press('ArrowRight')
  const second = first.getByRole('dialog', { name: 'after.png' })
  await second.getByText('2 / 2').waitFor()
  expect(
    await second.getByRole('link', { name: 'Download after.png' }).getAttribute('download'),
  ).toBe('after.png')
  await first.screenshot({ path: shotPath('viewer-1280-light') })
  await first.keyboard.press('Escape')
  await first.getByRole('dialog').waitFor({ state: 'detached' })
})

test('a voice message is recorded, sent and played by the other one', async () => {
  const { first, second } = scene.pair
  await first.getByRole('button', { name: 'Record a voice message' }).click()
  const recording = first.getByRole('group', { name: 'Recording' })
  await recording.getByText('0:01').waitFor()
  await first.screenshot({ path: shotPath('recording-1280-light') })
  await recording.getByRole('button', { name: 'Send the voice message' }).click()
  await composer(first).waitFor()
  const voice = second.getByRole('group', { name: /^Voice message, 0:0[1-9]/ })
  await voice.waitFor()
  await voice.getByRole('button', { name: 'Play' }).click()
  await voice.getByRole('button', { name: 'Pause' }).waitFor()
  const position = voice.getByRole('slider', { name: 'Position' })
  await second.waitForFunction(() => {
    const audio = document.querySelector('audio')
    return audio !== null && audio.currentTime > 0.3
  })
  expect(Number(await position.getAttribute('max'))).toBeGreaterThan(900)
  // At the end it is ready to be played again.
  await voice.getByRole('button', { name: 'Play' }).waitFor({ timeout: 10_000 })
  await second.screenshot({ path: shotPath('voice-1280-light') })
})

test('a recording that was discarded is not sent', async () => {
  const { first, second } = scene.pair
  const voices = second.getByRole('group', { name: /^Voice message/ })
  const before = await voices.count()
  await first.getByRole('button', { name: 'Record a voice message' }).click()
  await first.getByRole('group', { name: 'Recording' }).getByText('0:01').waitFor()
  await first.getByRole('button', { name: 'Discard the recording' }).click()
  await say(first, 'Said by hand')
  await bubble(second, 'Said by hand').waitFor()
  expect(await voices.count()).toBe(before)
})

test('reactions, replies, edits and deletions are on both screens', async () => {
  const { first, second } = scene.pair
  await say(first, 'Rs. 2,500 for everything')
  await bubble(second, 'Rs. 2,500').waitFor()
  await act(second, 'Rs. 2,500', 'React 👍')
  await bubble(first, 'Rs. 2,500').getByRole('button', { name: /^👍 1/ }).waitFor()
  await act(second, 'Rs. 2,500', 'Another reaction')
  await second.getByRole('dialog', { name: 'Choose an emoji' }).getByText('🎉').click()
  await bubble(first, 'Rs. 2,500').getByRole('button', { name: /^🎉 1/ }).waitFor()
  await act(second, 'Rs. 2,500', 'Reply')
  await say(second, 'That is fine')
  await bubble(first, 'That is fine').getByText('Rs. 2,500 for everything').waitFor()
  await act(first, 'Rs. 2,500 for everything', 'Edit')
  await composer(first).fill('Rs. 2,400 for all')
  await composer(first).press('Enter')
  await bubble(second, 'Rs. 2,400 for all').getByText('edited').waitFor()
  await act(second, 'That is fine', 'Delete for everyone')
  await first.getByText('This message was deleted').waitFor()
  await second.getByText('You deleted this message').waitFor()
})

test('a ready-made text starts a message', async () => {
  const { second } = scene.pair
  await second.getByRole('button', { name: 'Ready-made texts' }).click()
  await second.getByRole('menuitem', { name: 'I am on my way.' }).click()
  expect(await composer(second).inputValue()).toBe('I am on my way.')
  await composer(second).press('Enter')
  await bubble(scene.pair.first, 'I am on my way.').waitFor()
})

test('while nobody looks, the tab counts and the system tells', async () => {
  const { customer, provider, id } = scene.pair
  const context = await scene.stage.browser()
  await context.grantPermissions(['notifications'], { origin: scene.stage.world.origin })
  const page = await scene.stage.page(context)
  // Chromium without a screen keeps notifications to itself: this notes what it was asked to show.
  await page.addInitScript(() => {
    const told: { title: string; body: string | undefined; tag: string | undefined }[] = []
    class Noted extends EventTarget {
      static readonly permission = 'granted'
      constructor(title: string, { body, tag }: NotificationOptions = {}) {
        super()
        told.push({ title, body, tag })
      }
      close() {}
    }
    Object.assign(window, { told, Notification: Noted })
  })
  await page.getByRole('button', { name: customer.name }).click()
  await page.waitForURL(/services/)
  await page.goto(`${scene.stage.world.origin}/messages/`)
  await page.getByRole('listitem').first().waitFor()
  await page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => true })
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => 'hidden' })
  })
  await scene.pair.first.goto(`${scene.stage.world.origin}/services/`)
  const body = { conversation: id, text: 'I am at the door' }
  await scene.stage.world.request(provider.id, 'POST', 'messages/', body)
  await page.waitForFunction(() => document.title.startsWith('(1) '))
  const told = await page.evaluate(() => (window as unknown as { told: unknown[] }).told)
  expect(told).toEqual([{ title: provider.name, body: 'I am at the door', tag: `sewa-${id}` }])
  await context.close()
})
