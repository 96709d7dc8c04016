/*
 * npm run screenshots [-- dark | light] [SCENE…] [--into=FOLDER]
 *
 * Runs a show with a few people and takes a screenshot of each screen at 360 and 1440 px in both themes, into
 * docs/screenshots/ or another folder. With names of scenes only these: numbers, program and those in files of their
 * own need no other scene.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { signIn as signInThroughApi, type ShowClient } from '../users.ts'
import { startServer, type ServerProcess } from '../server-process.ts'
import { openVisitor, type Visitor } from './browser.ts'
import { apiClientOf } from './test-songs.ts'
import {
  endShow,
  signInVisitor,
  requestToSpeak,
  postComment,
  goLive,
  joinShow,
  scheduleShow,
  showIdOf
} from './show-steps.ts'
import { answerMetadata, sampleArtist, sampleProposals } from './sample-metadata.ts'
import { program } from './program-scenes.ts'
import { answerReplay, makeReplayAudio, sampleReplay } from './sample-replay.ts'
import { answerNumbers, sampleAnalytics, sampleOverview } from './sample-numbers.ts'
import { landscape, portrait } from './sample-images.ts'
import { audience, hostControls } from './audience-scenes.ts'
import { planning } from './planning-scenes.ts'
import { mails, settings } from './settings-scenes.ts'
import { chooseFiles, openLibrary, makeSongFile, waitUntilReady, type SongFile } from './song-steps.ts'

const sizes = { phone: { width: 360, height: 740 }, wide: { width: 1440, height: 900 } }
const into = '--into='
const wanted = process.argv.slice(2).filter(word => !word.startsWith(into))
const folder =
  process.argv.find(word => word.startsWith(into))?.slice(into.length) ??
  join(import.meta.dirname, '..', '..', 'docs', 'screenshots')
const allThemes = ['dark', 'light'] as const
const wantedThemes = allThemes.filter(theme => wanted.includes(theme))
const themes = wantedThemes.length > 0 ? wantedThemes : allThemes
const wantedScenes = wanted.filter(word => !allThemes.some(theme => theme === word))
const title = 'Songs from the kitchen'

interface Scene {
  theme: 'dark' | 'light'
  server: ServerProcess
  songs: SongFile[]
  host: Visitor
  guest: Visitor
  listener: Visitor
  /** Takes a screenshot at each of these sizes. The page keeps the last size. */
  takeScreenshot: (visitor: Visitor, name: string, at?: (keyof typeof sizes)[]) => Promise<void>
}

await mkdir(folder, { recursive: true })
const songs = [
  await makeSongFile('Harbour lights.mp3', {
    title: 'Harbour lights',
    artist: 'A Quiet Band',
    album: 'Evenings',
    seconds: 94,
    cover: await landscape('#3b2440', '#f08a5d', '#2b2a4c')
  }),
  await makeSongFile('Slow train.mp3', {
    title: 'Slow train to the coast',
    artist: 'A Quiet Band',
    seconds: 48,
    frequencyHz: 660,
    cover: await landscape('#12323f', '#7fb7a3', '#0f2b2f')
  }),
  await makeSongFile('Take 3.mp3', { seconds: 30, frequencyHz: 330 })
]
for (const theme of themes) {
  const scene = await open(theme)
  try {
    const parts = [
      signIn,
      library,
      suggestions,
      greenRoom,
      scheduled,
      live,
      hosting,
      disconnected,
      ended,
      replay,
      numbers,
      program,
      audience,
      hostControls,
      planning,
      settings,
      mails,
      otherPages,
      announcement
    ]
    for (const part of parts) {
      if (wantedScenes.length === 0 || wantedScenes.includes(part.name)) await part(scene)
    }
  } finally {
    for (const visitor of [scene.listener, scene.guest, scene.host]) await visitor.close()
    await scene.server.close()
  }
  console.log(`${theme}: done`)
}
process.exit(0)

