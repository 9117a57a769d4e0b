'use client'

import { useEffect, useRef, useState } from 'react'
import { useLatest } from '../../../hooks/useLatest'
import { IconButton } from '../../ui/IconButton'
import { formatDuration } from '../../ui/time'
import { useWords } from '../../words'
import { type Recorder, type Recording, startRecorder } from './recorder'
import styles from './VoiceRecorder.module.css'

export interface VoiceRecorderProps {
  onDone: (recording: Recording) => void
  onEnd: () => void
}

/** Stands in the place of the text field while somebody speaks. */
export function VoiceRecorder({ onDone, onEnd }: VoiceRecorderProps) {
  const { words } = useWords()
  const { recorder, isRefused } = useRecorder()
  const bar = useRef<HTMLFieldSetElement>(null)
  useEffect(() => bar.current?.focus(), [])

  const send = async () => {
    const recording = await recorder?.finish()
    onEnd()
    if (recording) onDone(recording)
  }
  return (
    <fieldset
      ref={bar}
      aria-label={words.voice.recording}
      tabIndex={-1}
      className={styles.bar}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onEnd()
      }}
    >
      <IconButton icon="trash" label={words.voice.cancel} onClick={onEnd} />
      {isRefused ? (
        <p role="alert" className={styles.refused}>
          {words.voice.refused}
        </p>
      ) : (
        <Meter recorder={recorder} onFull={() => void send()} />
      )}
      <IconButton
        icon="send"
        label={words.voice.send}
        variant="filled"
        disabled={!recorder}
        onClick={() => void send()}
      />
    </fieldset>
  )
}

/** One recording for one mount, also where React mounts twice. */
function useRecorder() {
  const [recorder, setRecorder] = useState<Recorder | null>(null)
  const [isRefused, setRefused] = useState(false)
  useEffect(() => {
    let isWanted = true
    const started = startRecorder()
    started.then(
      (ready) => isWanted && setRecorder(ready),
      () => isWanted && setRefused(true),
    )
    return () => {
      isWanted = false
      started.then(
        (ready) => ready.cancel(),
        () => undefined,
      )
    }
  }, [])
  return { recorder, isRefused }
}

const tickMs = 100
const longestMs = 10 * 60_000
const bars = 24

/** Time and loudness; renders alone. */
function Meter({ recorder, onFull }: { recorder: Recorder | null; onFull: () => void }) {
  const { words } = useWords()
  const [{ ms, levels }, setState] = useState({ ms: 0, levels: [] as readonly number[] })
  const full = useLatest(onFull)

  useEffect(() => {
    if (!recorder) return
    const startedAt = performance.now()
    const timer = setInterval(() => {
      const ms = performance.now() - startedAt
      setState(({ levels }) => ({ ms, levels: [...levels.slice(1 - bars), recorder.level()] }))
      if (ms >= longestMs) full.current()
    }, tickMs)
    return () => clearInterval(timer)
  }, [recorder, full])

  return (
    <>
      <span aria-hidden="true" className={styles.light} />
      <span role="timer" aria-label={words.voice.recording} className={styles.time}>
        {formatDuration(ms)}
      </span>
      <span aria-hidden="true" className={styles.levels}>
        {levels.map((level, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a bar is nothing but its place
          <i key={index} style={{ blockSize: `${Math.max(8, level)}%` }} />
        ))}
      </span>
    </>
  )
}
