// @vitest-environment happy-dom
import { fireEvent, render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { useState } from 'react'
import { beforeEach, expect, test, vi } from 'vitest'
import { violationsIn } from '@/test/axe'
import type { Upload } from '../../../client'
import { message } from '../../fixtures'
import { MessageComposerView, type MessageComposerViewProps } from './MessageComposerView'
import { useDraft } from './useDraft'

function Composer(props: Partial<MessageComposerViewProps>) {
  const [text, setText] = useState(props.text ?? '')
  return (
    <MessageComposerView onSend={() => undefined} {...props} text={text} onTextChange={setText} />
  )
}

const input = () => screen.getByRole('textbox', { name: 'Write a message' })

beforeEach(() => localStorage.clear())

test('Enter sends the trimmed text, Shift and Enter breaks the line', async () => {
  const onSend = vi.fn()
  const { container } = render(<Composer onSend={onSend} />)
  await userEvent.type(input(), '  Namaste{Shift>}{Enter}{/Shift}Bikram {Enter}')
  expect(onSend).toHaveBeenCalledExactlyOnceWith('Namaste\nBikram')
  expect(await violationsIn(container)).toEqual([])
})

test('Enter that confirms a word of an input method does not send', () => {
  const onSend = vi.fn()
  render(<Composer text="नम" onSend={onSend} />)
  fireEvent.keyDown(input(), { key: 'Enter', isComposing: true })
  expect(onSend).not.toHaveBeenCalled()
})

test('M_6 white space and 5,001 characters cannot be sent, 5,000 emoji can', async () => {
  const onSend = vi.fn()
  const { unmount } = render(<Composer text="   " onSend={onSend} />)
  expect(screen.getByRole('button', { name: 'Send' })).toBeDisabled()
  unmount()
  const over = render(<Composer text={'a'.repeat(5001)} onSend={onSend} />)
  expect(screen.getByRole('status')).toHaveTextContent('1 character too many')
  expect(screen.getByRole('button', { name: 'Send' })).toBeDisabled()
  over.unmount()
  render(<Composer text={'🙏'.repeat(5000)} onSend={onSend} />)
  await userEvent.click(screen.getByRole('button', { name: 'Send' }))
  expect(onSend).toHaveBeenCalledOnce()
})

test('pasted and dropped files are attached', () => {
  const onAddFiles = vi.fn()
  render(<Composer onAddFiles={onAddFiles} />)
  const photo = new File(['x'], 'photo.png', { type: 'image/png' })
  fireEvent.paste(input(), { clipboardData: { files: [photo] } })
  const form = input().closest('form') as HTMLFormElement
  fireEvent.dragOver(form, { dataTransfer: { types: ['Files'] } })
  expect(screen.getByText('Drop the files to attach them')).toBeInTheDocument()
  fireEvent.drop(form, { dataTransfer: { types: ['Files'], files: [photo] } })
  expect(onAddFiles).toHaveBeenCalledTimes(2)
  expect(onAddFiles).toHaveBeenCalledWith([photo])
})

const pdf = {
  key: 'u1',
  name: 'a.pdf',
  size: 9,
  type: '',
  file: new File([], 'a.pdf'),
  fields: {},
  progress: 0.4,
  attachment: null,
  error: null,
}
const onItsWay: Upload = { ...pdf, status: 'uploading' }
const arrived: Upload = { ...pdf, status: 'done' }
const lost: Upload = { ...pdf, status: 'failed' }

test('nothing is sent while a file is on its way; it can be cancelled', async () => {
  const onSend = vi.fn()
  const onCancelUpload = vi.fn()
  const { container } = render(
    <Composer text="look" onSend={onSend} onCancelUpload={onCancelUpload} uploads={[onItsWay]} />,
  )
  await userEvent.type(input(), '{Enter}')
  expect(onSend).not.toHaveBeenCalled()
  expect(screen.getByRole('status')).toHaveTextContent('as soon as the files have arrived')
  expect(await screen.findByRole('progressbar', { name: 'a.pdf: 40 %' })).toHaveValue(40)
  await userEvent.click(screen.getByRole('button', { name: 'Remove a.pdf' }))
  expect(onCancelUpload).toHaveBeenCalledExactlyOnceWith('u1')
  expect(await violationsIn(container)).toEqual([])
})

test('Enter while a file is on its way sends once, when the file has arrived', async () => {
  const onSend = vi.fn()
  const { rerender } = render(<Composer text="look" onSend={onSend} uploads={[onItsWay]} />)
  await userEvent.type(input(), '{Enter}{Enter}')
  rerender(<Composer text="look" onSend={onSend} uploads={[arrived]} />)
  rerender(<Composer text="look" onSend={onSend} uploads={[arrived]} />)
  expect(onSend).toHaveBeenCalledExactlyOnceWith('look')
})

test.each([
  ['the text is changed', ' again', arrived],
  ['a file fails', '', lost],
])('what waits for a file does not go by itself when %s', async (_, typed, end) => {
  const onSend = vi.fn()
  const { rerender } = render(<Composer text="look" onSend={onSend} uploads={[onItsWay]} />)
  await userEvent.type(input(), `{Enter}${typed}`)
  rerender(<Composer onSend={onSend} uploads={[end]} />)
  expect(onSend).not.toHaveBeenCalled()
  await userEvent.type(input(), '{Enter}')
  expect(onSend).toHaveBeenCalledExactlyOnceWith(`look${typed}`)
})

test('Escape leaves a reply, an emoji goes where the cursor is', async () => {
  const onCancelContext = vi.fn()
  render(<Composer text="ab" replyTo={message('Which day?')} onCancelContext={onCancelContext} />)
  expect(screen.getByText('Replying to Bikram Thapa')).toBeInTheDocument()
  await userEvent.type(input(), '{Escape}')
  expect(onCancelContext).toHaveBeenCalledOnce()
  const field = input() as HTMLTextAreaElement
  field.setSelectionRange(1, 1)
  await userEvent.click(screen.getByRole('button', { name: 'Emoji' }))
  await userEvent.click(await screen.findByRole('button', { name: '🙏' }))
  expect(field).toHaveValue('a🙏b')
  expect(field).toHaveFocus()
})

test('a closed conversation says so instead of offering a field', () => {
  render(<Composer closedReason="This conversation is closed." />)
  expect(screen.queryByRole('textbox')).toBeNull()
  expect(screen.getByText('This conversation is closed.')).toBeInTheDocument()
})

function Drafting({ conversationId }: { conversationId: number }) {
  const [text, setText] = useDraft(1, conversationId)
  return <MessageComposerView text={text} onTextChange={setText} onSend={() => setText('')} />
}

test('drafts are kept per conversation and over a reload', async () => {
  const { rerender, unmount } = render(<Drafting conversationId={1} />)
  await userEvent.type(input(), 'unfinished')
  rerender(<Drafting conversationId={2} />)
  expect(input()).toHaveValue('')
  rerender(<Drafting conversationId={1} />)
  expect(input()).toHaveValue('unfinished')
  unmount()
  render(<Drafting conversationId={1} />)
  expect(input()).toHaveValue('unfinished')
  await userEvent.type(input(), '{Enter}')
  expect(localStorage.length).toBe(0)
})
