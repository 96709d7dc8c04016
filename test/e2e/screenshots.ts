/*
 * npm run screenshots
 *
 * Makes a show with a few people and takes a picture of each screen at 360 and 1440 px in both themes, into docs/screenshots/.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { startServer } from '../server-process.ts'
import { arrive, ask, goLive, listenTo, speak } from './moves.ts'

const folder = join(import.meta.dirname, '..', '..', 'docs', 'screenshots')
const sizes = { phone: { width: 360, height: 740 }, wide: { width: 1440, height: 900 } }

await mkdir(folder, { recursive: true })
const server = await startServer()
for (const colorScheme of ['dark', 'light'] as const) {
  const host = await arrive(server.url, 'Host', { frequencyHz: 440, viewport: sizes.wide, colorScheme })
  const guest = await arrive(server.url, 'Guest', { frequencyHz: 880, viewport: sizes.phone, colorScheme })
  const asking = await arrive(server.url, 'Listener', { viewport: sizes.phone, colorScheme })
  const shoot = async (visitor: typeof host, name: string) => await visitor.page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) })
  await shoot(host, 'home-empty')
  const address = await goLive(host, 'Songs from the kitchen')
  await shoot(guest, 'home-phone')
  await listenTo(guest, address)
  await listenTo(asking, address)
  await ask(guest)
  await host.page.getByRole('button', { name: 'Accept Guest' }).click()
  await speak(guest)
  await ask(asking)
  await host.page.getByRole('button', { name: 'Accept Listener' }).waitFor()
  await shoot(host, 'show')
  await shoot(asking, 'show-phone')
  await shoot(guest, 'speaker-phone')
  for (const visitor of [asking, guest, host]) await visitor.close()
  console.log(`${colorScheme}: done`)
}
await server.close()
process.exit(0)
