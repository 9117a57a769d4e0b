// @vitest-environment happy-dom
import { act, fireEvent, render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { Profiler } from 'react'
import { beforeEach, expect, test, vi } from 'vitest'
import type { Message } from '@/client'
import { violationsIn } from '@/test/axe'
import { asha, dolma, message } from '../../fixtures'
import { MessageListView, type MessageListViewProps } from './MessageListView'

// happy-dom lays nothing out; the list needs the size of its viewport.
beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600)
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(390)
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(56)
})

const base: MessageListViewProps = {
  messages: [],
  label: 'Messages with Bikram',
  userId: asha.id,
  hasOlder: false,
  isLoading: false,
  error: null,
  unreadAfter: null,
  actions: {},
  onLoadOlder: vi.fn(),
  onSeen: vi.fn(),
}

const show = (props: Partial<MessageListViewProps>) =>
  render(<MessageListView {...base} {...props} />)

test('an empty conversation invites to write', async () => {
  const { container } = show({})
  expect(screen.getByText('No messages yet')).toBeInTheDocument()
  expect(await violationsIn(container)).toEqual([])
})

test('what could not be loaded can be tried again', async () => {
  const onLoadOlder = vi.fn()
  show({ error: { code: 'network', message: 'No answer.', retryable: true }, onLoadOlder })
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
  expect(onLoadOlder).toHaveBeenCalled()
})

test('who waits at the top gets page after page, until one brings nothing', () => {
  const height = vi.spyOn(HTMLElement.prototype, 'scrollHeight', 'get').mockReturnValue(2_000)
  const onLoadOlder = vi.fn()
  const newest = message('b')
  const shown = (messages: Message[], isLoading: boolean) => (
    <MessageListView {...base} {...{ messages, isLoading, onLoadOlder }} hasOlder />
  )
  const { rerender } = render(shown([newest], true))
  const feed = screen.getByRole('feed')
  fireEvent.wheel(feed, { deltaY: -400 })
  feed.scrollTop = 0
  fireEvent.scroll(feed)
  expect(onLoadOlder).not.toHaveBeenCalled()
  rerender(shown([newest], false))
  expect(onLoadOlder).toHaveBeenCalledTimes(1)
  const more = [message('a'), newest]
  for (const isLoading of [true, false]) rerender(shown(more, isLoading))
  expect(onLoadOlder).toHaveBeenCalledTimes(2)
  for (const isLoading of [true, false]) rerender(shown(more, isLoading))
  expect(onLoadOlder).toHaveBeenCalledTimes(2)
  height.mockRestore()
})

test('of 10,000 messages only a screenful is in the page', async () => {
  const messages = Array.from({ length: 10_000 }, (_, index) => message(`Message ${index}`))
  const { container } = show({ messages })
  expect(screen.getByRole('feed', { name: 'Messages with Bikram' })).toBeInTheDocument()
  const shown = screen.getAllByRole('article')
  expect(shown.length).toBeGreaterThan(0)
  expect(shown.length).toBeLessThan(60)
  expect(await violationsIn(container)).toEqual([])
})

test('a new message of somebody else is announced, old ones are not', () => {
  const first = message('old')
  const { rerender } = show({ messages: [first] })
  expect(screen.getByRole('log')).toBeEmptyDOMElement()
  rerender(<MessageListView {...base} messages={[first, message('Fresh news')]} />)
  expect(screen.getByRole('log')).toHaveTextContent('Bikram Thapa: Fresh news')
})

test('a row keeps its element when its message is confirmed', () => {
  const sending = message('Hello', { is_own: true, id: null, conv_seq: null, status: 'sending' })
  const { rerender } = show({ messages: [sending] })
  const article = screen.getByRole('article')
  const sent: Message = { ...sending, id: 77, conv_seq: 3, status: 'sent' }
  rerender(<MessageListView {...base} messages={[sent]} />)
  expect(screen.getByRole('article')).toBe(article)
  expect(screen.getByRole('img', { name: 'Sent' })).toBeInTheDocument()
})

