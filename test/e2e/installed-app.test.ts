import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import Fastify, { type FastifyInstance } from 'fastify'
import type { Page } from 'playwright-core'
import t from 'tap'
import { build } from 'vite'
import { answerWithoutRoute, createWebClient, webClientFiles } from '../../plugins/app/http/web-client.ts'
import { buildName } from '../../web/service-worker.ts'
import { startServer } from '../server-process.ts'
import { until } from '../until.ts'
import { checkScreen, desktop, phone } from './accessibility.ts'
import { openVisitor, type Visitor } from './browser.ts'

const config = join(import.meta.dirname, '..', '..', 'web', 'vite.config.ts')

async function openInstalling(url: string): Promise<Visitor> {
  const visitor = await openVisitor({ hasServiceWorker: true, ownBrowser: true })
  visitor.page.setDefaultTimeout(20_000)
  await visitor.page.goto(url)
  await workerIsReady(visitor.page)
  return visitor
}

const workerIsReady = async (page: Page) =>
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready
  })

const fileCaches = async (page: Page) => await page.evaluate(async () => await caches.keys())

/** Returns the files that the worker has stored, without their hashes. */
const storedFiles = async (page: Page) =>
  await page.evaluate(async () => {
    const caches = await Promise.all((await window.caches.keys()).map(async name => await window.caches.open(name)))
    const requests = (await Promise.all(caches.map(async cache => await cache.keys()))).flat()
    return requests.map(({ url }) => new URL(url).pathname.replace(/-[\w-]{8}(\.\w+)$/, '$1'))
  })

t.test('Chromium offers to install the web client', async t => {
  const server = await startServer()
  t.teardown(async () => await server.close())
  const { page, close } = await openInstalling(server.url)
  t.teardown(close)

  const cdp = await page.context().newCDPSession(page)
  const { errors, data } = await cdp.send('Page.getAppManifest')
  t.strictSame(errors, [])
  t.match(JSON.parse(data ?? ''), { name: 'Ambient', start_url: '/', display: 'standalone' })
  const { installabilityErrors } = await cdp.send('Page.getInstallabilityErrors')
  // A profile of a test is a private one.
  t.strictSame(
    installabilityErrors.map(({ errorId }) => errorId).filter(id => id !== 'in-incognito'),
    []
  )
  t.equal((await fetch(`${server.url}/sw.js`)).headers.get('cache-control'), 'no-cache')
})

t.test('a page without a connection says so, and comes back by itself', async t => {
  const server = await startServer()
  t.teardown(async () => await server.close())
  const { page, close } = await openInstalling(server.url)
  t.teardown(close)

  await page.context().setOffline(true)
  await page.goto(`${server.url}/library`)
  await page.getByRole('heading', { name: 'No connection' }).waitFor()
  t.equal(page.url(), `${server.url}/library`)
  await checkScreen(t, page, 'a page without a connection', [phone, desktop])
  await page.context().setOffline(false)
  await page.getByRole('link', { name: 'Ambient' }).waitFor()
  t.pass('the page is back')
})

t.test('the first pages are stored before they are needed, and other files once they are loaded', async t => {
  const server = await startServer()
  t.teardown(async () => await server.close())
  const { page, close } = await openInstalling(server.url)
  t.teardown(close)
  const before = await storedFiles(page)
  for (const file of ['index.js', 'index.css', 'home.js', 'show.js', 'volume-panel.js']) {
    t.ok(before.includes(`/assets/${file}`), file)
  }
  t.ok(before.includes('/offline.html'))
  for (const part of [
    /library/,
    /playlist/,
    /host-tools/,
    /request-queue/,
    /green-room/,
    /replay/,
    /settings/,
    /embed/
  ]) {
    t.strictSame(
      before.filter(file => part.test(file)),
      [],
      `nothing of ${part.source}`
    )
  }
  await page.goto(`${server.url}/settings`)
  await until(async () => (await storedFiles(page)).includes('/assets/settings.js'))
})

