import { lazyPage } from './ui/lazy-page.tsx'

/** The page of a show, which every visit may lead to. */
export const showPage = lazyPage(async () => (await import('./pages/show.tsx')).ShowPage)
/** The start page. A listener who opens a show by its link does not load it. */
export const homePage = lazyPage(async () => (await import('./pages/home.tsx')).HomePage)

/**
 * Loads the page at a path before it is shown, if many visits begin with it: the HTML of such a page names its scripts,
 * so they arrive with the first one. An error is left to the page itself.
 */
export async function preloadPage(path: string): Promise<void> {
  const page = path === '/' ? homePage : /^\/shows\/[^/]+$/.test(path) ? showPage : undefined
  await page?.preload().catch(() => {})
}

/** The start page is complete by then, also on a slow phone. */
const preloadDelayMs = 3000

/** Loads the page of a show a little later: one tap on a show should start its sound. */
export function preloadShowPageLater(): void {
  setTimeout(() => {
    showPage.preload().catch(() => {})
  }, preloadDelayMs)
}
