import type { Page } from 'playwright-core'

/**
 * Counts in the built app what is rendered: each bubble asks once for the full time of its message, and
 * each render of the list asks once more for the short time of every row.
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
  /**
   * Runs of the list's function. React runs it twice for one render where state is derived from props;
   * that one message is one render is asserted with a Profiler in MessageListView.test.tsx.
   */
  readonly listRuns: number
}

/** What was rendered since the last call. */
export async function takeRenders(page: Page): Promise<Renders> {
  return page.evaluate(() => {
    const { renderCounts } = window as unknown as {
      renderCounts: { bubbles: number; times: number }
    }
    const { bubbles, times } = renderCounts
    Object.assign(renderCounts, { bubbles: 0, times: 0 })
    const rows = document.querySelectorAll('[role=feed] article').length
    // The list of conversations shows a time or two of its own.
    return { bubbles, listRuns: Math.floor((times - bubbles) / rows) }
  })
}
