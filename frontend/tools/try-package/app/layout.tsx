import '@sewabazaar/messaging/tokens.css'
import '@sewabazaar/messaging/components.css'
import { MessagingProvider } from '@sewabazaar/messaging'
import type { ReactNode } from 'react'

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <MessagingProvider userId={42} token="h.eyJ1c2VyX2lkIjo0Mn0.s">
          {children}
        </MessagingProvider>
      </body>
    </html>
  )
}
