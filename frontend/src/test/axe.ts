import axe from 'axe-core'

/** The rules that a rendered fragment breaks, as sentences; colours need a real browser. */
export async function violationsIn(container: Element): Promise<string[]> {
  const result = await axe.run(container, {
    rules: { 'color-contrast': { enabled: false }, region: { enabled: false } },
  })
  return result.violations.map(
    (violation) => `${violation.id}: ${violation.nodes.map((node) => node.html).join(' ')}`,
  )
}
