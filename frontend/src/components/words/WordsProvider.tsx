'use client'

import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
} from 'react'
import { en, type Words } from './en'

export type Locale = 'en' | 'ne'
export const locales: Readonly<Record<Locale, string>> = { en: 'English', ne: 'नेपाली' }

interface WordsContext {
  words: Words
  locale: Locale
  setLocale: (locale: Locale) => void
}

const storageKey = 'sewa.locale'
const Context = createContext<WordsContext>({ words: en, locale: 'en', setLocale: () => undefined })

/** Without a provider the words are English. Nepali is loaded when somebody chooses it. */
export function WordsProvider({ children }: { children: ReactNode }) {
  const [state, setState] = useState<{ words: Words; locale: Locale }>({ words: en, locale: 'en' })

  const show = useCallback(async (locale: Locale) => {
    const words = locale === 'ne' ? (await import('./ne')).ne : en
    document.documentElement.lang = locale
    setState({ words, locale })
  }, [])

  const setLocale = useCallback(
    (locale: Locale) => {
      localStorage.setItem(storageKey, locale)
      void show(locale)
    },
    [show],
  )

  useEffect(() => {
    const wanted = localStorage.getItem(storageKey) ?? navigator.language
    if (wanted.startsWith('ne')) void show('ne')
  }, [show])

  const value = useMemo(() => ({ ...state, setLocale }), [state, setLocale])
  return <Context.Provider value={value}>{children}</Context.Provider>
}

export function useWords(): WordsContext {
  return useContext(Context)
}
