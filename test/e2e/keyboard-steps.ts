import type { Page } from 'playwright-core'

/** Maximum number of Tab presses: more than one round through any page. */
const maxTabStops = 80
/** The same as the default timeout of the browser's own waits. */
const focusTimeoutMs = 20_000

/** Returns the role and accessible name of the focused element; empty when nothing is focused. */
export async function describeFocus(page: Page): Promise<string> {
  return await page.evaluate(() => {
    const element = document.activeElement
    if (!(element instanceof HTMLElement) || element === document.body) return ''
    const labels =
      'labels' in element && element.labels instanceof NodeList
        ? [...element.labels].map(label => label.textContent).join(' ')
        : ''
    const labelledBy = (element.getAttribute('aria-labelledby') ?? '')
      .split(' ')
      .map(id => document.getElementById(id)?.getAttribute('aria-label') ?? '')
      .join(' ')
      .trim()
    const role = element.getAttribute('role') ?? element.tagName.toLowerCase()
    const name = element.getAttribute('aria-label') ?? (labels || element.innerText || labelledBy)
    return `${role} ${name}`.trim()
  })
}

/** Waits until an element has the focus. After a dialog closes, the focus returns one animation frame later. */
export async function waitForFocus(page: Page, name: RegExp): Promise<void> {
  const deadline = Date.now() + focusTimeoutMs
  while (!name.test(await describeFocus(page))) {
    if (Date.now() > deadline) throw new Error(`${name} never gets the focus; it is on ${await describeFocus(page)}`)
    await page.evaluate(async () => await new Promise(resolve => requestAnimationFrame(resolve)))
  }
}

/** Presses a key until an element has the focus. Throws after more than one round through the page. */
export async function tabTo(page: Page, name: RegExp, key: 'Tab' | 'Shift+Tab' | 'ArrowDown' = 'Tab'): Promise<void> {
  const visited: string[] = []
  while (visited.length < maxTabStops) {
    const focused = await describeFocus(page)
    if (name.test(focused)) return
    visited.push(focused)
    await page.keyboard.press(key)
  }
  throw new Error(`${name} cannot be reached by keyboard; visited ${visited.join(', ')}`)
}

/** Starts to drag a row with the keyboard: Tab leads from the row to its handle. */
export async function startDrag(page: Page, title: string): Promise<void> {
  await page.getByRole('row', { name: title }).focus()
  await waitForFocus(page, new RegExp(`^row ${title}`))
  await page.keyboard.press('Tab')
  await waitForFocus(page, new RegExp(`Drag ${title}`))
  await page.keyboard.press('Enter')
  // The drop targets appear a moment after the handle is pressed.
  await waitForFocus(page, /Insert/)
}
