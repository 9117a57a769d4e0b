// @vitest-environment happy-dom
import { act, fireEvent, render, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Attachment } from '@/client'
import { violationsIn } from '@/test/axe'
import { waveformOf } from './recorder'
import { VoicePlayer } from './VoicePlayer'
import { VoiceRecorder } from './VoiceRecorder'

test('a waveform has at most 64 bars and keeps the loudest moment of each part', () => {
  expect(waveformOf([])).toEqual([])
  expect(waveformOf([3, 80, 5])).toEqual([3, 80, 5])
  const long = Array.from({ length: 640 }, (_, index) => (index === 319 ? 99 : index % 10))
  const bars = waveformOf(long)
  expect(bars).toHaveLength(64)
  expect(bars[31]).toBe(99)
  expect(Math.max(...bars.filter((_, index) => index !== 31))).toBe(9)
})

const sound: Attachment = {
  id: 1,
  url: '/a/1',
  name: 'voice.m4a',
  content_type: 'audio/mp4',
  size: 900,
  width: null,
  height: null,
  duration_ms: 65_000,
  waveform: [0, 50, 100, 900],
  preview: null,
}

beforeEach(() => {
  vi.spyOn(HTMLMediaElement.prototype, 'play').mockImplementation(async function (
    this: HTMLMediaElement,
  ) {
    this.dispatchEvent(new Event('play'))
  })
  vi.spyOn(HTMLMediaElement.prototype, 'pause').mockImplementation(function (
    this: HTMLMediaElement,
  ) {
    this.dispatchEvent(new Event('pause'))
  })
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

test('a voice message plays, pauses, goes faster and can be read by ear', async () => {
  const { container } = render(<VoicePlayer attachment={sound} url={sound.url} />)
  const player = screen.getByRole('group', { name: 'Voice message, 1:05' })
  await userEvent.click(within(player).getByRole('button', { name: 'Play' }))
  const audio = container.querySelector('audio') as HTMLAudioElement
  await userEvent.click(within(player).getByRole('button', { name: 'Speed 1×' }))
  expect(audio.playbackRate).toBe(1.5)
  audio.currentTime = 12
  act(() => void audio.dispatchEvent(new Event('timeupdate')))
  expect(within(player).getByText('0:12')).toBeInTheDocument()
  const position = within(player).getByRole('slider', { name: 'Position' })
  expect(position).toHaveAttribute('aria-valuetext', '0:12')
  fireEvent.change(position, { target: { value: '30000' } })
  expect(audio.currentTime).toBe(30)
  await userEvent.click(within(player).getByRole('button', { name: 'Pause' }))
  expect(within(player).getByRole('button', { name: 'Play' })).toBeInTheDocument()
  act(() => void audio.dispatchEvent(new Event('error')))
  expect(within(player).getByText('Cannot be played')).toBeInTheDocument()
  expect(await violationsIn(container)).toEqual([])
})

test('one voice message plays at a time', async () => {
  render(
    <>
      <VoicePlayer attachment={sound} url="/a/1" />
      <VoicePlayer attachment={{ ...sound, id: 2 }} url="/a/2" />
    </>,
  )
  for (const button of screen.getAllByRole('button', { name: 'Play' })) {
    await userEvent.click(button)
  }
  expect(screen.getAllByRole('button', { name: 'Pause' })).toHaveLength(1)
})

test('a microphone that is refused is explained, and one gets the text field back', async () => {
  const getUserMedia = vi.fn().mockRejectedValue(new DOMException('no', 'NotAllowedError'))
  vi.stubGlobal('navigator', { ...navigator, mediaDevices: { getUserMedia } })
  const onEnd = vi.fn()
  const onDone = vi.fn()
  render(<VoiceRecorder onDone={onDone} onEnd={onEnd} />)
  expect(await screen.findByRole('alert')).toHaveTextContent('The microphone is not available.')
  expect(screen.getByRole('button', { name: 'Send the voice message' })).toBeDisabled()
  await userEvent.click(screen.getByRole('button', { name: 'Discard the recording' }))
  expect(onEnd).toHaveBeenCalledOnce()
  expect(onDone).not.toHaveBeenCalled()
})
