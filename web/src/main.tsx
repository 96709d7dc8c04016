import '@fontsource-variable/figtree/index.css'
import './tokens.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { preloadPage, preloadShowPageOnIntent } from './lazy-pages.ts'

const root = document.getElementById('root')
if (!root) throw new Error('the page has no element with the id "root"')
const reactRoot = createRoot(root)
// The HTML shows the header meanwhile. Pages import from this module, so nothing may be awaited here.
preloadPage(window.location.pathname).then(() => {
  reactRoot.render(
    <StrictMode>
      <App />
    </StrictMode>
  )
  preloadShowPageOnIntent()
})
