'use client'

import { Suspense, useState } from 'react'
import type { ConversationId, Typist } from '../../client'
import { useTypingIndicator } from '../../hooks'
import { lazyPart } from '../ui/lazyPart'
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

/** Loaded with the first typist, because the animation library comes with it. */
const TypingBubble = lazyPart(async () => (await import('./TypingBubble')).TypingBubble)

/** Who is typing. Screen readers hear it politely; the dots take the colours of the typists. */
export function TypingIndicatorView({ typists }: TypingIndicatorViewProps) {
  const { words } = useWords()
  const [wasShown, setShown] = useState(false)
  if (typists.length > 0 && !wasShown) setShown(true)
  const sentence = words.typing(typists.map((typist) => typist.user_name))
  return (
    <div className={styles.indicator} data-slot="typing-indicator">
      <span role="status" aria-live="polite">
        <VisuallyHidden>{sentence}</VisuallyHidden>
      </span>
      {wasShown && (
        <Suspense fallback={null}>
          <TypingBubble typists={typists} sentence={sentence} />
        </Suspense>
      )}
    </div>
  )
}
