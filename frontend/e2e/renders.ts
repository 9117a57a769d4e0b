import type { Page } from 'playwright-core'

/**
 * Counts in the built app what is rendered: each bubble asks once for the full time of its message and once
 * for the short one, and its row asks for the short one once more.
 */
export async function countRenders(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const counts = { bubbles: 0, times: 0 }
    Object.assign(window, { renderCounts: counts })
    const { prototype } = Intl.DateTimeFormat
    const found = Object.getOwnPropertyDescriptor(prototype, 'format')
    Object.defineProperty(prototype, 'format', {
      get() {
        const { dateStyle, hour } = this.resolvedOptions()
        if (dateStyle === 'full') counts.bubbles += 1
        else if (hour) counts.times += 1
        return found?.get?.call(this)
      },
    })
  })
}

export interface Renders {
  /** Renders of single bubbles. */
  readonly bubbles: number
  /** Renders of single rows. */
  readonly rows: number
}

/** Short times that the list of conversations shows anew when something happens in one of them. */
const timesElsewhere = 2

/** What was rendered since the last call. */
export async function takeRenders(page: Page): Promise<Renders> {
  const { bubbles, rows } = await page.evaluate(() => {
    const { renderCounts } = window as unknown as {
      renderCounts: { bubbles: number; times: number }
    }
    const { bubbles, times } = renderCounts
    Object.assign(renderCounts, { bubbles: 0, times: 0 })
    return { bubbles, rows: times - bubbles }
  })
  return { bubbles, rows: Math.max(0, rows - timesElsewhere) }
}
