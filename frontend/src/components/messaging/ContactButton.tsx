'use client'

import { Suspense, useEffect, useState } from 'react'
import type { ConversationId, Person, Service } from '../../client'
import { Button, type ButtonProps } from '../ui/Button'
import { lazyPart, loadPartsWhenIdle } from '../ui/lazyPart'
import { useWords } from '../words'

const QuickContactModal = lazyPart(
  async () => (await import('./QuickContactModal')).QuickContactModal,
)

export interface ContactButtonProps {
  service: Service
  provider: Person
  /** The conversation was opened, with the first message in it. */
  onContacted: (id: ConversationId) => void
  variant?: ButtonProps['variant']
}

/** "Message" on a service: opens the quick-contact dialog. */
export function ContactButton({
  service,
  provider,
  onContacted,
  variant = 'primary',
}: ContactButtonProps) {
  const { words } = useWords()
  const [isOpen, setOpen] = useState(false)
  useEffect(loadPartsWhenIdle, [])
  return (
    <>
      <Button
        variant={variant}
        size="s"
        icon="chat"
        aria-haspopup="dialog"
        aria-label={words.contactProvider(provider.name)}
        onClick={() => setOpen(true)}
      >
        {words.contact}
      </Button>
      {isOpen && (
        <Suspense fallback={null}>
          <QuickContactModal
            service={service}
            provider={provider}
            onContacted={onContacted}
            onClose={() => setOpen(false)}
          />
        </Suspense>
      )}
    </>
  )
}
