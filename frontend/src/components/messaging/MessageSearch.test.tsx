// @vitest-environment happy-dom
import { act, render, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, test, vi } from 'vitest'
import type { SearchHit } from '@/client'
import { MessagingProvider } from '@/hooks'
import { violationsIn } from '@/test/axe'
import { settle } from '@/test/ManualClock'
import { asha, binod, Scene } from '@/test/scene'
import { message } from '../fixtures'
import { ConversationPane } from './ConversationPane'
import { partsOf } from './MessageSearch'

beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600)
})

/** A conversation of 200 messages, of which this browser has the newest. */
async function openSearch() {
  const scene = new Scene()
  scene.server.say(binod, scene.chat.id, 'The kitchen tap is leaking')
  for (let n = 0; n < 200; n += 1) scene.server.say(binod, scene.chat.id, `${n}`)
  const { client } = scene.open(asha)
  const view = render(
    <MessagingProvider client={client}>
      <ConversationPane conversationId={scene.chat.id} />
    </MessagingProvider>,
  )
  await act(settle)
  await userEvent.click(screen.getByRole('button', { name: 'Search in this conversation' }))
  const input = await screen.findByRole('textbox', { name: 'Search in this conversation' })
  const ask = async (text: string) => {
    await userEvent.clear(input)
    await userEvent.type(input, text)
    await act(() => scene.clock.advance(300))
  }
  return { scene, input, ask, view }
}

test('a hit far back is marked in the answer and brought into view when it is chosen', async () => {
  const { ask, view } = await openSearch()
  expect(screen.queryByText('The kitchen tap is leaking')).toBeNull()
  await ask('tap')
  const hits = screen.getByRole('list', { name: 'Search in this conversation' })
  expect(within(hits).getByText('tap').tagName).toBe('MARK')
  expect(await violationsIn(view.container)).toEqual([])
  await userEvent.click(within(hits).getByRole('button'))
  for (let page = 0; page < 8; page += 1) await act(settle)
  const feed = screen.getByRole('feed')
  const found = within(feed).getByText('The kitchen tap is leaking').closest('article')
  expect(found).toHaveAttribute('data-target', 'true')
})

test('nothing found is said; Escape closes and gives the focus back', async () => {
  const { ask } = await openSearch()
  await ask('paint')
  expect(screen.getByText('Nothing found')).toBeInTheDocument()
  await userEvent.keyboard('{Escape}')
  expect(screen.queryByRole('textbox', { name: 'Search in this conversation' })).toBeNull()
  expect(screen.getByRole('button', { name: 'Search in this conversation' })).toHaveFocus()
})

test('the text around a hit is cut, and hits are marked', () => {
  const content = `${'before '.repeat(20)}the tap drips, a tap leaks ${'after '.repeat(60)}`
  const at = content.indexOf('tap')
  const hit: SearchHit = {
    message: { ...message(content) },
    ranges: [
      [at, at + 3],
      [at + 13, at + 16],
    ],
  }
  const parts = partsOf(hit)
  expect(parts.filter((part) => part.isHit).map((part) => part.text)).toEqual(['tap', 'tap'])
  expect(parts[0]?.text).toBe('… ')
  expect(parts.at(-1)?.text).toBe(' …')
  expect(parts.map((part) => part.text).join('').length).toBeLessThan(200)
  const whole = partsOf({ message: message('tap'), ranges: [[0, 3]] })
  expect(whole).toEqual([{ at: 0, text: 'tap', isHit: true }])
})
