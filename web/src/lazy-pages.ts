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

/**
 * Loads the page of a show as soon as a person seems to be about to open one: they touch a link to it, point at it, or
 * focus it.
 */
export function preloadShowPageOnIntent(): void {
  const listener = ({ target }: Event) => {
    if (target instanceof Element && target.closest('a[href^="/shows/"]')) showPage.preload().catch(() => {})
  }
  for (const type of ['pointerover', 'pointerdown', 'focusin']) document.addEventListener(type, listener)
}
