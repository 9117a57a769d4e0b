// @vitest-environment happy-dom
import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test, vi } from 'vitest'
import { violationsIn } from '@/test/axe'
import { bikram, cleaning } from '../fixtures'
import { QuickContactModalView } from './QuickContactModal'

const base = { service: cleaning, provider: bikram, isSending: false, error: null }

test('a template starts the message and Send gives it away', async () => {
  const onSend = vi.fn()
  render(<QuickContactModalView {...base} onSend={onSend} onClose={vi.fn()} />)
  const dialog = screen.getByRole('dialog', { name: 'Message Bikram Thapa' })
  expect(screen.getByRole('button', { name: 'Send message' })).toBeDisabled()
  await userEvent.click(screen.getByRole('button', { name: /available this week/ }))
  await userEvent.type(screen.getByRole('textbox', { name: 'Your message' }), ' Thank you.')
  await userEvent.click(screen.getByRole('button', { name: 'Send message' }))
  expect(onSend).toHaveBeenCalledExactlyOnceWith(
    'Namaste! Is this service available this week? Thank you.',
  )
  expect(await violationsIn(dialog)).toEqual([])
})

test('while it is being sent nothing is sent twice, and an error is read aloud', async () => {
  const onSend = vi.fn()
  render(
    <QuickContactModalView
      {...base}
      isSending
      error="Please wait a moment."
      templates={['Hello']}
      onSend={onSend}
      onClose={vi.fn()}
    />,
  )
  await userEvent.click(screen.getByRole('button', { name: 'Hello' }))
  expect(screen.getByRole('button', { name: 'Send message' })).toBeDisabled()
  expect(screen.getByRole('alert')).toHaveTextContent('Please wait a moment.')
})
