// Loads the page again once the server can be reached. Nothing on the page moves until then.
async function tryAgain() {
  try {
    await fetch('/manifest.webmanifest', { method: 'HEAD', cache: 'no-store' })
    window.location.reload()
  } catch {
    // Still without a connection.
  }
}
setInterval(tryAgain, 5000)
window.addEventListener('online', tryAgain)
