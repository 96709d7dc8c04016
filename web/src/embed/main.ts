/** A stream that ends is asked for again after this time: the show may have ended, or the connection was lost. */
const reloadMs = 5000

const audio = document.querySelector('audio')
if (audio?.dataset.live !== undefined) {
  // A live stream that was paused goes on with what is said now, not with what was said then.
  audio.addEventListener('pause', () => {
    if (!audio.ended) audio.load()
  })
  const reloadSoon = () => {
    setTimeout(() => window.location.reload(), reloadMs)
  }
  audio.addEventListener('ended', reloadSoon)
  audio.addEventListener('error', reloadSoon)
  // Tells that no source can be played.
  audio.querySelector('source:last-of-type')?.addEventListener('error', reloadSoon)
}
