'use client'

import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import type { Attachment } from '../../client'
import { Icon } from '../ui/Icon'
import { IconButton } from '../ui/IconButton'
import { safeImage } from '../ui/links'
import { useWords } from '../words'
import styles from './PictureViewer.module.css'

export interface PictureViewerProps {
  /** The pictures of one message. */
  pictures: readonly Attachment[]
  index: number
  onIndex: (index: number) => void
  onClose: () => void
}

/** A picture over the whole page; arrows show the others of its message. */
export function PictureViewer({ pictures, index, onIndex, onClose }: PictureViewerProps) {
  const { words } = useWords()
  const dialog = useDialog()
  const picture = pictures[index]
  const url = safeImage(picture?.url)
  if (!picture || !url) return null
  const step = (by: number) => onIndex(Math.max(0, Math.min(pictures.length - 1, index + by)))
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    event.stopPropagation()
    const isRtl = getComputedStyle(event.currentTarget).direction === 'rtl'
    if (event.key === 'ArrowRight') step(isRtl ? -1 : 1)
    if (event.key === 'ArrowLeft') step(isRtl ? 1 : -1)
  }
  return (
    <dialog
      ref={dialog}
      aria-label={picture.name}
      className={styles.viewer}
      onKeyDown={onKeyDown}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClick={(event) => {
        if (!(event.target as Element).closest('button, a, img')) onClose()
      }}
    >
      <header className={styles.bar}>
        <span className={styles.name} dir="auto">
          {picture.name}
        </span>
        <a
          href={url}
          download={picture.name}
          aria-label={words.picture.download(picture.name)}
          title={words.picture.download(picture.name)}
          className={styles.download}
        >
          <Icon name="download" />
        </a>
        <IconButton icon="close" label={words.close} onClick={onClose} />
      </header>
      <BigPicture key={url} url={url} name={picture.name} />
      {pictures.length > 1 && (
        <nav className={styles.steps}>
          <IconButton
            icon="back"
            label={words.picture.previous}
            disabled={index === 0}
            onClick={() => step(-1)}
          />
          <span>
            {index + 1} / {pictures.length}
          </span>
          <IconButton
            icon="back"
            label={words.picture.next}
            disabled={index === pictures.length - 1}
            className={styles.next}
            onClick={() => step(1)}
          />
        </nav>
      )}
    </dialog>
  )
}

function BigPicture({ url, name }: { url: string; name: string }) {
  const { words } = useWords()
  const [hasFailed, setFailed] = useState(false)
  return (
    <div className={styles.stage}>
      {hasFailed ? (
        <p role="alert">{words.picture.broken}</p>
      ) : (
        <img src={url} alt={name} className={styles.picture} onError={() => setFailed(true)} />
      )}
    </div>
  )
}

function useDialog() {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const element = dialog.current
    const owner = document.activeElement
    if (element && !element.open) element.showModal()
    return () => {
      element?.close()
      if (owner instanceof HTMLElement && owner.isConnected) owner.focus({ preventScroll: true })
    }
  }, [])
  return dialog
}
