import { Suspense } from 'react'
import { Messages } from './Messages'

export const metadata = { title: 'Messages' }

export default function MessagesPage() {
  return (
    <Suspense fallback={null}>
      <Messages />
    </Suspense>
  )
}