async function open(theme: Scene['theme']): Promise<Scene> {
  const server = await startServer()
  const host = await signInVisitor(server.url, 'Host', { frequencyHz: 440, viewport: sizes.wide, colorScheme: theme })
  const guest = await signInVisitor(server.url, 'Guest', {
    frequencyHz: 880,
    viewport: sizes.phone,
    colorScheme: theme
  })
  const listener = await signInVisitor(server.url, 'Listener', { viewport: sizes.phone, colorScheme: theme })
  await setPicture(server.url, host, await portrait('#8a4b38', '#e8b48f', '#2e1c16', '#e9d8c0'))
  await setPicture(server.url, guest, await portrait('#31525b', '#8d5a3c', '#1c1413', '#d98e4a'))
  for (const { page } of [host, guest]) {
    // The settings page loads the account again, with its new picture.
    await page.goto(`${server.url}/settings`)
    await page.getByRole('button', { name: 'Remove picture' }).waitFor()
    await page.goto(server.url)
  }
  return {
    theme,
    server,
    songs,
    host,
    guest,
    listener,
    async takeScreenshot({ page }, name, at = ['phone', 'wide']) {
      for (const size of at) {
        await page.setViewportSize(sizes[size])
        await page.screenshot({ path: join(folder, `${name}-${size === 'phone' ? 'phone-' : ''}${theme}.png`) })
      }
    }
  }
}