t.test('the name of a build changes with its files, and with the page without a connection', t => {
  const name = buildName(['assets/index-1.js', 'assets/home-1.js', 'index.html'], 'No connection')
  t.equal(buildName(['index.html', 'assets/home-1.js', 'assets/index-1.js'], 'No connection'), name)
  t.not(buildName(['assets/index-2.js', 'assets/home-1.js', 'index.html'], 'No connection'), name)
  t.not(buildName(['assets/index-1.js', 'assets/home-1.js', 'index.html'], 'Offline'), name)
  t.end()
})

t.test('a release reaches the next navigation, and takes nothing from a page that is open', async t => {
  const [before, after] = await Promise.all([buildRelease('before'), buildRelease('after')])
  t.teardown(async () => {
    await Promise.all([before, after].map(async path => await rm(path, { recursive: true, force: true })))
  })
  // A file that cannot be loaded does not keep the worker from the others.
  for (const file of await readdir(join(before, 'assets'))) {
    if (file.startsWith('volume-panel-')) await rm(join(before, 'assets', file))
  }
  let server = await serve(before)
  t.teardown(async () => await server.close())
  const url = server.listeningOrigin
  const port = Number(new URL(url).port)
  const { page, context, close } = await openInstalling(url)
  t.teardown(close)
  const [cacheBefore] = await fileCaches(page)
  t.match(cacheBefore, /^files-/)
  await page.goto(`${url}/sign-in`)
  await until(async () => (await storedFiles(page)).includes('/assets/sign-in.js'))
  await page.goto(url)
  await (await context.newCDPSession(page)).send('Network.clearBrowserCache')
  const missing: string[] = []
  context.on('response', response => {
    if (response.status() === 404 && !response.url().includes('/v1/')) missing.push(response.url())
  })

  await server.close()
  server = await serve(after, port)
  await page.getByRole('link', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Welcome to Ambient' }).waitFor()
  t.equal(await page.evaluate(() => document.documentElement.dataset.release), 'before', 'the page was not reloaded')
  t.strictSame(missing, [])

  await page.evaluate(() => window.history.pushState(null, '', '/library'))
  await page.getByRole('alert').getByText('A new version of Ambient is here.').waitFor()
  t.ok(
    missing.some(file => file.includes('/assets/library-')),
    'the page that was not stored is gone'
  )
  await page.getByRole('button', { name: 'Reload the page' }).click()
  await page.waitForFunction(() => document.documentElement.dataset.release === 'after')
  missing.length = 0
  await page.reload()
  t.strictSame(missing, [], 'the new release has all of its files')

  // The browser looks for a new worker by itself, but not while one navigation follows another.
  await page.evaluate(async () => {
    await (await navigator.serviceWorker.ready).update()
  })
  // With the last page of the old release, its files go.
  await until(async () => {
    await page.goto('about:blank')
    await page.goto(url)
    return !(await fileCaches(page)).includes(cacheBefore ?? '')
  }, 30_000)
  t.equal((await fileCaches(page)).length, 1)
  t.strictSame(missing, [])
})

/** Builds the web client with other hashes than any other release. Returns its folder. */
async function buildRelease(release: string): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), `ambient-${release}-`))
  await build({
    configFile: config,
    build: { outDir },
    plugins: [
      {
        name: 'release',
        transform: (code, id) =>
          id.endsWith('/src/main.tsx')
            ? `${code}\ndocument.documentElement.dataset.release = '${release}'`
            : id.endsWith('/src/pages/sign-in.tsx')
              ? `${code}\nglobalThis.signInRelease = '${release}'`
              : null
      }
    ]
  })
  return outDir
}

/** Serves a build as the application does, without the API. */
async function serve(folder: string, port = 0): Promise<FastifyInstance> {
  const app = Fastify({ forceCloseConnections: true })
  await app.register(fastifyStatic, webClientFiles(folder))
  const webClient = createWebClient(folder)
  app.setNotFoundHandler(async (request, reply) => await answerWithoutRoute(webClient, request, reply))
  await app.listen({ host: '127.0.0.1', port })
  return app
}
