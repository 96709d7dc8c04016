import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { toneWav } from '../songs/wav-header.ts'

/** Where Debian's package installs Chromium. Set CHROMIUM_BIN on machines that have it elsewhere. */
const executablePath = process.env.CHROMIUM_BIN ?? '/usr/bin/chromium'

/** The audio that a page has received, summed over its open connections. */
export interface ReceivedAudio {
  /** The energy of all sound played so far. It only grows, and only while there is sound. */
  energy: number
  packets: number
  /** The number of streams received so far. */
  streams: number
  packetsByStream: Record<string, number>
}

/** A person with a browser profile of their own and a microphone that plays one tone. */
export interface Visitor {
  page: Page
  context: BrowserContext
  receivedAudio(): Promise<ReceivedAudio>
  close(): Promise<void>
}

export interface VisitorOptions {
  /** The tone of the microphone. */
  frequencyHz?: number
  viewport?: { width: number; height: number }
  colorScheme?: 'dark' | 'light'
  /** The home folder of the browser, with the certificate authorities it trusts. */
  home?: string
  /** Sends and receives media only through a relay, as behind a strict firewall. */
  relayOnly?: boolean
  /** Lets the test run scripts that the page's Content-Security-Policy does not allow. */
  bypassCSP?: boolean
  /** A host name under which the browser finds this machine. To Chromium, its http pages are not secure. */
  insecureHost?: string
  /** Lets pages register the service worker: requests that it makes pass by the routes of a test. */
  hasServiceWorker?: boolean
  /** Starts a browser process for this visitor alone, so that closing the visitor ends the process. */
  ownBrowser?: boolean
}

interface BrowserOptions {
  frequencyHz: number
  home: string | undefined
  insecureHost: string | undefined
}

/** A Chromium process, shared by the visitors of a test file that need the same microphone and home folder. */
interface SharedBrowser {
  browser: Browser
  folder: string
  visitorCount: number
}

const sharedBrowsers = new Map<string, Promise<SharedBrowser>>()

/**
 * Opens a browser profile whose microphone is a known tone. Its pages keep their peer connections where `receivedAudio`
 * can read what arrives.
 */
export async function openVisitor({
  frequencyHz = 440,
  viewport = { width: 1280, height: 800 },
  colorScheme = 'dark',
  home,
  relayOnly = false,
  bypassCSP = false,
  insecureHost,
  hasServiceWorker = false,
  ownBrowser = false
}: VisitorOptions = {}): Promise<Visitor> {
  const key = `${frequencyHz} ${home ?? ''} ${insecureHost ?? ''}${ownBrowser ? ` ${crypto.randomUUID()}` : ''}`
  const { browser } = await acquireBrowser(key, { frequencyHz, home, insecureHost })
  const context = await browser.newContext({
    viewport,
    colorScheme,
    bypassCSP,
    permissions: ['microphone'],
    serviceWorkers: hasServiceWorker ? 'allow' : 'block',
    ...(insecureHost !== undefined && { userAgent: userAgentOf(browser) })
  })
  await context.addInitScript(keepPeerConnections, relayOnly)
  const page = await context.newPage()
  return {
    page,
    context,
    receivedAudio: async () => await page.evaluate(readReceivedAudio),
    async close() {
      await context.close()
      await releaseBrowser(key)
    }
  }
}

async function acquireBrowser(key: string, options: BrowserOptions): Promise<SharedBrowser> {
  let starting = sharedBrowsers.get(key)
  if (!starting) {
    starting = startBrowser(options)
    sharedBrowsers.set(key, starting)
    starting.catch(() => sharedBrowsers.delete(key))
  }
  const shared = await starting
  shared.visitorCount++
  return shared
}

/** Closes a browser when its last visitor has left. */
async function releaseBrowser(key: string): Promise<void> {
  const shared = await sharedBrowsers.get(key)
  if (!shared || --shared.visitorCount > 0) return
  sharedBrowsers.delete(key)
  await shared.browser.close()
  await rm(shared.folder, { recursive: true, force: true })
}

async function startBrowser({ frequencyHz, home, insecureHost }: BrowserOptions): Promise<SharedBrowser> {
  const folder = await mkdtemp(join(tmpdir(), 'ambient-visitor-'))
  const microphone = join(folder, 'microphone.wav')
  await writeFile(microphone, toneWav({ frequencyHz, seconds: 5, rate: 48_000, level: 0.5 }))
  const browser = await chromium.launch({
    executablePath,
    ...(home !== undefined && { env: { ...process.env, HOME: home } }),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-audio-capture=${microphone}`,
      '--autoplay-policy=no-user-gesture-required',
      ...(insecureHost === undefined ? [] : [`--host-resolver-rules=MAP ${insecureHost} 127.0.0.1`])
    ]
  })
  return { browser, folder, visitorCount: 0 }
}

/**
 * Returns the user agent of Chromium with a window. Pages that are not secure know a browser by this text alone, and
 * headless Chromium has another one.
 */
function userAgentOf(browser: Browser): string {
  const engine = 'AppleWebKit/537.36 (KHTML, like Gecko)'
  return `Mozilla/5.0 (X11; Linux x86_64) ${engine} Chrome/${browser.version()} Safari/537.36`
}

/** Runs in the page, before its own code. */
function keepPeerConnections(relayOnly: boolean): void {
  const connections: RTCPeerConnection[] = []
  const Original = window.RTCPeerConnection
  window.RTCPeerConnection = class extends Original {
    constructor(configuration?: RTCConfiguration) {
      super(relayOnly ? { ...configuration, iceTransportPolicy: 'relay' } : configuration)
      connections.push(this)
    }
  }
  Object.assign(window, { peerConnections: connections })
}

/** Runs in the page. */
async function readReceivedAudio(): Promise<ReceivedAudio> {
  const connections = (window as { peerConnections?: RTCPeerConnection[] }).peerConnections ?? []
  const audio: ReceivedAudio = { energy: 0, packets: 0, streams: 0, packetsByStream: {} }
  for (const connection of connections) {
    if (connection.connectionState === 'closed') continue
    for (const report of (await connection.getStats()).values()) {
      if (report.type !== 'inbound-rtp' || report.kind !== 'audio') continue
      audio.energy += report.totalAudioEnergy ?? 0
      audio.packets += report.packetsReceived ?? 0
      audio.streams += 1
      audio.packetsByStream[`${connections.indexOf(connection)} ${report.id}`] = report.packetsReceived ?? 0
    }
  }
  return audio
}