test('one tab stop for the list; arrows move, Enter opens the actions', async () => {
  const messages = [message('one'), message('two'), message('three')]
  show({ messages, actions: { onReply: vi.fn() } })
  const articles = screen.getAllByRole('article')
  expect(articles.map((article) => article.tabIndex)).toEqual([-1, -1, 0])
  act(() => articles[2]?.focus())
  await userEvent.keyboard('{ArrowUp}')
  await vi.waitFor(() => expect(articles[1]).toHaveFocus())
  await userEvent.keyboard('{Enter}')
  expect(screen.getByRole('menuitem', { name: 'Reply' })).toHaveFocus()
})

test('being at the end of a visible page counts as having seen', () => {
  const onSeen = vi.fn()
  const visibility = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden')
  show({ messages: [message('one')], onSeen })
  expect(onSeen).not.toHaveBeenCalled()
  visibility.mockReturnValue('visible')
  act(() => void document.dispatchEvent(new Event('visibilitychange')))
  expect(onSeen).toHaveBeenCalledOnce()
})

test('what comes above an own message that waits is seen as well', () => {
  const onSeen = vi.fn()
  const waiting = message('mine', { is_own: true, status: 'queued' })
  const { rerender } = show({ messages: [waiting], onSeen })
  onSeen.mockClear()
  rerender(<MessageListView {...base} messages={[message('theirs'), waiting]} onSeen={onSeen} />)
  expect(onSeen).toHaveBeenCalled()
})

test('a received message renders its own bubble and none of the others', () => {
  let renders = 0
  // Nothing but a bubble asks for the reactions.
  const counted = (text: string, change = {}) =>
    Object.defineProperty(message(text, change), 'reactions', {
      get: () => {
        renders += 1
        return []
      },
    })
  const messages = [counted('one'), counted('two'), counted('three')]
  const { rerender } = show({ messages })
  const perBubble = renders / messages.length
  expect(perBubble).toBeGreaterThan(0)
  renders = 0
  const more = [...messages, counted('four', { sender: dolma })]
  rerender(<MessageListView {...base} messages={more} />)
  expect(screen.getByText('four')).toBeInTheDocument()
  expect(renders).toBe(perBubble)
})

test('a received message is one render of the list', () => {
  const messages = Array.from({ length: 100 }, (_, index) => message(`Message ${index}`))
  let renders = 0
  const list = (shown: readonly Message[]) => (
    <Profiler id="list" onRender={() => (renders += 1)}>
      <MessageListView {...base} messages={shown} />
    </Profiler>
  )
  const { rerender } = render(list(messages))
  renders = 0
  rerender(list([...messages, message('new')]))
  expect(screen.getByText('new')).toBeInTheDocument()
  expect(renders).toBe(1)
})

test('who follows many messages has a screenful of rows, with the newest one', () => {
  const messages = Array.from({ length: 300 }, (_, index) => message(`Message ${index}`))
  const { rerender } = show({ messages: messages.slice(0, 40) })
  for (let count = 45; count <= 300; count += 5) {
    rerender(<MessageListView {...base} messages={messages.slice(0, count)} />)
  }
  expect(screen.getByText('Message 299')).toBeInTheDocument()
  expect(screen.getAllByRole('article').length).toBeLessThan(60)
})

test('rows stay in the page when older messages come above them', () => {
  const messages = Array.from({ length: 300 }, (_, index) => message(`Message ${index}`))
  const { rerender } = show({ messages: messages.slice(100) })
  const row = screen.getByText('Message 295').closest('article')
  rerender(<MessageListView {...base} messages={messages} />)
  expect(screen.getByText('Message 295').closest('article')).toBe(row)
  expect(screen.queryByText('Message 0')).toBeNull()
})
