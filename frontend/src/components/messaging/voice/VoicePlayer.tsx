'use client'

import { type CSSProperties, useEffect, useRef, useState } from 'react'
import type { Attachment } from '../../../client'
import { Icon } from '../../ui/Icon'
import { formatDuration } from '../../ui/time'
import { useWords } from '../../words'
import styles from './VoicePlayer.module.css'

export interface VoicePlayerProps {
  attachment: Attachment
  url: string
}

const rates = [1, 1.5, 2] as const
const barsMax = 48
const levelMin = 12
/** What a sound without a known loudness looks like. */
const flat: readonly number[] = Array.from({ length: 32 }, (_, bar) => 25 + 20 * ((bar * 7) % 3))

/** A voice message: play, seek on the waveform, faster. One plays at a time. */
export function VoicePlayer({ attachment, url }: VoicePlayerProps) {
  const { words } = useWords()
  const audio = useRef<HTMLAudioElement>(null)
  const [rate, setRate] = useState<number>(1)
  const { state, totalMs } = useSound(audio, attachment.duration_ms ?? 0)
  const label = words.voiceMessage(formatDuration(totalMs))
  const hasStarted = state.atMs > 0 || state.isPlaying

  const toggle = () => {
    const element = audio.current
    if (!element) return
    if (state.isPlaying) return element.pause()
    element.playbackRate = rate
    playAlone(element)
  }
  const seek = (ms: number) => {
    if (audio.current) audio.current.currentTime = ms / 1000
  }
  const faster = () => {
    const next = rates[(rates.indexOf(rate as 1) + 1) % rates.length] ?? 1
    setRate(next)
    if (audio.current) audio.current.playbackRate = next
  }
  return (
    <fieldset aria-label={label} className={styles.player}>
      {/* biome-ignore lint/a11y/useMediaCaption: voice messages of people have no captions */}
      <audio ref={audio} preload="none" src={url} />
      <button
        type="button"
        className={styles.play}
        aria-label={state.isPlaying ? words.voice.pause : words.voice.play}
        onClick={toggle}
      >
        <Icon name={state.isPlaying ? 'pause' : 'play'} />
      </button>
      <span className={styles.track}>
        <Waveform levels={attachment.waveform} part={totalMs ? state.atMs / totalMs : 0} />
        <input
          type="range"
          min={0}
          max={Math.max(1, Math.round(totalMs))}
          step={100}
          value={Math.round(state.atMs)}
          aria-label={words.voice.position}
          aria-valuetext={formatDuration(state.atMs)}
          className={styles.seek}
          onChange={(event) => seek(Number(event.target.value))}
        />
      </span>
      <span className={styles.time}>
        {state.hasFailed ? words.voice.broken : formatDuration(hasStarted ? state.atMs : totalMs)}
      </span>
      <button
        type="button"
        className={styles.rate}
        aria-label={words.voice.rate(rate)}
        onClick={faster}
      >
        {rate}×
      </button>
    </fieldset>
  )
}

function Waveform({ levels, part }: { levels: readonly number[]; part: number }) {
  const bars = (levels.length > 0 ? levels : flat).slice(0, barsMax * 2)
  return (
    <span
      aria-hidden="true"
      className={styles.bars}
      style={{ '--part': `${part * 100}%` } as CSSProperties}
    >
      {bars.map((level, index) => (
        <i
          // biome-ignore lint/suspicious/noArrayIndexKey: a bar is nothing but its place
          key={index}
          data-played={index < part * bars.length}
          style={{ blockSize: `${Math.min(100, Math.max(levelMin, level))}%` }}
        />
      ))}
    </span>
  )
}

const silent = { isPlaying: false, atMs: 0, hasFailed: false }

/** What the element does. Sounds that a browser recorded often do not know how long they are. */
function useSound(audio: { current: HTMLAudioElement | null }, knownMs: number) {
  const [state, setState] = useState(silent)
  const [measuredMs, setMeasured] = useState(0)
  useEffect(() => {
    const element = audio.current
    if (!element) return
    const ended = new AbortController()
    const on = (type: string, note: () => void) =>
      element.addEventListener(type, note, { signal: ended.signal })
    const change = (part: Partial<typeof silent>) => setState((known) => ({ ...known, ...part }))
    on('play', () => change({ isPlaying: true, hasFailed: false }))
    on('pause', () => change({ isPlaying: false }))
    on('timeupdate', () => change({ atMs: element.currentTime * 1000 }))
    on('ended', () => setState(silent))
    on('error', () => change({ isPlaying: false, hasFailed: true }))
    on('durationchange', () => {
      if (Number.isFinite(element.duration)) setMeasured(element.duration * 1000)
    })
    return () => {
      ended.abort()
      element.pause()
    }
  }, [audio])
  return { state, totalMs: knownMs || measuredMs }
}

let playing: HTMLAudioElement | null = null

function playAlone(element: HTMLAudioElement) {
  if (playing !== element) playing?.pause()
  playing = element
  // The element tells by its events how that went.
  element.play().catch(() => undefined)
}
