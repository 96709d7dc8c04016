/*
 * npm run screenshots
 *
 * Makes a show with a few people and takes a picture of each screen at 360 and 1440 px in both themes, into docs/screenshots/.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { startServer } from '../server-process.ts'
import { arrive, ask, comment, goLive, listenTo, speak } from './moves.ts'
import { choose, openLibrary, songFile, untilReady } from './song-moves.ts'

const folder = join(import.meta.dirname, '..', '..', 'docs', 'screenshots')
const sizes = { phone: { width: 360, height: 740 }, wide: { width: 1440, height: 900 } }

await mkdir(folder, { recursive: true })
const songs = [
  await songFile('Harbour lights.mp3', { title: 'Harbour lights', artist: 'A Quiet Band', album: 'Evenings', seconds: 94, cover: '#7c4a3a' }),
  await songFile('Slow train.mp3', { title: 'Slow train to the coast', artist: 'A Quiet Band', seconds: 48, frequencyHz: 660, cover: '#2f5d62' }),
  await songFile('Take 3.mp3', { seconds: 30, frequencyHz: 330 })
]
const server = await startServer()
for (const colorScheme of ['dark', 'light'] as const) {
  const host = await arrive(server.url, 'Host', { frequencyHz: 440, viewport: sizes.wide, colorScheme })
  const guest = await arrive(server.url, 'Guest', { frequencyHz: 880, viewport: sizes.phone, colorScheme })
  const asking = await arrive(server.url, 'Listener', { viewport: sizes.phone, colorScheme })
  const shoot = async (visitor: typeof host, name: string) => await visitor.page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) })
  /** At both sizes; the page stays wide. */
  const shootBoth = async (visitor: typeof host, name: string) => {
    await visitor.page.setViewportSize(sizes.phone)
    await shoot(visitor, `${name}-phone`)
    await visitor.page.setViewportSize(sizes.wide)
    await shoot(visitor, name)
  }
  await shoot(host, 'home-empty')
  await openLibrary(host.page)
  await host.page.getByRole('heading', { name: 'Bring the music' }).waitFor()
  await shootBoth(host, 'library-empty')
  await choose(host.page, songs)
  await host.page.getByText('on their way').waitFor()
  await shootBoth(host, 'library-uploading')
  for (const title of ['Harbour lights', 'Slow train to the coast', 'Take 3']) await untilReady(host.page, title)
  await host.page.getByRole('button', { name: 'Play Harbour lights' }).click()
  await host.page.getByText('0:04').waitFor()
  await shootBoth(host, 'library')
  await host.page.getByRole('link', { name: 'Ambient' }).click()
  await host.page.getByRole('button', { name: 'Go live' }).click()
  await host.page.getByRole('button', { name: 'Hear yourself' }).waitFor()
  await shoot(host, 'green-room')
  await guest.page.goto(host.page.url())
  await guest.page.getByText('has not begun yet').waitFor()
  await shoot(guest, 'waiting-phone')
  await host.page.goto(server.url)
  await guest.page.goto(server.url)
  await host.page.getByRole('button', { name: 'Go live' }).click()
  await host.page.getByRole('button', { name: 'Add music' }).click()
  for (const title of ['Harbour lights', 'Slow train to the coast']) await host.page.getByRole('button', { name: `Add ${title}` }).click()
  await shootBoth(host, 'add-songs')
  await host.page.getByRole('button', { name: 'Close', exact: true }).click()
  await host.page.getByText('All changes are saved').waitFor()
  await host.page.goto(server.url)
  const address = await goLive(host, 'Songs from the kitchen')
  await guest.page.getByRole('link', { name: 'Songs from the kitchen' }).waitFor()
  await shoot(guest, 'home-phone')
  await listenTo(guest, address)
  await listenTo(asking, address)
  await ask(guest)
  await host.page.getByRole('button', { name: 'Accept Guest' }).click()
  await speak(guest)
  await ask(asking)
  await asking.page.getByRole('button', { name: 'Comments', exact: true }).click()
  await comment(asking, 'Hello from the train!')
  await comment(host, 'Good to have you here. What are you listening on?')
  await comment(asking, 'Old headphones, and a window seat. This one takes me back to a summer on the coast.')
  await host.page.getByText('Old headphones').waitFor()
  await asking.page.getByText('Sending…').waitFor({ state: 'detached' })
  await shoot(asking, 'comments-phone')
  await asking.page.getByRole('button', { name: 'Close the comments' }).click()
  await host.page.getByRole('button', { name: 'Accept Listener' }).waitFor()
  await host.page.getByRole('button', { name: 'Play', exact: true }).click()
  await asking.page.getByText('0:05').waitFor()
  await shoot(host, 'show')
  await shoot(asking, 'show-phone')
  await host.page.setViewportSize(sizes.phone)
  await shoot(host, 'hosting-phone')
  await host.page.setViewportSize(sizes.wide)
  await asking.page.getByRole('button', { name: 'Volume' }).click()
  await asking.page.getByRole('slider', { name: 'Songs' }).waitFor()
  await shoot(asking, 'volume-phone')
  await asking.page.getByRole('button', { name: 'Volume' }).click()
  await shoot(guest, 'speaker-phone')
  await host.page.getByRole('button', { name: 'Tools' }).click()
  await host.page.getByRole('dialog').getByText('asks to speak').waitFor()
  await shoot(host, 'tools')
  await host.page.keyboard.press('Escape')
  await host.page.getByRole('button', { name: 'End show' }).click()
  await host.page.getByRole('alertdialog').getByRole('button', { name: 'End show' }).click()
  await guest.page.getByText('Old headphones').waitFor()
  await shoot(guest, 'ended-phone')
  for (const visitor of [asking, guest, host]) await visitor.close()
  console.log(`${colorScheme}: done`)
}
await server.close()
process.exit(0)
