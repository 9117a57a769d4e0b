import { ConnectionStatusIndicator, TypingIndicator } from '@sewabazaar/messaging/components'
import { Status } from './Status'

export default function Page() {
  return (
    <main>
      <Status />
      <ConnectionStatusIndicator />
      <TypingIndicator conversationId={1} />
    </main>
  )
}
