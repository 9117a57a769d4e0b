'use client'

import { useCallback, useMemo } from 'react'
import { signInToDemo } from '@/client'
import { WebSocketTest } from '@/components/testing/WebSocketTest'
import { useAppSession } from '../../_shell/SessionProvider'
import { SignedIn } from '../../_shell/SignedIn'
import { apiUrl, expireToken, freshToken, socketUrl } from '../../_shell/session'
import { useDemo } from '../../_shell/useDemo'

export function Dashboard() {
  return (
    <SignedIn>
      <Bench />
    </SignedIn>
  )
}

function Bench() {
  const { session } = useAppSession()
  const demo = useDemo()
  const userId = session?.user.id ?? 0
  const playable = useMemo(() => demo?.people.map((person) => person.id) ?? [], [demo])
  const tokenOf = useCallback(
    async (id: number) => (id === userId ? freshToken() : (await signInToDemo(apiUrl, id)).access),
    [userId],
  )
  return (
    <WebSocketTest
      url={socketUrl()}
      apiUrl={apiUrl}
      userId={userId}
      tokenOf={tokenOf}
      expireToken={expireToken}
      playable={playable}
    />
  )
}
