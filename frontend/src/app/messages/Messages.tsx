'use client'

import Link from 'next/link'
import { useRouter, useSearchParams } from 'next/navigation'
import { useCallback } from 'react'
import { ChatPage } from '@/components/messaging/ChatPage'
import { VisuallyHidden } from '@/components/ui/VisuallyHidden'
import { useWords } from '@/components/words'
import { useAppSession } from '../_shell/SessionProvider'
import { SignedIn } from '../_shell/SignedIn'

/** `/messages/?conversation=ID` is the link to one conversation. */
export function Messages() {
  const { words } = useWords()
  const { session } = useAppSession()
  const router = useRouter()
  const conversationId = idIn(useSearchParams().get('conversation'))

  const open = useCallback(
    (id: number) => router.push(`/messages/?conversation=${id}`, { scroll: false }),
    [router],
  )
  const close = useCallback(() => router.push('/messages/', { scroll: false }), [router])

  return (
    <SignedIn>
      <VisuallyHidden as="h1">{words.nav.messages}</VisuallyHidden>
      <ChatPage
        conversationId={conversationId}
        onOpen={open}
        onClose={close}
        {...(session && { role: session.user.role })}
        emptyAction={<Link href="/services/">{words.browseServices}</Link>}
      />
    </SignedIn>
  )
}

function idIn(text: string | null): number | null {
  const id = Number(text)
  return Number.isSafeInteger(id) && id > 0 ? id : null
}
