import { useCallback, useState } from 'react'

const prefix = 'sewa.draft.'

/** The text of a message that is not sent yet: it survives a reload and a change of conversation. */
export function useDraft(userId: number | null, conversationId: number) {
  const key = `${prefix}${userId ?? 0}.${conversationId}`
  const [state, setState] = useState(() => ({ key, text: read(key) }))
  if (state.key !== key) setState({ key, text: read(key) })

  const setText = useCallback(
    (text: string) => {
      setState({ key, text })
      write(key, text)
    },
    [key],
  )
  return [state.key === key ? state.text : read(key), setText] as const
}

function read(key: string): string {
  try {
    return localStorage.getItem(key) ?? ''
  } catch {
    return ''
  }
}

/** A full or forbidden storage costs the draft after a reload, nothing else. */
function write(key: string, text: string) {
  try {
    if (text === '') localStorage.removeItem(key)
    else localStorage.setItem(key, text)
  } catch {}
}
