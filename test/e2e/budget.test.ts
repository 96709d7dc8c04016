import { gzipSync } from 'node:zlib'
import t from 'tap'
import { goLive } from '../users.ts'
import { startServer } from '../server-process.ts'
import { signInVisitor, joinShow } from './show-steps.ts'

/** Maximum size of the JavaScript of a listener's first load, bytes after gzip. */
const maxBytes = 160 * 1024

const server = await startServer()
t.teardown(async () => await server.close())

t.test('the JavaScript that a listener loads is within the budget, and named by the HTML', async t => {
  const { client, showId } = await goLive(server.url)
  t.teardown(() => client.disconnect())
  const address = `${server.url}/shows/${showId}`
  const listener = await signInVisitor(server.url, 'Listener')
  t.teardown(async () => await listener.close())
  const page = await listener.context.newPage()
  const scripts = new Map<string, Promise<Buffer>>()
  page.on('response', response => {
    if (/\.js$/.test(new URL(response.url()).pathname)) scripts.set(response.url(), response.body())
  })
  await joinShow({ ...listener, page }, address)

  const sizes = await Promise.all([...scripts.values()].map(async body => gzipSync(await body).length))
  const bytes = sizes.reduce((sum, size) => sum + size, 0)
  t.comment(`${scripts.size} files, ${Math.round(bytes / 1024)} KiB`)
  t.ok(scripts.size > 0)
  t.ok(bytes <= maxBytes, `${bytes} of ${maxBytes} bytes`)

  // Otherwise the browser would load them one after the other.
  const html = await (await fetch(address)).text()
  t.strictSame(
    [...scripts.keys()].filter(script => !html.includes(new URL(script).pathname)),
    [],
    'no script is found by another script'
  )
})

t.test('the HTML of the start page names its scripts', async t => {
  const html = await (await fetch(server.url)).text()
  t.match(html, /modulepreload[^>]+assets\/home-/)
  t.notMatch(html, /assets\/show-(?!card)/)
})
