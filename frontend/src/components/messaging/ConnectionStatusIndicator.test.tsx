// @vitest-environment happy-dom
import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test, vi } from 'vitest'
import type { ConnectionInfo, ConnectionStatus } from '@/client'
import { violationsIn } from '@/test/axe'
import { ConnectionStatusIndicatorView } from './ConnectionStatusIndicator'

function info(status: ConnectionStatus, more: Partial<ConnectionInfo> = {}): ConnectionInfo {
  return {
    status,
    synced: true,
    isLeader: true,
    userId: 1,
    attempt: 0,
    retryAt: null,
    latencyMs: null,
    reconnects: 0,
    closeCode: null,
    error: null,
    ...more,
  }
}

test.each([
  ['connecting', 'Connecting…'],
  ['connected', 'Connected'],
  ['reconnecting', 'Reconnecting…'],
  ['offline', 'You are offline'],
  ['api_only', 'Limited connection'],
  ['disconnected', 'Not connected'],
  ['error', 'Connection refused'],
] as const)('%s has its own words', async (status, text) => {
  const { container } = render(<ConnectionStatusIndicatorView connection={info(status)} />)
  expect(screen.getByRole('status')).toHaveTextContent(text)
  expect(await violationsIn(container)).toEqual([])
})

test('connected but not synced says that it is catching up', () => {
  render(<ConnectionStatusIndicatorView connection={info('connected', { synced: false })} />)
  expect(screen.getByRole('status')).toHaveTextContent('Catching up…')
})

test('the banner is silent while all is well and explains what happens to messages otherwise', () => {
  const { rerender } = render(
    <ConnectionStatusIndicatorView variant="banner" connection={info('connected')} />,
  )
  expect(screen.getByRole('status')).toBeEmptyDOMElement()
  rerender(<ConnectionStatusIndicatorView variant="banner" connection={info('offline')} />)
  expect(screen.getByRole('status')).toHaveTextContent('sent when you are back')
})

test('a waiting connection shows when it tries again and lets the person try now', async () => {
  const onReconnect = vi.fn()
  render(
    <ConnectionStatusIndicatorView
      variant="banner"
      connection={info('reconnecting', { retryAt: Date.now() + 8_500 })}
      onReconnect={onReconnect}
    />,
  )
  expect(screen.getByText('Next attempt in 9 s')).toBeInTheDocument()
  await userEvent.click(screen.getByRole('button', { name: 'Reconnect now' }))
  expect(onReconnect).toHaveBeenCalledOnce()
})
