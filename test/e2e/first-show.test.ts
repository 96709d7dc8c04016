import t from 'tap'
import { startServer } from '../server-process.ts'
import { hearsDuring, untilHears, untilHearsMore } from './hearing.ts'
import { arrive, ask, choose, goLive, listenTo, speak } from './moves.ts'

const server = await startServer()
const host = await arrive(server.url, 'Host', { frequencyHz: 440 })
const first = await arrive(server.url, 'Listener 1')
const second = await arrive(server.url, 'Listener 2')
const guest = await arrive(server.url, 'Guest', { frequencyHz: 880 })
t.teardown(async () => {
  await Promise.all([host, first, second, guest].map(async visitor => await visitor.close()))
  await server.close()
})

const address = await goLive(host, 'A first live show')

t.test('two listeners hear the creator', async t => {
  await Promise.all([first, second, guest].map(async visitor => await listenTo(visitor, address)))
  await Promise.all([first, second].map(untilHearsMore))
  t.pass('the energy of what arrives grows in both')
})

t.test('somebody asks, is accepted, and everybody hears two', async t => {
  await ask(guest)
  await host.page.getByRole('button', { name: 'Accept Guest' }).click()
  await speak(guest)
  await untilHears(first, ({ streams }) => streams === 2)
  await untilHears(second, ({ streams }) => streams === 2)
  await untilHearsMore(host)
  t.pass('the host hears the guest, the listeners hear both')
})

t.test('muted by the host they are silent at the server', async t => {
  await choose(host.page, 'Guest', 'Mute')
  await guest.page.getByRole('button', { name: 'Unmute' }).waitFor()
  await hearsDuring(host, 300)
  t.equal((await hearsDuring(host, 1000)).packets, 0, 'not a packet reaches the host')
  await guest.page.getByRole('button', { name: 'Unmute' }).click()
  await untilHearsMore(host)
  t.pass('and unmuted by themselves they are heard again')
})

t.test('revoked they are gone for everybody', async t => {
  await choose(host.page, 'Guest', 'Take off stage')
  await guest.page.getByRole('button', { name: 'Ask to speak' }).waitFor()
  await hearsDuring(host, 300)
  t.equal((await hearsDuring(host, 1000)).packets, 0, 'the host, alone on stage, hears nobody')
  await untilHearsMore(first)
  t.pass('the listeners still hear the host')
})

t.test('a rejected person stays silent', async t => {
  await ask(guest)
  await host.page.getByRole('button', { name: 'Reject Guest' }).click()
  await guest.page.getByRole('button', { name: 'Ask to speak' }).waitFor()
  t.equal((await hearsDuring(host, 1000)).packets, 0)
})

t.test("the show survives the server's death and everybody comes back", async t => {
  await server.stop('SIGKILL')
  await first.page.getByText('The connection is lost').waitFor()
  await server.restart()
  await host.page.getByText('The connection is lost').waitFor({ state: 'hidden' })
  await host.page.getByRole('button', { name: 'Mute' }).waitFor()
  await untilHears(first, ({ streams }) => streams === 1)
  await untilHearsMore(first)
  t.pass('heard again, without a touch')
})

t.test('the end is told to everybody', async t => {
  await host.page.getByRole('button', { name: 'End show' }).click()
  await host.page.getByRole('alertdialog').getByRole('button', { name: 'End show' }).click()
  await first.page.getByText('Thanks for being here').waitFor()
  await host.page.getByText('Thanks for being here').waitFor()
  t.pass('both see the page after the show')
})
