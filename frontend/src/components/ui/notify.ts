/**
 * Toasts. Anybody may call `notify`; `ToastHost`, once on a page, shows them. A toast with an id
 * replaces the one that is shown, so a flapping network informs once.
 */
export interface Notice {
  tone: 'info' | 'success' | 'error'
  text: string
  id?: string
  description?: string
  action?: { label: string; onClick: () => void }
}

const kept: Notice[] = []
const keptMax = 5
let show: ((notice: Notice) => void) | null = null

export function notify(notice: Notice): void {
  if (show) {
    show(notice)
    return
  }
  kept.push(notice)
  if (kept.length > keptMax) kept.shift()
}

/** Gets what came before it, then everything that comes. */
export function hostToasts(host: (notice: Notice) => void): () => void {
  show = host
  for (const notice of kept.splice(0)) host(notice)
  return () => {
    if (show === host) show = null
  }
}
