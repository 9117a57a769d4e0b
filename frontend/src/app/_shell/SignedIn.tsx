'use client'

import Link from 'next/link'
import type { ReactNode } from 'react'
import { EmptyState } from '@/components/ui/EmptyState'
import { useWords } from '@/components/words'
import { useAppSession } from './SessionProvider'
import styles from './SignedIn.module.css'

/** Shows its content to people who are signed in, and the others the way to sign in. */
export function SignedIn({ children }: { children: ReactNode }) {
  const { words } = useWords()
  const { session } = useAppSession()
  if (session) return children
  if (session === undefined) return <div aria-busy="true" />
  return (
    <EmptyState icon="chat" title={words.signIn.needed}>
      <Link href="/" className={styles.link}>
        {words.signIn.toSignIn}
      </Link>
    </EmptyState>
  )
}
