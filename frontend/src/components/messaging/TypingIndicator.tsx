'use client'

import { AnimatePresence } from 'motion/react'
import type { CSSProperties } from 'react'
import type { ConversationId, Typist } from '../../client'
import { useTypingIndicator } from '../../hooks'
import { Appear } from '../ui/Appear'
import { hueVariable } from '../ui/hue'
import { VisuallyHidden } from '../ui/VisuallyHidden'
import { useWords } from '../words'
import styles from './TypingIndicator.module.css'

export interface TypingIndicatorProps {
  conversationId: ConversationId | null
}

/** Entries disappear by themselves 3 s after the last sign of typing (P-7). */
export function TypingIndicator({ conversationId }: TypingIndicatorProps) {
  const { typingUsers } = useTypingIndicator(conversationId)
  return <TypingIndicatorView typists={typingUsers} />
}

export interface TypingIndicatorViewProps {
  typists: readonly Typist[]
}

const shownGradients = 4

/** Who is typing. Screen readers hear it politely; the dots take the colours of the typists. */
export function TypingIndicatorView({ typists }: TypingIndicatorViewProps) {
  const { words } = useWords()
  const sentence = words.typing(typists.map((typist) => typist.user_name))
  return (
    <div className={styles.indicator} data-slot="typing-indicator">
      <span role="status" aria-live="polite">
        <VisuallyHidden>{sentence}</VisuallyHidden>
      </span>
      <AnimatePresence initial={false}>
        {typists.length > 0 && (
          <Appear key="typing" className={styles.row}>
            <span aria-hidden="true" className={styles.bubble} style={gradientOf(typists)}>
              <span className={styles.dot} />
              <span className={styles.dot} />
              <span className={styles.dot} />
            </span>
            <span aria-hidden="true" className={styles.sentence} dir="auto">
              {sentence}
            </span>
          </Appear>
        )}
      </AnimatePresence>
    </div>
  )
}

/** One colour for one typist, a gradient through all of their colours for several. */
export function gradientOf(typists: readonly Typist[]): CSSProperties {
  const hues = [...new Set(typists.map((typist) => hueVariable(typist.user_id)))]
  const stops = hues.slice(0, shownGradients)
  const [first = 'var(--color-brand)'] = stops
  const colours = stops.length > 1 ? stops : [first, first]
  return {
    '--typing-gradient': `linear-gradient(var(--inline-end), ${colours.join(', ')})`,
  } as CSSProperties
}
