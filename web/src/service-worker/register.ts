/** The first sound of a show comes before the files that the worker stores. */
const delayMs = 3000

/** Registers the service worker of a built page. Without one, everything works but offline. */
export function registerServiceWorker(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  setTimeout(() => {
    navigator.serviceWorker.register('/sw.js').catch(() => {})
  }, delayMs)
}
