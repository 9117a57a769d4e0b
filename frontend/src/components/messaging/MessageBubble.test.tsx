// @vitest-environment happy-dom
import { render, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test, vi } from 'vitest'
import { violationsIn } from '@/test/axe'
import { asha, message } from '../fixtures'
import { hostileTexts } from '../testing/hostileTexts'
import { type MessageActions, MessageBubble } from './MessageBubble'

function show(shown: ReturnType<typeof message>, actions: MessageActions = {}) {
  return render(<MessageBubble message={shown} actions={actions} userId={asha.id} />)
}

test.each([
  ['queued', 'Waiting to be sent'],
  ['sending', 'Sending'],
  ['unknown', 'Checking whether it arrived'],
  ['sent', 'Sent'],
  ['delivered', 'Delivered'],
  ['read', 'Read'],
] as const)('an own message that is %s says so', async (status, label) => {
  const { container } = show(message('Namaste', { is_own: true, status }))
  expect(screen.getByRole('img', { name: label })).toBeInTheDocument()
  expect(await violationsIn(container)).toEqual([])
})

test('a failed message says why and offers to repeat or discard it', async () => {
  const onRetry = vi.fn()
  const onDiscard = vi.fn()
  const error = { code: 'blocked' as const, message: 'You are blocked.', retryable: false }
  const failed = message('Hello', { is_own: true, id: null, status: 'failed', error })
  show(failed, { onRetry, onDiscard })
  expect(screen.getByText('You are blocked.')).toBeInTheDocument()
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
  await userEvent.click(screen.getByRole('button', { name: 'Discard' }))
  expect(onRetry).toHaveBeenCalledExactlyOnceWith(failed.key)
  expect(onDiscard).toHaveBeenCalledExactlyOnceWith(failed.key)
})

test.each(hostileTexts.map((text) => [text]))('shows %j as text', (text) => {
  const { container } = show(message(text))
  expect(container.textContent).toContain(text)
  expect(container.querySelector('script, img, b, iframe')).toBeNull()
  for (const link of screen.queryAllByRole('link')) {
    expect(link.getAttribute('href')).toMatch(/^(https?:\/\/|mailto:)/)
    expect(link.getAttribute('rel')).toContain('noopener')
  }
})

test('a deleted message shows neither its text nor actions', () => {
  show(message('secret', { is_deleted: true, message_type: 'deleted' }), { onReply: vi.fn() })
  expect(screen.queryByText('secret')).toBeNull()
  expect(screen.getByText('This message was deleted')).toBeInTheDocument()
  expect(screen.queryByRole('button')).toBeNull()
})

test('edits, replies and reactions are visible', async () => {
  const onReact = vi.fn()
  const answer = message('Saturday', {
    edited_at: new Date().toISOString(),
    reply_to: 5,
    reactions: [{ emoji: '🙏', user_ids: [asha.id, 9] }],
  })
  const { container } = render(
    <MessageBubble
      message={answer}
      actions={{ onReact }}
      userId={asha.id}
      repliedTo={message('Which day?', { id: 5, is_own: true })}
    />,
  )
  expect(screen.getByText('edited')).toBeInTheDocument()
  expect(screen.getByText('Which day?')).toBeInTheDocument()
  const reaction = screen.getByRole('button', { name: '🙏 2, including you' })
  expect(reaction).toHaveAttribute('aria-pressed', 'true')
  await userEvent.click(reaction)
  expect(onReact).toHaveBeenCalledExactlyOnceWith(answer.id, '🙏', 'remove')
  expect(await violationsIn(container)).toEqual([])
})

test('the menu offers what is allowed, works by keyboard and gives the focus back', async () => {
  const onRemove = vi.fn()
  const own = message('Hi', { is_own: true, created_at: new Date().toISOString() })
  show(own, { onReply: vi.fn(), onEdit: vi.fn(), onRemove, onReact: vi.fn(), onCopy: vi.fn() })
  const button = screen.getByRole('button', { name: 'Message actions' })
  await userEvent.click(button)
  const menu = screen.getByRole('menu')
  const names = within(menu)
    .getAllByRole('menuitem')
    .map((item) => item.getAttribute('aria-label'))
  expect(names).toContain('Delete for everyone')
  expect(names).toContain('React 👍')
  expect(within(menu).getByRole('menuitem', { name: 'React 👍' })).toHaveFocus()
  await userEvent.keyboard('{End}')
  expect(within(menu).getByRole('menuitem', { name: 'Delete for everyone' })).toHaveFocus()
  await userEvent.keyboard('{Enter}')
  expect(onRemove).toHaveBeenCalledExactlyOnceWith(own.id, 'all')
  expect(screen.queryByRole('menu')).toBeNull()
  expect(button).toHaveFocus()
})

test('M_7 deleting for everyone is not offered after 15 minutes, nor for others', async () => {
  const old = new Date(Date.now() - 16 * 60_000).toISOString()
  const actions = { onRemove: vi.fn() }
  const { unmount } = show(message('Hi', { is_own: true, created_at: old }), actions)
  await userEvent.click(screen.getByRole('button', { name: 'Message actions' }))
  expect(screen.getAllByRole('menuitem').map((item) => item.textContent)).toEqual(['Delete for me'])
  unmount()
  show(message('Hi', { created_at: new Date().toISOString() }), actions)
  await userEvent.click(screen.getByRole('button', { name: 'Message actions' }))
  expect(screen.getAllByRole('menuitem').map((item) => item.textContent)).toEqual(['Delete for me'])
})

test('a file from a foreign scheme is shown without a link', () => {
  const shape = {
    id: 1,
    size: 10,
    width: null,
    height: null,
    duration_ms: null,
    waveform: [],
    preview: null,
  }
  const bad = { ...shape, name: 'a.pdf', url: 'javascript:alert(1)', content_type: 'text/html' }
  const svg = { ...shape, id: 2, name: 'b.svg', url: '/media/2', content_type: 'image/svg+xml' }
  show(message('', { attachments: [bad, svg] }))
  expect(screen.getAllByRole('link')).toHaveLength(1)
  expect(screen.getByRole('link', { name: /^b\.svg/ })).toHaveAttribute('href', '/media/2')
  expect(document.querySelector('img')).toBeNull()
})
