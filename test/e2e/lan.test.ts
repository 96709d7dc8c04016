import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { lanAddresses } from '../../scripts/start/lan/address.ts'
import { startWithFlags } from '../scripts/start/start-process.ts'
import { until } from '../until.ts'
import { openVisitor } from './browser.ts'
import { waitUntilHearsMore } from './listening.ts'
import { goLive, joinShow, signInVisitor } from './show-steps.ts'

const run = promisify(execFile)
const [address = '127.0.0.1'] = lanAddresses(networkInterfaces())
const server = await startWithFlags([`--lan=${address}`])
const home = await mkdtemp(join(tmpdir(), 'ambient-home-'))
t.teardown(async () => {
  await server.close()
  await rm(home, { recursive: true, force: true })
})

/** Trusts a certificate as a person does who has followed the steps of the page. */
async function trust(certificate: Buffer): Promise<void> {
  const store = join(home, '.pki', 'nssdb')
  const file = join(home, 'ambient.crt')
  await mkdir(store, { recursive: true })
  await writeFile(file, new X509Certificate(certificate).toString())
  await run('certutil', ['-N', '-d', `sql:${store}`, '--empty-password'])
  await run('certutil', ['-A', '-d', `sql:${store}`, '-n', 'ambient', '-t', 'C,,', '-i', file])
}

t.test('the terminal names the address, and a page for phones with a QR code', async t => {
  t.match(server.url, `https://${address}:`)
  await until(() => server.lines.some(line => line.startsWith('Fingerprint')))
  const printed = server.lines.join('\n')
  t.match(printed, new RegExp(`open http://${address}:\\d+`))
  t.match(printed, '▀', 'the code')
})

t.test('a phone downloads the certificate, and then both hear a show', async t => {
  const page = /open (http:\S+)/.exec(server.lines.join('\n'))?.[1] ?? ''
  const stranger = await openVisitor({ viewport: { width: 360, height: 780 } })
  t.teardown(stranger.close)
  await t.rejects(stranger.page.goto(server.url), /ERR_CERT_AUTHORITY_INVALID/, 'a stranger is warned')
  // The page of the error loads after the rejection, and would interrupt a navigation of the same tab.
  const tab = await stranger.page.context().newPage()
  await tab.goto(page)
  t.equal(await tab.getByRole('link', { name: `Open ${server.url}` }).getAttribute('href'), server.url)
  const [download] = await Promise.all([
    tab.waitForEvent('download'),
    tab.getByRole('link', { name: 'Download the certificate' }).click()
  ])
  t.equal(download.suggestedFilename(), 'ambient.crt')
  const answer = await fetch(new URL('/ambient.crt', page))
  t.equal(answer.headers.get('content-type'), 'application/x-x509-ca-cert')
  const certificate = Buffer.from(await answer.arrayBuffer())
  t.same(certificate, await readFile(await download.path()))
  const { fingerprint256 } = new X509Certificate(certificate)
  t.ok(server.lines.some(line => line.endsWith(fingerprint256)))
  t.ok(await tab.getByText(fingerprint256).isVisible())
  t.equal((await fetch(new URL('/else', page))).status, 404)

  await trust(certificate)
  const host = await signInVisitor(server.url, 'Host', { home, frequencyHz: 440 })
  const listener = await signInVisitor(server.url, 'Listener', { home, viewport: { width: 360, height: 780 } })
  t.teardown(async () => await Promise.all([host.close(), listener.close()]))
  t.ok(await listener.page.evaluate('isSecureContext'))
  const show = await goLive(host, 'A show in this network')
  await joinShow(listener, show)
  await waitUntilHearsMore(listener)
  t.pass('sound crosses the network address')
})

t.test('guests and sign-in by name are on', async t => {
  const options = await run('curl', ['-sk', `${server.url}/v1/auth/options`])
  t.match(JSON.parse(options.stdout), { guests: true, devLogin: true })
})

t.test('a stop ends the process, also with the page for phones', async t => {
  t.equal(await server.stop(), 0)
})
