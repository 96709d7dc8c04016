import axe from 'axe-core'
import type { Page } from 'playwright-core'

/** What axe-core finds wrong on the page as it is now. */
export async function faultsOn(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate(
    async () => await (window as typeof window & { axe: typeof axe }).axe.run()
  )
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}
