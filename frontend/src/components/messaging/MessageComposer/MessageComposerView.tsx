'use client'

import {
  type ClipboardEvent,
  type DragEvent,
  type KeyboardEvent,
  type RefObject,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import type { Message, Upload } from '../../../client'
import { IconButton } from '../../ui/IconButton'
import { useWords } from '../../words'
import { FileUploadView } from '../FileUpload'
import { ComposerContext } from './ComposerContext'
import { EmojiButton } from './EmojiButton'
import styles from './MessageComposerView.module.css'

export interface MessageComposerViewProps {
  text: string
  onTextChange: (text: string) => void
  /** Gets the trimmed text. */
  onSend: (text: string) => void
  uploads?: readonly Upload[]
  onAddFiles?: (files: readonly File[]) => void
  onCancelUpload?: (key: string) => void
  onRetryUpload?: (key: string) => void
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
  const { words } = useWords()
  const ownRef = useRef<HTMLTextAreaElement>(null)
  const input = props.inputRef ?? ownRef
  const drop = useFileDrop(props.onAddFiles)
  useAutoGrow(input, text)

  const left = maxLength - [...text.trim()].length
  const isUploading = uploads.some((upload) => upload.status === 'uploading')
  const hasFile = uploads.some((upload) => upload.status === 'done')
  const canSend = left >= 0 && !isUploading && (text.trim() !== '' || hasFile)

  const send = () => {
    if (canSend) onSend(text.trim())
    input.current?.focus()
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
      {uploads.length > 0 && (
        <FileUploadView
          uploads={uploads}
          onCancel={props.onCancelUpload}
          onRetry={props.onRetryUpload}
        />
      )}
      <div className={styles.row}>
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
          <EmojiButton onChoose={insert} />
        </div>
        <IconButton
          type="submit"
          icon={props.editing ? 'check' : 'send'}
          label={props.editing ? words.saveEdit : words.send}
          variant="filled"
          disabled={!canSend}
        />
      </div>
      <p role="status" className={styles.count} data-over={left < 0}>
        {left < 0 ? words.tooLong(-left) : left < warnBelow ? words.remaining(left) : ''}
      </p>
      {drop.isOver && <p className={styles.drop}>{words.dropFiles}</p>}
    </form>
  )
}

/** Not while an input method composes a word (Enter there confirms the word). */
function isSendKey(event: KeyboardEvent): boolean {
  return event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing
}

function takePastedFiles(event: ClipboardEvent, onAdd?: (files: readonly File[]) => void) {
  const files = [...event.clipboardData.files]
  if (files.length === 0 || !onAdd) return
  event.preventDefault()
  onAdd(files)
}

function useAutoGrow(input: RefObject<HTMLTextAreaElement | null>, text: string) {
  useLayoutEffect(() => {
    const element = input.current
    if (!element) return
    element.style.blockSize = 'auto'
    element.style.blockSize = text === '' ? '' : `${element.scrollHeight}px`
  }, [input, text])
}

function useFileDrop(onAdd?: (files: readonly File[]) => void) {
  const [isOver, setOver] = useState(false)
  const hasFiles = (event: DragEvent) => event.dataTransfer.types.includes('Files')
  const handlers = {
    onDragOver: (event: DragEvent) => {
      if (!onAdd || !hasFiles(event)) return
      event.preventDefault()
      setOver(true)
    },
    onDragLeave: (event: DragEvent<HTMLElement>) => {
      if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false)
    },
    onDrop: (event: DragEvent) => {
      setOver(false)
      if (!onAdd || !hasFiles(event)) return
      event.preventDefault()
      onAdd([...event.dataTransfer.files])
    },
  }
  return { isOver, handlers }
}

function AttachButton({ onAdd }: { onAdd: (files: readonly File[]) => void }) {
  const { words } = useWords()
  const chooser = useRef<HTMLInputElement>(null)
  return (
    <>
      <IconButton
        icon="attach"
        label={words.attachFiles}
        onClick={() => chooser.current?.click()}
      />
      <input
        ref={chooser}
        type="file"
        multiple
        hidden
        aria-label={words.chooseFiles}
        onChange={(event) => {
          onAdd([...(event.target.files ?? [])])
          event.target.value = ''
        }}
      />
    </>
  )
}
