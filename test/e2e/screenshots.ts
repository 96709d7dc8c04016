/*
 * npm run screenshots [-- dark | light]
 *
 * Makes a show with a few people and takes a picture of each screen at 360 and 1440 px in both themes, into docs/screenshots/.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { signIn, type ShowClient } from '../users.ts'
import { startServer, type ServerProcess } from '../server-process.ts'
import { openVisitor, type Visitor } from './browser.ts'
import { ownerAt } from './known-songs.ts'
import { arrive, ask, comment, goLive, listenTo, planShow } from './moves.ts'
import { landscape, somebody } from './pictures.ts'
import { choose, openLibrary, songFile, untilReady, type SongFile } from './song-moves.ts'

const folder = join(import.meta.dirname, '..', '..', 'docs', 'screenshots')
const sizes = { phone: { width: 360, height: 740 }, wide: { width: 1440, height: 900 } }
const themes = (['dark', 'light'] as const).filter(theme => process.argv[2] === undefined || process.argv[2] === theme)
const title = 'Songs from the kitchen'

interface Scene {
  theme: 'dark' | 'light'
  server: ServerProcess
  songs: SongFile[]
  host: Visitor
  guest: Visitor
  listener: Visitor
  /** At these sizes; the page stays at the last of them. */
  shoot: (visitor: Visitor, name: string, at?: (keyof typeof sizes)[]) => Promise<void>
}

await mkdir(folder, { recursive: true })
const songs = [
  await songFile('Harbour lights.mp3', {
    title: 'Harbour lights',
    artist: 'A Quiet Band',
    album: 'Evenings',
    seconds: 94,
    cover: await landscape('#3b2440', '#f08a5d', '#2b2a4c')
  }),
  await songFile('Slow train.mp3', {
    title: 'Slow train to the coast',
    artist: 'A Quiet Band',
    seconds: 48,
    frequencyHz: 660,
    cover: await landscape('#12323f', '#7fb7a3', '#0f2b2f')
  }),
  await songFile('Take 3.mp3', { seconds: 30, frequencyHz: 330 })
]
for (const theme of themes) {
  const scene = await open(theme)
  try {
    for (const part of [comingIn, library, greenRoom, plans, live, hosting, away, over, pages]) await part(scene)
  } finally {
    for (const visitor of [scene.listener, scene.guest, scene.host]) await visitor.close()
    await scene.server.close()
  }
  console.log(`${theme}: done`)
}
process.exit(0)

