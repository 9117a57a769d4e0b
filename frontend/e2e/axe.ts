import axe from 'axe-core'
import type { Page } from 'playwright-core'

declare global {
  interface Window {
    axe: typeof axe
  }
}

/** What axe finds on the whole page, one line for each rule. */
export async function violationsOn(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  return page.evaluate(async () => {
    const result = await window.axe.run(document)
    return result.violations.map((each) => {
      const places = each.nodes.slice(0, 3).map((node) => `${node.html} ${node.failureSummary}`)
      return `${each.id}: ${places.join(' | ').slice(0, 600)}`
    })
  })
}
