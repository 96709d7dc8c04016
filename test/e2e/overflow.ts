import type { Page } from 'playwright-core'

/** Returns by how many pixels the page is wider than its window, at this font size. */
export async function horizontalOverflow(page: Page, fontSize: string): Promise<number> {
  return await page.evaluate(size => {
    document.documentElement.style.fontSize = size
    const overflowPx = document.documentElement.scrollWidth - document.documentElement.clientWidth
    document.documentElement.style.fontSize = ''
    return overflowPx
  }, fontSize)
}