async function open(theme: Scene['theme']): Promise<Scene> {
  const server = await startServer()
  const host = await arrive(server.url, 'Host', { frequencyHz: 440, viewport: sizes.wide, colorScheme: theme })
  const guest = await arrive(server.url, 'Guest', { frequencyHz: 880, viewport: sizes.phone, colorScheme: theme })
  const listener = await arrive(server.url, 'Listener', { viewport: sizes.phone, colorScheme: theme })
  await setPicture(server.url, host, await somebody('#8a4b38', '#e8b48f', '#2e1c16', '#e9d8c0'))
  await setPicture(server.url, guest, await somebody('#31525b', '#8d5a3c', '#1c1413', '#d98e4a'))
  for (const { page } of [host, guest]) {
    // Here the page asks for its account anew.
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
    async shoot({ page }, name, at = ['phone', 'wide']) {
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
  const { token } = await ownerAt(url, visitor)
  const { ok, status } = await fetch(`${url}/v1/users/me/avatar`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}` },
    body: form
  })
  if (!ok) throw new Error(`the picture was answered ${status}`)
}

async function comingIn({ server, theme, host, shoot }: Scene): Promise<void> {
  const stranger = await openVisitor({ colorScheme: theme })
  await stranger.page.goto(`${server.url}/sign-in`)
  await stranger.page.getByLabel('Your name').waitFor()
  await shoot(stranger, 'sign-in')
  await stranger.close()
  await host.page.getByText('It is quiet').waitFor()
  await shoot(host, 'home-empty')
}

async function library({ songs, host, shoot }: Scene): Promise<void> {
  await openLibrary(host.page)
  await host.page.getByRole('heading', { name: 'Bring the music' }).waitFor()
  await shoot(host, 'library-empty')
  const notes = { name: 'notes.mp3', mimeType: 'audio/mpeg', buffer: Buffer.from('These are only words.') }
  await choose(host.page, [...songs, notes])
  await host.page.getByText('on their way').waitFor()
  await shoot(host, 'library-uploading')
  for (const title of ['Harbour lights', 'Slow train to the coast', 'Take 3']) await untilReady(host.page, title)
  await host.page.getByRole('button', { name: 'Dismiss notes.mp3' }).waitFor()
  await shoot(host, 'library-failed')
  await host.page.getByRole('button', { name: 'Dismiss notes.mp3' }).click()
  await host.page.getByRole('button', { name: 'Play Harbour lights' }).click()
  await host.page.locator('[data-position]', { hasText: '0:09' }).waitFor()
  await shoot(host, 'library')
  await host.page.getByRole('button', { name: 'Use in show: Take 3' }).click()
  await host.page.getByText('You have no show yet').waitFor()
  await shoot(host, 'use-in-show')
  await host.page.keyboard.press('Escape')
  await host.page.getByLabel('Search your songs').fill('nowhere')
  await host.page.getByText('None of your songs').waitFor()
  await shoot(host, 'library-nothing-found', ['phone', 'wide'])
}

async function greenRoom({ server, host, guest, shoot }: Scene): Promise<void> {
  await host.page.getByRole('link', { name: 'Ambient' }).click()
  await host.page.getByRole('button', { name: 'Go live' }).click()
  await host.page.getByText('Your voice comes through').waitFor()
  await shoot(host, 'green-room-new')
  await guest.page.goto(host.page.url())
  await guest.page.getByText('has not begun yet').waitFor()
  await shoot(guest, 'waiting', ['wide', 'phone'])
  await host.page.getByRole('button', { name: 'Add music' }).click()
  for (const title of ['Harbour lights', 'Slow train to the coast', 'Take 3']) {
    await host.page.getByRole('button', { name: `Add ${title}` }).click()
  }
  await shoot(host, 'add-songs')
  await host.page.getByRole('button', { name: 'Close', exact: true }).click()
  await host.page.getByText('All changes are saved').waitFor()
  await host.page.getByText('Your voice comes through').waitFor()
  await shoot(host, 'green-room')
  await guest.page.goto(server.url)
}

async function plans({ guest, listener, shoot }: Scene): Promise<void> {
  await planShow(guest.page, 'Letters to the sea')
  await guest.page.getByRole('heading', { name: 'Get ready' }).waitFor()
  await listener.page.goto(guest.page.url())
  await listener.page.getByRole('timer').waitFor()
  await shoot(listener, 'waiting-planned', ['wide', 'phone'])
  await guest.page.goto(guest.page.url() + '/edit')
  await guest.page.getByRole('heading', { name: 'Change your show' }).waitFor()
  await shoot(guest, 'edit', ['wide', 'phone'])
}

async function live({ server, host, guest, listener, shoot }: Scene): Promise<void> {
  await host.page.goto(server.url)
  const address = await goLive(host, title)
  await listener.page.goto(server.url)
  await listener.page.getByRole('link', { name: title }).waitFor()
  await shoot(listener, 'home', ['wide', 'phone'])
  await listenTo(guest, address)
  await listenTo(listener, address)
  await shoot(listener, 'listening-quiet', ['phone'])
  await ask(guest, 'I was in that harbour last week')
  await host.page.getByRole('button', { name: 'Accept Guest' }).click()
  await guest.page.getByRole('button', { name: 'Turn on your microphone' }).waitFor()
  await shoot(guest, 'accepted', ['wide', 'phone'])
  await guest.page.getByRole('button', { name: 'Turn on your microphone' }).click()
  await guest.page.getByText('Your voice comes through').waitFor()
  await shoot(guest, 'microphone', ['wide', 'phone'])
  await guest.page.getByRole('button', { name: 'Speak', exact: true }).click()
  await guest.page.getByRole('button', { name: 'Mute' }).waitFor()
  await talk(host, listener)
  await shoot(listener, 'comments', ['phone'])
  await listener.page.getByRole('button', { name: 'Close the comments' }).click()
  await host.page.getByRole('button', { name: 'Play', exact: true }).click()
  await listener.page.locator('[data-position=now]', { hasText: '0:06' }).waitFor()
  await shoot(listener, 'listening', ['wide', 'phone'])
  await shoot(listener, 'show', ['phone'])
  await shoot(guest, 'speaker', ['wide', 'phone'])
  await listener.page.getByRole('button', { name: 'Volume' }).click()
  await listener.page.getByRole('slider', { name: 'Songs' }).waitFor()
  await shoot(listener, 'volume', ['wide', 'phone'])
  await listener.page.getByRole('button', { name: 'Volume' }).click()
  await listener.page.getByRole('button', { name: 'React', exact: true }).click()
  await shoot(listener, 'reactions', ['phone'])
  await listener.page.getByRole('button', { name: 'React', exact: true }).click()
  await listener.page.getByRole('button', { name: 'Ask to speak' }).click()
  await listener.page.getByLabel('What is it about?').fill('This song, and a boat')
  await shoot(listener, 'asking', ['wide', 'phone'])
  await listener.page.getByRole('button', { name: 'Ask', exact: true }).click()
  await listener.page.getByText('You asked ·').waitFor()
  await shoot(listener, 'asked', ['phone'])
}

async function talk(host: Visitor, listener: Visitor): Promise<void> {
  await listener.page.getByRole('button', { name: 'Comments', exact: true }).click()
  await comment(listener, 'Hello from the train!')
  await comment(host, 'Good to have you here. What are you listening on?')
  await comment(listener, 'Old headphones, and a window seat. This one takes me back to a summer on the coast.')
  await host.page.getByText('Old headphones').waitFor()
  await listener.page.getByText('Sending…').waitFor({ state: 'detached' })
}

async function hosting({ server, host, shoot }: Scene): Promise<void> {
  await host.page.getByRole('button', { name: 'Accept Listener' }).waitFor()
  await shoot(host, 'show', ['wide'])
  await shoot(host, 'hosting', ['phone'])
  await host.page.getByRole('group', { name: 'Now playing' }).scrollIntoViewIfNeeded()
  await host.page.getByRole('button', { name: 'Show the list' }).click()
  await host.page.getByRole('heading', { name: 'Playlist' }).evaluate(heading => heading.scrollIntoView())
  await shoot(host, 'hosting-playlist', ['phone'])
  await host.page.setViewportSize(sizes.wide)
  const seats = await crowd(server.url, host.page.url())
  await host.page.getByText('Asking to speak · 3').waitFor()
  await host.page.getByRole('group', { name: 'Now playing' }).evaluate(deck => deck.scrollIntoView())
  await shoot(host, 'queue', ['wide'])
  await host.page.setViewportSize(sizes.phone)
  await host.page.getByRole('button', { name: '3 asking to speak' }).click()
  await shoot(host, 'queue', ['phone', 'wide'])
  await host.page.evaluate(() => window.scrollTo(0, 0))
  await host.page.getByRole('button', { name: 'More for Guest', exact: true }).click()
  await host.page.getByRole('menuitem', { name: 'Mute', exact: true }).waitFor()
  await shoot(host, 'menu', ['wide'])
  await host.page.keyboard.press('Escape')
  await host.page.getByRole('button', { name: 'Tools' }).click()
  await host.page.getByRole('dialog').getByText('asks to speak').first().waitFor()
  await shoot(host, 'tools')
  await host.page.getByRole('tab', { name: 'Rules' }).click()
  await shoot(host, 'rules')
  await host.page.keyboard.press('Escape')
  await host.page.getByRole('button', { name: 'End show' }).click()
  await host.page.getByRole('alertdialog').waitFor()
  await shoot(host, 'end')
  await host.page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click()
  for (const seat of seats) seat.disconnect()
}

/** Two more who ask to speak. */
async function crowd(url: string, address: string): Promise<ShowClient[]> {
  const seats: ShowClient[] = []
  for (const [name, reason] of [
    ['Neighbour', 'A recipe that goes with this one, and why it takes all evening'],
    ['Sister', '']
  ] as const) {
    const seat = await (await signIn(url, name)).connect()
    await seat.join(new URL(address).pathname.split('/').at(-1) ?? '')
    await seat.request('speak:request', { reason })
    seats.push(seat)
  }
  return seats
}

async function away({ server, host, listener, shoot }: Scene): Promise<void> {
  await server.stop('SIGKILL')
  for (const visitor of [host, listener]) await visitor.page.getByText('The connection is lost').waitFor()
  await shoot(listener, 'lost', ['phone'])
  await shoot(host, 'lost', ['wide'])
  await server.restart()
  for (const visitor of [host, listener]) {
    await visitor.page.getByText('The connection is lost').waitFor({ state: 'hidden' })
  }
}

async function over({ host, guest, shoot }: Scene): Promise<void> {
  await host.page.getByRole('button', { name: 'End show' }).click()
  await host.page.getByRole('alertdialog').getByRole('button', { name: 'End show' }).click()
  await guest.page.getByRole('listitem').getByText('Old headphones').waitFor()
  await shoot(guest, 'ended', ['wide', 'phone'])
}

async function pages({ server, host, listener, shoot }: Scene): Promise<void> {
  const { id } = await (await ownerAt(server.url, host)).rest<{ id: string }>('GET', '/v1/users/me')
  await listener.page.goto(`${server.url}/users/${id}`)
  await listener.page.getByRole('link', { name: title }).waitFor()
  await shoot(listener, 'person', ['wide', 'phone'])
  await host.page.goto(`${server.url}/settings`)
  await host.page.getByRole('heading', { name: 'Where you are signed in' }).waitFor()
  await shoot(host, 'settings')
  await host.page.goto(`${server.url}/nowhere`)
  await host.page.getByText('There is nothing here').waitFor()
  await shoot(host, 'not-found', ['phone'])
}
