// @vitest-environment happy-dom
import { fireEvent, render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test, vi } from 'vitest'
import type { Attachment } from '@/client'
import { violationsIn } from '@/test/axe'
import { MessageAttachments } from './MessageAttachments'

function picture(id: number, change: Partial<Attachment> = {}): Attachment {
  const size = { size: 10, width: 640, height: 480 }
  const sound = { duration_ms: null, waveform: [] }
  const name = `${id}.png`
  const type = { content_type: 'image/png', preview: null }
  return { id, url: `/a/${id}`, name, ...type, ...size, ...sound, ...change }
}

test('pictures open over the page, arrows lead to the others, Escape leads back', async () => {
  const pictures = [picture(1), picture(2), picture(3)]
  const { container } = render(<MessageAttachments attachments={pictures} />)
  const link = screen.getByRole('link', { name: 'View 2.png' })
  link.focus()
  await userEvent.click(link)
  const dialog = await screen.findByRole('dialog', { name: '2.png' })
  expect(screen.getByText('2 / 3')).toBeInTheDocument()
  fireEvent.keyDown(dialog, { key: 'ArrowRight' })
  expect(screen.getByRole('dialog', { name: '3.png' })).toBeInTheDocument()
  fireEvent.keyDown(dialog, { key: 'ArrowRight' })
  expect(screen.getByRole('button', { name: 'Next picture' })).toBeDisabled()
  expect(screen.getByRole('link', { name: 'Download 3.png' })).toHaveAttribute('href', '/a/3')
  expect(await violationsIn(container)).toEqual([])
  fireEvent(dialog, new Event('cancel', { cancelable: true }))
  expect(screen.queryByRole('dialog')).toBeNull()
})

test('a press with a key held opens the picture where the browser says', async () => {
  render(<MessageAttachments attachments={[picture(1)]} />)
  document.addEventListener('click', (event) => event.preventDefault(), { once: true })
  fireEvent.click(screen.getByRole('link'), { ctrlKey: true })
  expect(screen.queryByRole('dialog')).toBeNull()
})

test('only a small picture becomes a preview; nothing else gets into the style', () => {
  const good = 'data:image/webp;base64,AAAA'
  const bad = 'data:image/svg+xml;base64,AAAA'
  const worse = 'x") , url("https://evil.example/'
  render(
    <MessageAttachments
      attachments={[good, bad, worse].map((preview, index) => picture(index, { preview }))}
    />,
  )
  const styles = screen.getAllByRole('img').map((image) => image.style.backgroundImage)
  expect(styles[0]).toContain(good)
  expect(styles.slice(1)).toEqual(['', ''])
})

test('a picture that cannot be loaded says so', async () => {
  const onIndex = vi.fn()
  const { PictureViewer } = await import('./PictureViewer')
  render(<PictureViewer pictures={[picture(1)]} index={0} onIndex={onIndex} onClose={onIndex} />)
  fireEvent.error(screen.getByRole('img'))
  expect(screen.getByRole('alert')).toHaveTextContent('This picture could not be loaded.')
})
