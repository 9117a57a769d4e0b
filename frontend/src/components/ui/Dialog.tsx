'use client'

import { type ReactNode, useEffect, useId, useRef } from 'react'
import { useWords } from '../words'
import styles from './Dialog.module.css'
import { IconButton } from './IconButton'

export interface DialogProps {
  title: string
  onClose: () => void
  children: ReactNode
}

/** A modal dialog: the browser keeps the focus inside and gives it back afterwards. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const { words } = useWords()
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()

  useEffect(() => {
    const element = dialog.current
    const owner = document.activeElement
    if (element && !element.open) element.showModal()
    return () => {
      element?.close()
      if (owner instanceof HTMLElement && owner.isConnected) owner.focus()
    }
  }, [])

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes through onCancel
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      className={styles.dialog}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose()
      }}
    >
      <div className={styles.content}>
        <header className={styles.header}>
          <h2 id={titleId} className={styles.title}>
            {title}
          </h2>
          <IconButton icon="close" label={words.close} onClick={onClose} />
        </header>
        {children}
      </div>
    </dialog>
  )
}
