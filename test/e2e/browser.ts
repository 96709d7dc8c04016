import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { toneWav } from '../songs/wav-header.ts'

/** Where Debian's package puts it; another build can be named for machines that have one elsewhere. */
const executablePath = process.env.CHROMIUM_BIN ?? '/usr/bin/chromium'

/** What a person hears, summed over everything their page receives. */
export interface Heard {
  /** Energy of all the sound played so far; it only grows, and only while there is sound. */
  energy: number
  packets: number
  /** Streams that were received so far on the connections that are open. */
  streams: number
  /** Packets of each of them. */
  packetsOf: Record<string, number>
}

/** A person with a browser and a microphone of their own that says one tone. */
export interface Visitor {
  page: Page
  context: BrowserContext
  heard(): Promise<Heard>
  close(): Promise<void>
}

export interface VisitorOptions {
  /** What the microphone says. */
  frequencyHz?: number
  viewport?: { width: number; height: number }
  colorScheme?: 'dark' | 'light'
  /** The home folder of the one who runs it, with the authorities they believe. */
  home?: string
  /** Sends and takes media through a relay alone, as behind a firewall that lets nothing else out. */
  relayOnly?: boolean
  /** Pages may run scripts of the test's where the page's policy would not allow it. */
  bypassCSP?: boolean
}

/**
 * Opens a real Chromium whose microphone is a known tone.
 * Its pages keep their peer connections where `heard` can read what arrives.
 */
export async function openVisitor({
  frequencyHz = 440,
  viewport = { width: 1280, height: 800 },
  colorScheme = 'dark',
  home,
  relayOnly = false,
  bypassCSP = false
}: VisitorOptions = {}): Promise<Visitor> {
  const folder = await mkdtemp(join(tmpdir(), 'ambient-visitor-'))
  const microphone = join(folder, 'microphone.wav')
  await writeFile(microphone, toneWav({ frequencyHz, seconds: 5, rate: 48_000, level: 0.5 }))
  const browser = await launch(microphone, home)
  const context = await browser.newContext({ viewport, colorScheme, bypassCSP, permissions: ['microphone'] })
  await context.addInitScript(keepPeerConnections, relayOnly)
  const page = await context.newPage()
  return {
    page,
    context,
    heard: async () => await page.evaluate(readHeard),
    async close() {
      await browser.close()
      await rm(folder, { recursive: true, force: true })
    }
  }
}

async function launch(microphone: string, home?: string): Promise<Browser> {
  return await chromium.launch({
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
      '--autoplay-policy=no-user-gesture-required'
    ]
  })
}

/** Runs in the page, before its own code. */
function keepPeerConnections(relayOnly: boolean): void {
  const kept: RTCPeerConnection[] = []
  const Original = window.RTCPeerConnection
  window.RTCPeerConnection = class extends Original {
    constructor(configuration?: RTCConfiguration) {
      super(relayOnly ? { ...configuration, iceTransportPolicy: 'relay' } : configuration)
      kept.push(this)
    }
  }
  Object.assign(window, { keptPeerConnections: kept })
}

/** Runs in the page. */
async function readHeard(): Promise<Heard> {
  const kept = (window as { keptPeerConnections?: RTCPeerConnection[] }).keptPeerConnections ?? []
  const heard: Heard = { energy: 0, packets: 0, streams: 0, packetsOf: {} }
  for (const connection of kept) {
    if (connection.connectionState === 'closed') continue
    for (const report of (await connection.getStats()).values()) {
      if (report.type !== 'inbound-rtp' || report.kind !== 'audio') continue
      heard.energy += report.totalAudioEnergy ?? 0
      heard.packets += report.packetsReceived ?? 0
      heard.streams += 1
      heard.packetsOf[`${kept.indexOf(connection)} ${report.id}`] = report.packetsReceived ?? 0
    }
  }
  return heard
}
