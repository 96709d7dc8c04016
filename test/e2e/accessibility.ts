import axe from 'axe-core'
import type { Page } from 'playwright-core'
import type { Test } from 'tap'
import { isNightly } from '../depth.ts'

export const phone = { width: 360, height: 740 }
export const desktop = { width: 1440, height: 900 }

const themes = ['dark', 'light'] as const
const fontSizes = ['100%', '200%'] as const
/** Screens checked so far. In `npm test` they choose the size and theme in which the next one is checked. */
let screenCount = 0

/**
 * Asserts that axe-core finds no violations on a screen, that every control has a name, and that nothing overflows its
 * width at both font sizes. At night it checks each size in both themes, otherwise one of these, another one at each
 * screen. The screen is opened once: the theme is switched while it is open.
 * @param viewports also checks the screen at these sizes; otherwise at its current size
 */
export async function checkScreen(
  t: Test,
  page: Page,
  screen: string,
  viewports: readonly { width: number; height: number }[] = []
): Promise<void> {
  const sizes = viewports.length > 0 ? viewports : [null]
  const all = sizes.flatMap(viewport => themes.map(colorScheme => ({ viewport, colorScheme })))
  const turn = screenCount++ % all.length
  for (const { viewport, colorScheme } of isNightly ? all : all.slice(turn, turn + 1)) {
    if (viewport) await page.setViewportSize(viewport)
    const place = viewport ? `${screen}, ${viewport.width} px` : screen
    // Without reduced motion, elements are half transparent during an animation, which axe reports as low contrast.
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await waitForTransitions(page)
    t.same(await findViolations(page), [], `${place}, ${colorScheme}`)
    t.same(await findUnnamedControls(page), [], `${place}: every control has a name`)
    for (const fontSize of fontSizes) {
      t.equal(await horizontalOverflow(page, fontSize), 0, `${place}, ${colorScheme}, font size ${fontSize}`)
    }
  }
}

/**
 * Waits until the colors of the other theme are there. They change with very short transitions, and each element starts
 * its own when the inherited color has changed, so that several frames without any are needed.
 */
async function waitForTransitions(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (let quietFrames = 0; quietFrames < 3;) {
      await new Promise(resolve => requestAnimationFrame(resolve))
      const isChanging = document.getAnimations().some(animation => animation instanceof CSSTransition)
      quietFrames = isChanging ? 0 : quietFrames + 1
    }
  })
}

/** Runs axe-core on the page as it is now, and returns a line for each violation. */
async function findViolations(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source)
  const { violations } = await page.evaluate(
    async () => await (window as typeof window & { axe: typeof axe }).axe.run()
  )
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}

/** Returns the lines of controls without an accessible name, as the browser computes it. */
async function findUnnamedControls(page: Page): Promise<string[]> {
  const lines = (await page.locator('body').ariaSnapshot()).split('\n')
  return lines.filter(line =>
    /^\s*- '?(button|link|textbox|slider|switch|checkbox|radio|combobox|tab|menuitem)\b(?! ")/.test(line)
  )
}

/** Returns by how many pixels the page is wider than its window, at this font size. */
async function horizontalOverflow(page: Page, fontSize: string): Promise<number> {
  return await page.evaluate(size => {
    document.documentElement.style.fontSize = size
    const overflowPx = document.documentElement.scrollWidth - document.documentElement.clientWidth
    document.documentElement.style.fontSize = ''
    return overflowPx
  }, fontSize)
}
