export type TextPart = { text: string; href: string | null }

const candidate = /\b(?:https?:\/\/|mailto:)[^\s<>"'`]+/giu
const allowed = new Set(['http:', 'https:', 'mailto:'])

/** The address when it is one that may be opened from a chat, else null. */
export function safeHref(address: string): string | null {
  try {
    const url = new URL(address)
    return allowed.has(url.protocol) ? url.href : null
  } catch {
    return null
  }
}

/** Pictures come from http(s), from this origin, or from a file the person has just chosen. */
export function safeImage(address: string | null | undefined): string | null {
  if (!address) return null
  if (/^\/(?![/\\])/.test(address) || address.startsWith('blob:')) return address
  const href = safeHref(address)
  return href && !href.startsWith('mailto:') ? href : null
}

/** Cuts a text into plain parts and links. Punctuation that ends a sentence is not part of a link. */
export function splitLinks(text: string): readonly TextPart[] {
  const parts: TextPart[] = []
  let end = 0
  for (const match of text.matchAll(candidate)) {
    const address = match[0].replace(/[.,;:!?)\]}।]+$/u, '')
    const href = safeHref(address)
    if (!href) continue
    if (match.index > end) parts.push({ text: text.slice(end, match.index), href: null })
    parts.push({ text: address, href })
    end = match.index + address.length
  }
  if (end < text.length) parts.push({ text: text.slice(end), href: null })
  return parts
}
