/**
 * Toasts, loaded with the first one. A toast with an id replaces the one that is shown, so a flapping
 * network informs once.
 */
export interface Notice {
  id?: string
  description?: string
  action?: { label: string; onClick: () => void }
}

export type Tone = 'info' | 'success' | 'error'

export async function notify(tone: Tone, text: string, notice: Notice = {}): Promise<void> {
  const { toast } = await import('./Toasts')
  toast[tone](text, notice)
}

export async function dismiss(id: string): Promise<void> {
  const { toast } = await import('./Toasts')
  toast.dismiss(id)
}
