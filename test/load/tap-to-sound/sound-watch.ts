import type { Page } from 'playwright-core'
import type { Visitor } from '../../e2e/browser.ts'

/** Times of a page, ms since it was opened. */
interface SoundWatch {
  startedAtMs: number | null
  heardAtMs: number | null
}

/** Notes in each page that a visitor opens from now on when it was tapped or asked to listen, and first heard. */
export async function watchSound({ context }: Visitor): Promise<void> {
  await context.addInitScript(watchInPage)
}

/** Waits until a page is heard. Returns the time since it was tapped or asked to listen, ms. */
export async function waitForFirstSound(page: Page): Promise<number> {
  const handle = await page.waitForFunction(() => {
    const { startedAtMs, heardAtMs } = (window as { soundWatch?: SoundWatch }).soundWatch ?? {}
    return startedAtMs && heardAtMs ? heardAtMs - startedAtMs : null
  })
  const ms = await handle.jsonValue()
  if (ms === null) throw new Error('the page was not heard')
  return ms
}

/** Runs in the page, before its own code. */
function watchInPage(): void {
  /** Sound, not the noise of a decoder. */
  const minLevel = 0.01
  const pollMs = 5
  const watch: SoundWatch = { startedAtMs: null, heardAtMs: null }
  Object.assign(window, { soundWatch: watch })
  const start = () => {
    watch.startedAtMs ??= performance.now()
  }
  window.addEventListener('click', start, { capture: true })
  document.addEventListener('listen', start)

  // Started before the tap: that takes time which no listener waits for.
  const context = new AudioContext()
  const property = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'srcObject')
  Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', {
    ...property,
    get(this: HTMLMediaElement): MediaProvider | null {
      return property?.get?.call(this)
    },
    set(this: HTMLMediaElement, stream: MediaProvider | null) {
      property?.set?.call(this, stream)
      if (stream instanceof MediaStream) listen(stream)
    }
  })

  function listen(stream: MediaStream): void {
    const analyser = new AnalyserNode(context)
    context.createMediaStreamSource(stream).connect(analyser)
    const samples = new Float32Array(analyser.fftSize)
    const timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples)
      if (!samples.some(sample => Math.abs(sample) > minLevel)) return
      clearInterval(timer)
      watch.heardAtMs ??= performance.now()
    }, pollMs)
  }
}
