const hues = 6

/** The same person has the same colour everywhere: 1 to 6, the number of a `--typist-N` token. */
export function hueOf(id: number): number {
  return (Math.abs(Math.trunc(id)) % hues) + 1
}

export function hueVariable(id: number): string {
  return `var(--typist-${hueOf(id)})`
}

/** Up to two letters; works for Devanagari and emoji because it counts graphemes. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/)
  const first = firstGrapheme(words[0] ?? '')
  const last = words.length > 1 ? firstGrapheme(words.at(-1) ?? '') : ''
  return (first + last).toLocaleUpperCase()
}

const segmenter =
  typeof Intl !== 'undefined' && 'Segmenter' in Intl ? new Intl.Segmenter() : undefined

function firstGrapheme(word: string): string {
  if (!segmenter) return [...word][0] ?? ''
  return segmenter.segment(word)[Symbol.iterator]().next().value?.segment ?? ''
}
