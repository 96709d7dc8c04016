import t from 'tap'
import { startServer } from '../server-process.ts'
import { measureHeard, waitUntilHears, waitUntilHearsMore } from './listening.ts'
import { chooseFromMenu, endShow, goLive, joinShow, requestToSpeak, signInVisitor, bringOnStage } from './show-steps.ts'

const server = await startServer()
const host = await signInVisitor(server.url, 'Host', { frequencyHz: 440 })
const first = await signInVisitor(server.url, 'Listener 1')
const second = await signInVisitor(server.url, 'Listener 2')
const guest = await signInVisitor(server.url, 'Guest', { frequencyHz: 880 })
t.teardown(async () => {
  await Promise.all([host, first, second, guest].map(async visitor => await visitor.close()))
  await server.close()
})

const address = await goLive(host, 'A first live show')

t.test('two listeners hear the creator', async t => {
  await Promise.all([first, second, guest].map(async visitor => await joinShow(visitor, address)))
  await Promise.all([first, second].map(waitUntilHearsMore))
  t.pass('the received energy grows for both')
})

t.test('a request is accepted, and everybody hears two people', async t => {
  await bringOnStage(host, guest, 'Guest')
  await waitUntilHears(first, ({ streams }) => streams === 2)
  await waitUntilHears(second, ({ streams }) => streams === 2)
  await waitUntilHearsMore(host)
  t.pass('the host hears the guest, the listeners hear both')
})

t.test('a speaker muted by the host is silent at the server', async t => {
  await chooseFromMenu(host.page, 'Guest', 'Mute')
  await guest.page.getByRole('button', { name: 'Unmute' }).waitFor()
  await measureHeard(host, 300)
  t.equal((await measureHeard(host, 1000)).packets, 0, 'not a packet reaches the host')
  await guest.page.getByRole('button', { name: 'Unmute' }).click()
  await waitUntilHearsMore(host)
  t.pass('they are heard again after unmuting themselves')
})

t.test('a speaker moved to the audience is no longer heard', async t => {
  await chooseFromMenu(host.page, 'Guest', 'Move to audience')
  await guest.page.getByRole('button', { name: 'Request to speak' }).waitFor()
  await measureHeard(host, 300)
  t.equal((await measureHeard(host, 1000)).packets, 0, 'the host, alone on stage, hears nobody')
  await waitUntilHearsMore(first)
  t.pass('the listeners still hear the host')
})

t.test('a person whose request is declined is not heard', async t => {
  await requestToSpeak(guest)
  await host.page.getByRole('button', { name: 'Decline Guest' }).click()
  await guest.page.getByRole('button', { name: 'Request to speak' }).waitFor()
  t.equal((await measureHeard(host, 1000)).packets, 0)
})

t.test('everybody reconnects after the server was killed, and the show continues', async t => {
  await server.stop('SIGKILL')
  await first.page.getByText('Connection lost').waitFor()
  await server.restart()
  await host.page.getByText('Connection lost').waitFor({ state: 'hidden' })
  await host.page.getByRole('button', { name: 'Mute' }).waitFor()
  await waitUntilHears(first, ({ streams }) => streams === 1)
  await waitUntilHearsMore(first)
  t.pass('the sound is back without any user action')
})

t.test('everybody sees that the show has ended', async t => {
  await endShow(host)
  await first.page.getByText('Thanks for being here').waitFor()
  await host.page.getByText('Thanks for being here').waitFor()
  t.pass('both see the page after the show')
})
