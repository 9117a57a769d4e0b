'use client'

import { type KeyboardEvent, type RefObject, Suspense, useRef, useState } from 'react'
import type { Message, Upload } from '../../../client'
import { IconButton } from '../../ui/IconButton'
import { lazyPart } from '../../ui/lazyPart'
import { Menu } from '../../ui/Menu'
import { useWords, type Words } from '../../words'
import type { Recording } from '../voice/recorder'
import { AttachButton } from './AttachButton'
import { ComposerContext } from './ComposerContext'
import { EmojiButton } from './EmojiButton'
import { takePastedFiles, useFileDrop } from './fileDrop'
import styles from './MessageComposerView.module.css'
import { useAutoGrow } from './useAutoGrow'
import { useWaitingSend } from './useWaitingSend'

const FileUploadView = lazyPart(async () => (await import('../FileUpload')).FileUploadView)
const VoiceRecorder = lazyPart(async () => (await import('../voice/VoiceRecorder')).VoiceRecorder)

export interface MessageComposerViewProps {
  text: string
  onTextChange: (text: string) => void
  /** Gets the trimmed text. */
  onSend: (text: string) => void
  uploads?: readonly Upload[]
  onAddFiles?: (files: readonly File[]) => void
  onCancelUpload?: (key: string) => void
  onRetryUpload?: (key: string) => void
  /** Absent where nothing can be recorded. */
  onVoice?: (recording: Recording) => void
  /** Voice messages on their way. */
  voices?: readonly Upload[]
  onCancelVoice?: (key: string) => void
  onRetryVoice?: (key: string) => void
  /** Ready-made texts to start from. */
  quickTexts?: readonly string[]
  replyTo?: Message | null
  editing?: Message | null
  onCancelContext?: () => void
  /** Says why one cannot write here. */
  closedReason?: string | null
  maxLength?: number
  inputRef?: RefObject<HTMLTextAreaElement | null>
}

const noUploads: readonly Upload[] = []
const warnBelow = 200

/** Where one writes: Enter sends, Shift and Enter breaks the line, files come by button, drop or paste. */
export function MessageComposerView(props: MessageComposerViewProps) {
  const { text, onTextChange, onSend, uploads = noUploads, maxLength = 5000 } = props
  const { voices = noUploads, onVoice } = props
  const { words } = useWords()
  const ownRef = useRef<HTMLTextAreaElement>(null)
  const input = props.inputRef ?? ownRef
  const drop = useFileDrop(props.onAddFiles)
  useAutoGrow(input, text)

  const left = maxLength - [...text.trim()].length
  const hasFile = uploads.some((upload) => upload.status !== 'failed')
  const canSend = left >= 0 && (text.trim() !== '' || hasFile)
  const { isWaiting, sendWhenReady } = useWaitingSend(uploads, text, () => {
    if (canSend) onSend(text.trim())
  })

  const [isRecording, setRecording] = useState(false)
  const offersVoice = onVoice && text === '' && uploads.length === 0 && !props.editing

  const send = () => {
    if (canSend) sendWhenReady()
    input.current?.focus()
  }
  const endRecording = () => {
    setRecording(false)
    requestAnimationFrame(() => input.current?.focus())
  }
  const insert = (emoji: string) => {
    const at = input.current?.selectionStart ?? text.length
    const end = input.current?.selectionEnd ?? at
    onTextChange(text.slice(0, at) + emoji + text.slice(end))
    input.current?.focus()
  }

  if (props.closedReason) return <p className={styles.closed}>{props.closedReason}</p>
  return (
    <form
      className={styles.composer}
      data-slot="message-composer"
      data-dropping={drop.isOver}
      {...drop.handlers}
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <ComposerContext
        replyTo={props.replyTo ?? null}
        editing={props.editing ?? null}
        onCancel={props.onCancelContext}
      />
      <Suspense fallback={<div className={styles.uploads} />}>
        {uploads.length > 0 && (
          <FileUploadView
            uploads={uploads}
            onCancel={props.onCancelUpload}
            onRetry={props.onRetryUpload}
          />
        )}
        {voices.length > 0 && (
          <FileUploadView
            label={words.voice.sending}
            uploads={voices}
            onCancel={props.onCancelVoice}
            onRetry={props.onRetryVoice}
          />
        )}
      </Suspense>
      {isRecording && onVoice && (
        <Suspense fallback={<div className={styles.row} />}>
          <VoiceRecorder onDone={onVoice} onEnd={endRecording} />
        </Suspense>
      )}
      <div className={styles.row} hidden={isRecording}>
        {props.onAddFiles && <AttachButton onAdd={props.onAddFiles} />}
        <div className={styles.field}>
          <textarea
            ref={input}
            rows={1}
            dir="auto"
            value={text}
            aria-label={words.writeMessage}
            aria-invalid={left < 0}
            placeholder={words.writeMessage}
            title={words.composerHint}
            enterKeyHint="send"
            className={styles.input}
            onChange={(event) => onTextChange(event.target.value)}
            onKeyDown={(event) => {
              if (isSendKey(event)) {
                event.preventDefault()
                send()
              }
              if (event.key === 'Escape') props.onCancelContext?.()
            }}
            onPaste={(event) => takePastedFiles(event, props.onAddFiles)}
          />
          {props.quickTexts && text === '' && (
            <Menu
              label={words.quickTexts}
              icon="quick"
              items={() => quickItems(props.quickTexts ?? [], insert)}
            />
          )}
          <EmojiButton onChoose={insert} />
        </div>
        {offersVoice ? (
          <IconButton
            icon="mic"
            label={words.voice.record}
            variant="filled"
            onClick={() => setRecording(true)}
          />
        ) : (
          <IconButton
            type="submit"
            icon={props.editing ? 'check' : 'send'}
            label={props.editing ? words.saveEdit : words.send}
            variant="filled"
            disabled={!canSend}
            aria-busy={isWaiting}
          />
        )}
      </div>
      <p role="status" className={styles.count} data-over={left < 0}>
        {isWaiting ? words.sentWithFiles : lengthNote(left, words)}
      </p>
      {drop.isOver && <p className={styles.drop}>{words.dropFiles}</p>}
    </form>
  )
}

function lengthNote(left: number, words: Words): string {
  if (left < 0) return words.tooLong(-left)
  return left < warnBelow ? words.remaining(left) : ''
}

const quickItems = (texts: readonly string[], onChoose: (text: string) => void) =>
  texts.map((text) => ({ label: text, onSelect: () => onChoose(text) }))

/** Not while an input method composes a word (Enter there confirms the word). */
function isSendKey(event: KeyboardEvent): boolean {
  return event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing
}
