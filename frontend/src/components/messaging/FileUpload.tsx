'use client'

import { type CSSProperties, useState } from 'react'
import type { Upload } from '../../client'
import { Icon } from '../ui/Icon'
import { IconButton } from '../ui/IconButton'
import { formatSize } from '../ui/time'
import { useWords } from '../words'
import styles from './FileUpload.module.css'

export interface FileUploadViewProps {
  uploads: readonly Upload[]
  onCancel?: ((key: string) => void) | undefined
  onRetry?: ((key: string) => void) | undefined
}

/** The files on their way: progress, cancel, retry. */
export function FileUploadView({ uploads, onCancel, onRetry }: FileUploadViewProps) {
  const { words } = useWords()
  return (
    <ul aria-label={words.uploads} className={styles.uploads} data-slot="file-upload">
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
  const isFailed = upload.status === 'failed'
  return (
    <li
      className={styles.upload}
      data-status={upload.status}
      style={{ '--progress': `${percent}%` } as CSSProperties}
    >
      <Icon name={upload.type.startsWith('image/') ? 'image' : 'file'} size="s" />
      <span className={styles.name} dir="auto">
        {upload.name}
      </span>
      <span className={styles.detail}>
        {isFailed
          ? (upload.error?.message ?? words.uploadFailed(upload.name))
          : formatSize(upload.size, locale)}
      </span>
      {upload.status === 'uploading' && (
        <progress
          className={styles.hidden}
          aria-label={words.uploading(upload.name, percent)}
          value={percent}
          max={100}
        />
      )}
      {isFailed && (
        <IconButton
          icon="retry"
          size="s"
          label={words.retryFile(upload.name)}
          onClick={() => onRetry?.(upload.key)}
        />
      )}
      <IconButton
        icon="close"
        size="s"
        label={words.removeFile(upload.name)}
        onClick={() => onCancel?.(upload.key)}
      />
    </li>
  )
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
