import { usePathname } from 'next/navigation'
import { useEffect } from 'react'
import { useWords } from '@/components/words'

/** The title of the tab, in the language of the page, with the number of unread messages before it. */
export function useTitle(unread: number): void {
  const { words } = useWords()
  const path = usePathname()
  const { nav } = words
  const names: Readonly<Record<string, string>> = {
    '/services/': nav.services,
    '/messages/': nav.messages,
    '/test/websocket/': nav.test,
  }
  const name = names[path]
  const title = `${unread > 0 ? `(${unread}) ` : ''}${name ? `${name} · ` : ''}${words.appName}`
  useEffect(() => {
    const apply = () => {
      if (document.title !== title) document.title = title
    }
    apply()
    // The router sets the title of a page after the page is there.
    const watcher = new MutationObserver(apply)
    watcher.observe(document.head, { childList: true, subtree: true, characterData: true })
    return () => watcher.disconnect()
  }, [title])
}
