import type { ReactNode } from 'react'
import '@/styles/tokens.css'
import '@/styles/reset.css'

export const metadata = { title: 'SewaBazaar Messaging' }

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  )
}
