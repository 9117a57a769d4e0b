'use client'

import { AnimatePresence } from 'motion/react'
import type { CSSProperties } from 'react'
import type { Typist } from '../../client'
import { Appear } from '../ui/Appear'
import { hueVariable } from '../ui/hue'
import styles from './TypingIndicator.module.css'

export interface TypingBubbleProps {
  typists: readonly Typist[]
  sentence: string
}

const shownGradients = 4

/** The moving dots and the sentence beside them; decoration of what the live region says. */
export function TypingBubble({ typists, sentence }: TypingBubbleProps) {
  return (
    <AnimatePresence>
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
