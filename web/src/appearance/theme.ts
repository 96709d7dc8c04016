const key = 'ambient:theme'
/** The grounds of both themes, as in `index.html`. */
const grounds = { dark: '#171310', light: '#fbf7f2' } as const

/** The theme that the person has chosen in this browser; `system` follows the device. */
export type Theme = 'system' | 'light' | 'dark'

/** Returns the stored choice. A script in the HTML reads it too, before anything is shown. */
export function readTheme(): Theme {
  const stored = localStorage.getItem(key)
  return stored === 'light' || stored === 'dark' ? stored : 'system'
}

/** Stores a choice, and shows it. Other open tabs show it as they are told. */
export function saveTheme(theme: Theme): void {
  if (theme === 'system') localStorage.removeItem(key)
  else localStorage.setItem(key, theme)
  showTheme()
}

/** Shows the stored choice on the page. */
function showTheme(): void {
  const { dataset } = document.documentElement
  const theme = readTheme()
  if (theme === 'system') delete dataset.theme
  else dataset.theme = theme
  showInBrowser(theme)
}

/** Gives the bars of the browser the colour of the page, whichever the theme of the device is. */
function showInBrowser(theme: Theme): void {
  for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
    meta.content = grounds[theme === 'system' ? (meta.media.includes('dark') ? 'dark' : 'light') : theme]
  }
}

/** Follows a choice that is made in another tab. */
export function followTheme(): void {
  window.addEventListener('storage', event => {
    if (event.key === key || event.key === null) showTheme()
  })
}
