// @vitest-environment happy-dom
import { render, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test, vi } from 'vitest'
import { violationsIn } from '@/test/axe'
import { bikram, chandra, cleaning, conversation, dolma } from '../../fixtures'
import { ConversationListView, type ConversationListViewProps } from './ConversationListView'

const base: ConversationListViewProps = {
  conversations: [
    conversation(1, bikram, { service: cleaning, unread_count: 3 }),
    conversation(2, chandra, { last_message_preview: 'शनिबार बिहान' }),
    conversation(3, dolma, { is_archived: true }),
  ],
  selectedId: null,
  isLoading: false,
  error: null,
  onSelect: vi.fn(),
  onPin: vi.fn(),
  onMute: vi.fn(),
  onArchive: vi.fn(),
  onRemove: vi.fn(),
}

const show = (props: Partial<ConversationListViewProps> = {}) =>
  render(<ConversationListView {...base} {...props} />)

const names = () =>
  screen.getAllByRole('listitem').map((item) => within(item).getAllByRole('button')[0]?.textContent)

test('shows names, services and unread counts, and opens what is pressed', async () => {
  const onSelect = vi.fn()
  const { container } = show({ onSelect })
  const first = screen.getByRole('button', { name: /Bikram Thapa.*Deep cleaning/ })
  expect(within(first).getByRole('img', { name: '3 unread messages' })).toHaveTextContent('3')
  await userEvent.click(first)
  expect(onSelect).toHaveBeenCalledExactlyOnceWith(1)
  expect(await violationsIn(container)).toEqual([])
})

test.each([
  ['BIKRAM', 1],
  ['deep clean', 1],
  ['चन्द्र', 1],
  ['शनिबार', 1],
  ['Dolma', 0],
  ['nobody', 0],
])('searching %s finds %i', async (search, count) => {
  show()
  await userEvent.type(screen.getByRole('textbox', { name: 'Search conversations' }), search)
  expect(screen.queryAllByRole('listitem')).toHaveLength(count)
  if (count === 0) expect(screen.getByText('Nothing found')).toBeInTheDocument()
})

test('filters show unread and archived conversations', async () => {
  show()
  await userEvent.click(screen.getByRole('button', { name: /^Unread/ }))
  expect(names()).toHaveLength(1)
  await userEvent.click(screen.getByRole('button', { name: 'Archived' }))
  expect(names()[0]).toContain('Dolma')
})

test('the open conversation stays under "unread" while it is being read', async () => {
  const { rerender } = show({ selectedId: 1 })
  await userEvent.click(screen.getByRole('button', { name: /^Unread/ }))
  const read = [conversation(1, bikram, { unread_count: 0 })]
  rerender(<ConversationListView {...base} selectedId={1} conversations={read} />)
  expect(screen.getAllByRole('listitem')).toHaveLength(1)
})

test('pin, mute, archive and delete are in the menu; delete asks first', async () => {
  const actions = { onPin: vi.fn(), onMute: vi.fn(), onArchive: vi.fn(), onRemove: vi.fn() }
  show(actions)
  const choose = async (name: string) => {
    await userEvent.click(screen.getByRole('button', { name: 'Actions for Bikram Thapa' }))
    await userEvent.click(screen.getByRole('menuitem', { name }))
  }
  await choose('Pin')
  expect(actions.onPin).toHaveBeenCalledExactlyOnceWith(1, true)
  await choose('Mute')
  expect(actions.onMute).toHaveBeenCalledExactlyOnceWith(1, true)
  await choose('Archive')
  expect(actions.onArchive).toHaveBeenCalledExactlyOnceWith(1, true)
  await choose('Delete')
  expect(actions.onRemove).not.toHaveBeenCalled()
  const dialog = await screen.findByRole('dialog', { name: 'Delete this conversation?' })
  await userEvent.click(within(dialog).getByRole('button', { name: 'Delete' }))
  expect(actions.onRemove).toHaveBeenCalledExactlyOnceWith(1)
})

test('arrows move between conversations', async () => {
  show()
  screen.getByRole('button', { name: /Bikram Thapa.*Deep/ }).focus()
  await userEvent.keyboard('{ArrowDown}')
  expect(screen.getByRole('button', { name: /^चन्द्र/ })).toHaveFocus()
})

test('loading, failing and empty have their own faces', async () => {
  const onRefresh = vi.fn()
  const { rerender } = show({ conversations: [], isLoading: true })
  expect(screen.getByRole('status', { name: 'Loading…' })).toBeInTheDocument()
  const error = { code: 'network' as const, message: 'No answer.', retryable: true }
  const trying = { conversations: [], isLoading: true, error, onRefresh }
  rerender(<ConversationListView {...base} {...trying} />)
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
  expect(onRefresh).toHaveBeenCalledOnce()
  rerender(<ConversationListView {...base} conversations={[]} emptyAction={<a href="/x">Go</a>} />)
  expect(screen.getByRole('link', { name: 'Go' })).toBeInTheDocument()
})
