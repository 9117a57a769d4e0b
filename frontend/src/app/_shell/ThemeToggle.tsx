'use client'

import { useEffect, useState } from 'react'
import { IconButton } from '@/components/ui/IconButton'
import { useWords } from '@/components/words'

type Theme = 'light' | 'dark'
const storageKey = 'sewa.theme'

/** Follows the system until somebody chooses. */
export function ThemeToggle() {
  const { words } = useWords()
  const [theme, setTheme] = useState<Theme>('light')

  useEffect(() => {
    const chosen = localStorage.getItem(storageKey)
    const isDark = matchMedia('(prefers-color-scheme: dark)').matches
    setTheme(chosen === 'light' || chosen === 'dark' ? chosen : isDark ? 'dark' : 'light')
    if (chosen) document.documentElement.dataset.theme = chosen
  }, [])

  const toggle = () => {
    const next = theme === 'dark' ? 'light' : 'dark'
    localStorage.setItem(storageKey, next)
    document.documentElement.dataset.theme = next
    setTheme(next)
  }
  return (
    <IconButton
      icon={theme === 'dark' ? 'sun' : 'moon'}
      label={`${words.theme.label}: ${theme === 'dark' ? words.theme.light : words.theme.dark}`}
      onClick={toggle}
    />
  )
}
