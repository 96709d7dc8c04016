import type { Page } from 'playwright-core'

/** By how many pixels the page is wider than the window, with letters of this size. */
export async function overflow(page: Page, fontSize: string): Promise<number> {
  return await page.evaluate(size => {
    document.documentElement.style.fontSize = size
    const wider = document.documentElement.scrollWidth - document.documentElement.clientWidth
    document.documentElement.style.fontSize = ''
    return wider
  }, fontSize)
}
