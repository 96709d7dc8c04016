import type { Page } from 'playwright-core'

/** So many stops of the Tab key are more than once round any page. */
const mostStops = 80
/** As long as the browser's own waits. */
const patienceMs = 20_000

/** What has the focus: its role and its name, as a screen reader says them; empty when nothing has. */
export async function focused(page: Page): Promise<string> {
  return await page.evaluate(() => {
    const element = document.activeElement
    if (!(element instanceof HTMLElement) || element === document.body) return ''
    const labels =
      'labels' in element && element.labels instanceof NodeList
        ? [...element.labels].map(label => label.textContent).join(' ')
        : ''
    const named = (element.getAttribute('aria-labelledby') ?? '')
      .split(' ')
      .map(id => document.getElementById(id)?.getAttribute('aria-label') ?? '')
      .join(' ')
      .trim()
    return `${element.getAttribute('role') ?? element.tagName.toLowerCase()} ${element.getAttribute('aria-label') ?? (labels || element.innerText || named)}`.trim()
  })
}

/** Waits until this has the focus: where something closes, the focus comes back in a frame of its own. */
export async function focusComesTo(page: Page, name: RegExp): Promise<void> {
  const giveUpAt = Date.now() + patienceMs
  while (!name.test(await focused(page))) {
    if (Date.now() > giveUpAt) throw new Error(`the focus never comes to ${name}; it is at ${await focused(page)}`)
    await page.evaluate(async () => await new Promise(resolve => requestAnimationFrame(resolve)))
  }
}

/** Tabs until this has the focus; more than once round the page is too far. */
export async function tabTo(page: Page, name: RegExp, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  const met: string[] = []
  while (met.length < mostStops) {
    const now = await focused(page)
    if (name.test(now)) return
    met.push(now)
    await page.keyboard.press(key)
  }
  throw new Error(`the keyboard never comes to ${name}; it met ${met.join(', ')}`)
}
