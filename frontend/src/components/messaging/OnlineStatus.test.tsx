// @vitest-environment happy-dom
import { act, render, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { violationsIn } from '@/test/axe'
import { BulkOnlineStatusView, OnlineStatusView } from './OnlineStatus'

function Profiled({ onRender }: { onRender: () => void }) {
  onRender()
  return null
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] })
  vi.setSystemTime(new Date('2026-05-01T10:00:00Z'))
})
afterEach(() => {
  vi.useRealTimers()
})

test('says online, and when somebody was last seen while offline', () => {
  const { rerender } = render(<OnlineStatusView isOnline />)
  expect(screen.getByText('Online')).toBeInTheDocument()
  rerender(<OnlineStatusView isOnline={false} />)
  expect(screen.getByText('Offline')).toBeInTheDocument()
  rerender(<OnlineStatusView isOnline={false} lastSeen="2026-05-01T09:55:00Z" />)
  expect(screen.getByText(/Last seen/)).toHaveTextContent('Last seen 5 minutes ago')
})

test('relative time stays fresh without rendering its surroundings', () => {
  const onRender = vi.fn()
  render(
    <>
      <Profiled onRender={onRender} />
      <OnlineStatusView isOnline={false} lastSeen="2026-05-01T09:59:00Z" />
    </>,
  )
  expect(screen.getByRole('time')).toHaveTextContent('1 minute ago')
  act(() => vi.advanceTimersByTime(120_000))
  expect(screen.getByRole('time')).toHaveTextContent('3 minutes ago')
  expect(onRender).toHaveBeenCalledOnce()
})

test('one timer serves all times and ends with the last of them', () => {
  const views = render(
    <>
      <OnlineStatusView isOnline={false} lastSeen="2026-05-01T09:59:00Z" />
      <OnlineStatusView isOnline={false} lastSeen="2026-05-01T08:59:00Z" />
    </>,
  )
  expect(vi.getTimerCount()).toBe(1)
  views.unmount()
  expect(vi.getTimerCount()).toBe(0)
})

test('a group shows online people first and counts the rest', async () => {
  vi.useRealTimers()
  const people = Array.from({ length: 8 }, (_, index) => ({
    user_id: index + 1,
    user_name: `Person ${index + 1}`,
    is_online: index > 5,
    last_seen: null,
  }))
  const { container } = render(<BulkOnlineStatusView people={people} max={3} />)
  const items = screen.getAllByRole('listitem')
  expect(items.map((item) => item.title)).toEqual(['Person 7', 'Person 8', 'Person 1', ''])
  expect(screen.getByText('+5')).toBeInTheDocument()
  expect(screen.getByText('2 of 8 online')).toBeInTheDocument()
  expect(await violationsIn(container)).toEqual([])
})
