'use client'

import { type CSSProperties, useEffect, useState } from 'react'
import type { Upload } from '../../client'
import { Icon } from '../ui/Icon'
import { IconButton } from '../ui/IconButton'
import { formatSize } from '../ui/time'
import { useWords, type Words } from '../words'
import styles from './FileUpload.module.css'

export interface FileUploadViewProps {
  uploads: readonly Upload[]
  /** Names the list. */
  label?: string
  onCancel?: ((key: string) => void) | undefined
  onRetry?: ((key: string) => void) | undefined
}

/** The files on their way: progress, cancel, retry. */
export function FileUploadView({ uploads, label, onCancel, onRetry }: FileUploadViewProps) {
  const { words } = useWords()
  return (
    <ul aria-label={label ?? words.uploads} className={styles.uploads} data-slot="file-upload">
      {uploads.map((upload) => (
        <UploadItem key={upload.key} upload={upload} onCancel={onCancel} onRetry={onRetry} />
      ))}
    </ul>
  )
}

interface UploadItemProps {
  upload: Upload
  onCancel: ((key: string) => void) | undefined
  onRetry: ((key: string) => void) | undefined
}

function UploadItem({ upload, onCancel, onRetry }: UploadItemProps) {
  const { words, locale } = useWords()
  const percent = Math.round(upload.progress * 100)
  const picture = usePicture(upload.file)
  const [hasBroken, setBroken] = useState(false)
  const isFailed = upload.status === 'failed'
  const isVoice = upload.type.startsWith('audio/')
  const name = isVoice && upload.name.startsWith('voice.') ? words.voice.name : upload.name
  return (
    <li
      className={styles.upload}
      data-status={upload.status}
      style={{ '--progress': `${percent}%` } as CSSProperties}
    >
      {picture && !hasBroken ? (
        <img src={picture} alt="" className={styles.thumb} onError={() => setBroken(true)} />
      ) : (
        <Icon name={isVoice ? 'mic' : 'file'} size="s" />
      )}
      <span className={styles.text}>
        <span className={styles.name} dir="auto" title={name}>
          {name}
        </span>
        <span className={styles.detail}>
          {isFailed ? reasonOf(upload, words) : formatSize(upload.size, locale)}
        </span>
      </span>
      {upload.status === 'uploading' && (
        <progress
          className={styles.hidden}
          aria-label={words.uploading(name, percent)}
          value={percent}
          max={100}
        />
      )}
      {isFailed && (
        <IconButton
          icon="retry"
          size="s"
          label={words.retryFile(name)}
          onClick={() => onRetry?.(upload.key)}
        />
      )}
      <IconButton
        icon="close"
        size="s"
        label={words.removeFile(name)}
        onClick={() => onCancel?.(upload.key)}
      />
    </li>
  )
}

function reasonOf({ name, error }: Upload, words: Words): string {
  return error ? words.problem(error) : words.uploadFailed(name)
}

/** An address of the picture on this device; null for other files. */
function usePicture(file: File): string | null {
  const [url, setUrl] = useState<string | null>(null)
  useEffect(() => {
    if (!file.type.startsWith('image/')) return
    const made = URL.createObjectURL(file)
    setUrl(made)
    return () => URL.revokeObjectURL(made)
  }, [file])
  return url
}

/** A place to drop files on, for forms outside of a chat. */
export function FileDropZone({ onAdd }: { onAdd: (files: readonly File[]) => void }) {
  const { words } = useWords()
  const [isOver, setOver] = useState(false)
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button inside does the same by keyboard
    <div
      className={styles.zone}
      data-over={isOver}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        onAdd([...event.dataTransfer.files])
      }}
    >
      <label className={styles.choose}>
        <input
          type="file"
          multiple
          className={styles.hidden}
          onChange={(event) => onAdd([...(event.target.files ?? [])])}
        />
        <strong>{words.chooseFiles}</strong>
      </label>
      <span>{words.orDrop}</span>
    </div>
  )
}
