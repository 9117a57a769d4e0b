'use client'

import Link from 'next/link'
import { useSearchParams } from 'next/navigation'
import { ChatPage } from '@/components/messaging/ChatPage'
import { VisuallyHidden } from '@/components/ui/VisuallyHidden'
import { useWords } from '@/components/words'
import { useAppSession } from '../_shell/SessionProvider'
import { SignedIn } from '../_shell/SignedIn'

// Not by the router: it would ask the server for the page that is here already.
const open = (id: number) => window.history.pushState(null, '', `/messages/?conversation=${id}`)
const close = () => window.history.pushState(null, '', '/messages/')

/** `/messages/?conversation=ID` is the link to one conversation. */
export function Messages() {
  const { words } = useWords()
  const { session } = useAppSession()
  const conversationId = idIn(useSearchParams().get('conversation'))

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
