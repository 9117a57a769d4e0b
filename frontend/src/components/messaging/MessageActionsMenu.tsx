'use client'

import { Suspense, useCallback, useRef, useState } from 'react'
import type { Message } from '../../client'
import { lazyPart } from '../ui/lazyPart'
import { Menu } from '../ui/Menu'
import { Popover } from '../ui/Popover'
import { useWords } from '../words'
import type { MessageActions } from './MessageBubble'
import { hasReacted, menuItemsOf } from './messageMenu'

const EmojiGrid = lazyPart(async () => (await import('./MessageComposer/EmojiGrid')).EmojiGrid)

export interface MessageActionsMenuProps {
  message: Message
  userId: number | null
  actions: MessageActions
  className: string | undefined
}

/** What can be done with a message, and any emoji as an answer to it. */
export function MessageActionsMenu({
  message,
  userId,
  actions,
  className,
}: MessageActionsMenuProps) {
  const { words } = useWords()
  const button = useRef<HTMLButtonElement>(null)
  const [isChoosing, setChoosing] = useState(false)
  const close = useCallback(() => setChoosing(false), [])
  const react = (emoji: string) => {
    close()
    button.current?.focus()
    if (message.id === null) return
    actions.onReact?.(message.id, emoji, hasReacted(message, emoji, userId) ? 'remove' : 'add')
  }
  return (
    <>
      <Menu
        buttonRef={button}
        label={words.messageActions}
        items={() => menuItemsOf(message, userId, actions, words, () => setChoosing(true))}
        size="s"
        tabIndex={-1}
        className={className}
      />
      {isChoosing && (
        <Popover anchor={button} onClose={close}>
          <Suspense fallback={null}>
            <EmojiGrid onChoose={react} />
          </Suspense>
        </Popover>
      )}
    </>
  )
}
