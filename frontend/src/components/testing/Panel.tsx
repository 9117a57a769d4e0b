import { type ReactNode, useId } from 'react'
import styles from './WebSocketTest.module.css'

export interface PanelProps {
  title: string
  /** Takes the width of two. */
  isWide?: boolean
  children: ReactNode
}

export function Panel({ title, isWide = false, children }: PanelProps) {
  const id = useId()
  return (
    <section aria-labelledby={id} className={styles.panel} data-wide={isWide}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  )
}
