'use client'

import { Suspense, useCallback, useRef, useState } from 'react'
import { IconButton } from '../../ui/IconButton'
import { lazyPart } from '../../ui/lazyPart'
import { Popover } from '../../ui/Popover'
import { useWords } from '../../words'

const EmojiGrid = lazyPart(async () => (await import('./EmojiGrid')).EmojiGrid)

export function EmojiButton({ onChoose }: { onChoose: (emoji: string) => void }) {
  const { words } = useWords()
  const button = useRef<HTMLButtonElement>(null)
  const [isOpen, setOpen] = useState(false)
  const close = useCallback(() => setOpen(false), [])
  return (
    <>
      <IconButton
        buttonRef={button}
        icon="smile"
        label={words.emoji}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        onClick={() => setOpen((open) => !open)}
      />
      {isOpen && (
        <Popover anchor={button} onClose={close}>
          <Suspense fallback={null}>
            <EmojiGrid
              onChoose={(emoji) => {
                close()
                onChoose(emoji)
              }}
            />
          </Suspense>
        </Popover>
      )}
    </>
  )
}
