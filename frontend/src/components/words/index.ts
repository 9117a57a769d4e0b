export type { Words } from './en'
export { type Locale, locales, useWords, WordsProvider } from './WordsProvider'
