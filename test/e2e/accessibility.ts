import axe from 'axe-core'
import type { Page } from 'playwright-core'

/** Runs axe-core on the page as it is now, and returns a line for each violation. */
export async function findViolations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate(
    async () => await (window as typeof window & { axe: typeof axe }).axe.run()
  )
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}