async function setPicture(url: string, visitor: Visitor, picture: Buffer): Promise<void> {
  const form = new FormData()
  form.append('file', new Blob([new Uint8Array(picture)], { type: 'image/png' }), 'me.png')
  const { token } = await apiClientOf(url, visitor)
  const { ok, status } = await fetch(`${url}/v1/users/me/avatar`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}` },
    body: form
  })
  if (!ok) throw new Error(`uploading the picture failed with status ${status}`)
}

async function signIn({ server, theme, host, takeScreenshot }: Scene): Promise<void> {
  const stranger = await openVisitor({ colorScheme: theme })
  await stranger.page.goto(`${server.url}/sign-in`)
  await stranger.page.getByLabel('Your name').waitFor()
  await takeScreenshot(stranger, 'sign-in')
  await stranger.close()
  await host.page.getByText('It’s quiet').waitFor()
  await takeScreenshot(host, 'home-empty')
}

async function library({ songs, host, takeScreenshot }: Scene): Promise<void> {
  await openLibrary(host.page)
  await host.page.getByRole('heading', { name: 'Bring your music' }).waitFor()
  await takeScreenshot(host, 'library-empty')
  const notes = { name: 'notes.mp3', mimeType: 'audio/mpeg', buffer: Buffer.from('These are only words.') }
  await chooseFiles(host.page, [...songs, notes])
  await host.page.getByText('Adding 3 songs').waitFor()
  await takeScreenshot(host, 'library-uploading')
  for (const title of ['Harbour lights', 'Slow train to the coast', 'Take 3']) await waitUntilReady(host.page, title)
  await host.page.getByRole('button', { name: 'Dismiss notes.mp3' }).waitFor()
  await takeScreenshot(host, 'library-failed')
  await host.page.getByRole('button', { name: 'Dismiss notes.mp3' }).click()
  await host.page.getByRole('button', { name: 'Play Harbour lights' }).click()
  await host.page.locator('[data-position]', { hasText: '0:09' }).waitFor()
  await takeScreenshot(host, 'library')
  await host.page.getByRole('button', { name: 'Add to show: Take 3' }).click()
  await host.page.getByText('You don’t have a show to add it to yet').waitFor()
  await takeScreenshot(host, 'use-in-show')
  await host.page.keyboard.press('Escape')
  await host.page.getByLabel('Search your songs').fill('nowhere')
  await host.page.getByText('No songs found').waitFor()
  await takeScreenshot(host, 'library-nothing-found', ['phone', 'wide'])
}

/** The repositories are other people's servers: the page gets the suggestions of a sample. */
async function suggestions({ server, host, takeScreenshot }: Scene): Promise<void> {
  const { page } = host
  const { rest } = await apiClientOf(server.url, host)
  const { items } = await rest<{ items: { id: string; title: string }[] }>('GET', '/v1/songs')
  const take = items.find(({ title }) => title === 'Take 3')
  await answerMetadata(page, {
    proposals: new Map([[take?.id ?? '', sampleProposals()]]),
    progress: { asked: 2, total: 3 },
    isFailing: false,
    artist: sampleArtist
  })
  await page.goto(`${server.url}/library`)
  await page.getByText('Artist and year found').waitFor()
  await takeScreenshot(host, 'library-suggestion')
  await page.getByRole('button', { name: 'Compare suggestions for Take 3' }).click()
  await page.getByText('Data provided by Discogs').waitFor()
  await takeScreenshot(host, 'song-details')
  await page.getByRole('dialog').getByRole('button', { name: 'Edit' }).click()
  await page.getByRole('textbox', { name: 'Title' }).waitFor()
  await takeScreenshot(host, 'song-details-edit')
  await page.keyboard.press('Escape')
  await page.getByRole('link', { name: 'Suggestions' }).click()
  await page.getByText('Asked for 2 of 3 songs').waitFor()
  await page.getByRole('button', { name: /^Accept for Take 3/ }).click()
  await page.getByText('Artist and year added').waitFor()
  await takeScreenshot(host, 'suggestions')
  await page.unrouteAll({ behavior: 'wait' })
}

async function greenRoom({ server, host, guest, takeScreenshot }: Scene): Promise<void> {
  await host.page.getByRole('link', { name: 'Ambient' }).click()
  await host.page.getByRole('button', { name: 'Go live' }).click()
  await host.page.getByText('We can hear you').waitFor()
  await takeScreenshot(host, 'green-room-new')
  await guest.page.goto(host.page.url())
  await guest.page.getByText('hasn’t started yet').waitFor()
  await takeScreenshot(guest, 'waiting', ['wide', 'phone'])
  await host.page.getByRole('button', { name: 'Add music' }).click()
  for (const title of ['Harbour lights', 'Slow train to the coast', 'Take 3']) {
    await host.page.getByRole('button', { name: `Add ${title}` }).click()
  }
  await takeScreenshot(host, 'add-songs')
  await host.page.getByRole('button', { name: 'Close', exact: true }).click()
  await host.page.getByText('All changes saved').waitFor()
  await host.page.getByText('We can hear you').waitFor()
  await takeScreenshot(host, 'green-room')
  await guest.page.goto(server.url)
}

async function scheduled({ guest, listener, takeScreenshot }: Scene): Promise<void> {
  await scheduleShow(guest.page, 'Letters to the sea')
  await guest.page.getByRole('button', { name: 'Get ready now' }).click()
  await guest.page.getByRole('heading', { name: 'Get ready' }).waitFor()
  await listener.page.goto(guest.page.url())
  await listener.page.getByText('Planned for').waitFor()
  await takeScreenshot(listener, 'waiting-planned', ['wide', 'phone'])
  await guest.page.goto(guest.page.url() + '/edit')
  await guest.page.getByRole('heading', { name: 'Edit show' }).waitFor()
  await takeScreenshot(guest, 'edit', ['wide', 'phone'])
}

async function live({ server, host, guest, listener, takeScreenshot }: Scene): Promise<void> {
  await host.page.goto(server.url)
  const address = await goLive(host, title)
  await listener.page.goto(server.url)
  await listener.page.getByRole('link', { name: title }).waitFor()
  await takeScreenshot(listener, 'home', ['wide', 'phone'])
  await joinShow(guest, address)
  await joinShow(listener, address)
  await takeScreenshot(listener, 'listening-quiet', ['phone'])
  await requestToSpeak(guest, 'I was in that harbour last week')
  await host.page.getByRole('button', { name: 'Accept Guest' }).click()
  await guest.page.getByRole('button', { name: 'Turn on your microphone' }).waitFor()
  await takeScreenshot(guest, 'accepted', ['wide', 'phone'])
  await guest.page.getByRole('button', { name: 'Turn on your microphone' }).click()
  await guest.page.getByText('We can hear you').waitFor()
  await takeScreenshot(guest, 'microphone', ['wide', 'phone'])
  await guest.page.getByRole('button', { name: 'Start speaking' }).click()
  await guest.page.getByRole('button', { name: 'Mute' }).waitFor()
  await exchangeComments(host, listener)
  await takeScreenshot(listener, 'comments', ['phone'])
  await listener.page.getByRole('button', { name: 'Close comments' }).click()
  await host.page.getByRole('button', { name: 'Play', exact: true }).click()
  await listener.page.locator('[data-position=now]', { hasText: '0:06' }).waitFor()
  await takeScreenshot(listener, 'listening', ['wide', 'phone'])
  await takeScreenshot(listener, 'show', ['phone'])
  await answerMetadata(listener.page, {
    proposals: new Map(),
    progress: { asked: 0, total: 0 },
    isFailing: false,
    artist: sampleArtist
  })
  await listener.page.getByRole('button', { name: 'About A Quiet Band' }).click()
  await listener.page.getByText('A duo from a small harbour town').waitFor()
  await takeScreenshot(listener, 'artist', ['wide', 'phone'])
  await listener.page.keyboard.press('Escape')
  await takeScreenshot(guest, 'speaker', ['wide', 'phone'])
  await listener.page.getByRole('button', { name: 'Volume' }).click()
  await listener.page.getByRole('slider', { name: 'Songs' }).waitFor()
  await takeScreenshot(listener, 'volume', ['wide', 'phone'])
  await listener.page.getByRole('button', { name: 'Volume' }).click()
  await listener.page.getByRole('button', { name: 'React', exact: true }).click()
  await takeScreenshot(listener, 'reactions', ['phone'])
  await listener.page.getByRole('button', { name: 'React', exact: true }).click()
  await listener.page.getByRole('button', { name: 'Request to speak' }).click()
  await listener.page.getByLabel('What’s it about?').fill('This song, and a boat')
  await takeScreenshot(listener, 'request-form', ['wide', 'phone'])
  await listener.page.getByRole('button', { name: 'Send request' }).click()
  await listener.page.getByText('Request sent ·').waitFor()
  await takeScreenshot(listener, 'request-sent', ['phone'])
}

async function exchangeComments(host: Visitor, listener: Visitor): Promise<void> {
  await listener.page.getByRole('button', { name: 'Comments', exact: true }).click()
  await postComment(listener, 'Hello from the train!')
  await postComment(host, 'Good to have you here. What are you listening on?')
  await postComment(listener, 'Old headphones, and a window seat. This one takes me back to a summer on the coast.')
  await host.page.getByText('Old headphones').waitFor()
  await listener.page.getByText('Sending…').waitFor({ state: 'detached' })
}

async function hosting({ server, host, takeScreenshot }: Scene): Promise<void> {
  await host.page.getByRole('button', { name: 'Accept Listener' }).waitFor()
  await takeScreenshot(host, 'show', ['wide'])
  await takeScreenshot(host, 'hosting', ['phone'])
  await host.page.getByRole('group', { name: 'Now playing' }).scrollIntoViewIfNeeded()
  await host.page.getByRole('button', { name: 'Show the list' }).click()
  await host.page.getByRole('heading', { name: 'Playlist' }).evaluate(heading => heading.scrollIntoView())
  await takeScreenshot(host, 'hosting-playlist', ['phone'])
  await host.page.setViewportSize(sizes.wide)
  const clients = await addRequests(server.url, host.page.url())
  await host.page.getByText('Requests to speak · 3').waitFor()
  await host.page.getByRole('group', { name: 'Now playing' }).evaluate(deck => deck.scrollIntoView())
  await takeScreenshot(host, 'queue', ['wide'])
  await host.page.setViewportSize(sizes.phone)
  await host.page.getByRole('button', { name: '3 requests to speak' }).click()
  await takeScreenshot(host, 'queue', ['phone', 'wide'])
  await host.page.evaluate(() => window.scrollTo(0, 0))
  await host.page.getByRole('button', { name: 'More options for Guest', exact: true }).click()
  await host.page.getByRole('menuitem', { name: 'Mute', exact: true }).waitFor()
  await takeScreenshot(host, 'menu', ['wide'])
  await host.page.keyboard.press('Escape')
  await host.page.getByRole('button', { name: 'Tools' }).click()
  await host.page.getByRole('dialog').getByText('requested to speak').first().waitFor()
  await takeScreenshot(host, 'tools')
  await host.page.getByRole('tab', { name: 'Rules' }).click()
  await takeScreenshot(host, 'rules')
  await host.page.keyboard.press('Escape')
  await host.page.getByRole('button', { name: 'End show' }).click()
  await host.page.getByRole('alertdialog').waitFor()
  await takeScreenshot(host, 'end')
  await host.page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click()
  for (const client of clients) client.disconnect()
}

/** Lets two more people request to speak. */
async function addRequests(url: string, address: string): Promise<ShowClient[]> {
  const clients: ShowClient[] = []
  for (const [name, reason] of [
    ['Neighbour', 'A recipe that goes with this one, and why it takes all evening'],
    ['Sister', '']
  ] as const) {
    const client = await (await signInThroughApi(url, name)).connect()
    await client.join(showIdOf(address))
    await client.request('speak:request', { reason })
    clients.push(client)
  }
  return clients
}

async function disconnected({ server, host, listener, takeScreenshot }: Scene): Promise<void> {
  await server.stop('SIGKILL')
  for (const visitor of [host, listener]) await visitor.page.getByText('Connection lost').waitFor()
  await takeScreenshot(listener, 'lost', ['phone'])
  await takeScreenshot(host, 'lost', ['wide'])
  await server.restart()
  for (const visitor of [host, listener]) {
    await visitor.page.getByText('Connection lost').waitFor({ state: 'hidden' })
  }
}

async function ended({ host, guest, takeScreenshot }: Scene): Promise<void> {
  await endShow(host)
  await guest.page.getByRole('listitem').getByText('Old headphones').waitFor()
  await takeScreenshot(guest, 'ended', ['wide', 'phone'])
}

/** The replay of a sample on the page of the show that ended: its creator sees the tools. */
async function replay({ host, takeScreenshot }: Scene): Promise<void> {
  const { page } = host
  const showId = showIdOf(page.url())
  await answerReplay(page, { replay: sampleReplay(showId, 3_000_000), audio: await makeReplayAudio(5) })
  await page.goto(`${page.url()}?t=620`)
  await page.getByText('I walked along the harbour').waitFor()
  await takeScreenshot(host, 'replay')
  await page.getByRole('tab', { name: 'Transcript' }).click()
  await page.getByText('My grandmother drove that train').waitFor()
  await page.getByRole('tab', { name: 'Transcript' }).evaluate(tab => tab.scrollIntoView())
  await takeScreenshot(host, 'replay-transcript')
  await page.getByRole('button', { name: 'Trim' }).click()
  await page.getByRole('slider', { name: 'Beginning' }).waitFor()
  await takeScreenshot(host, 'replay-trim')
  await page.unrouteAll({ behavior: 'wait' })
  await page.goto(new URL('/', page.url()).href)
}

/** An hour of a show takes too long: the pages get the numbers of a sample. */
async function numbers({ server, theme, takeScreenshot }: Scene): Promise<void> {
  const creator = await signInVisitor(server.url, 'Mira', { viewport: sizes.wide, colorScheme: theme })
  const { page } = creator
  await answerNumbers(page, sampleAnalytics('kitchen'), sampleOverview())
  await page.goto(`${server.url}/shows/kitchen/numbers`)
  await page.getByRole('slider', { name: 'Listeners in each minute' }).focus()
  await page.keyboard.press('PageDown')
  await page.evaluate(() => window.scrollTo(0, 0))
  await takeScreenshot(creator, 'numbers')
  await page.getByRole('heading', { name: 'What played' }).evaluate(heading => heading.scrollIntoView())
  await takeScreenshot(creator, 'numbers-timeline')
  await page.goto(`${server.url}/numbers`)
  await page.getByRole('link', { name: /^The first one/ }).waitFor()
  await takeScreenshot(creator, 'numbers-all')
  await creator.close()
}

async function announcement({ server, listener, takeScreenshot }: Scene): Promise<void> {
  const { id, token } = await signInThroughApi(server.url, 'Operator')
  await server.restart({ OPERATOR_IDS: id })
  const { ok, status } = await fetch(`${server.url}/v1/operator/announcements`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      text: 'Ambient is away for five minutes at 23:00. Shows go on by themselves afterwards.',
      until: new Date(Date.now() + 3_600_000).toISOString()
    })
  })
  if (!ok) throw new Error(`announcing failed with status ${status}`)
  await listener.page.goto(server.url)
  await listener.page.getByText('away for five minutes').waitFor()
  await takeScreenshot(listener, 'announcement', ['wide', 'phone'])
}

async function otherPages({ server, host, listener, takeScreenshot }: Scene): Promise<void> {
  const { id } = await (await apiClientOf(server.url, host)).rest<{ id: string }>('GET', '/v1/users/me')
  await listener.page.goto(`${server.url}/users/${id}`)
  await listener.page.getByRole('link', { name: title }).waitFor()
  await takeScreenshot(listener, 'person', ['wide', 'phone'])
  await host.page.goto(`${server.url}/settings`)
  await host.page.getByRole('heading', { name: 'Where you’re signed in' }).waitFor()
  await takeScreenshot(host, 'settings')
  await host.page.goto(`${server.url}/nowhere`)
  await host.page.getByText('Page not found').waitFor()
  await takeScreenshot(host, 'not-found', ['phone'])
}
