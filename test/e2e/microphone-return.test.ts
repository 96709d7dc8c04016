import t from 'tap'
import { startServer } from '../server-process.ts'
import { desktop, phone } from './accessibility.ts'
import { waitUntilHearsMore } from './listening.ts'
import { goLive, joinShow, signInVisitor } from './show-steps.ts'

const server = await startServer()
t.teardown(async () => await server.close())

for (const [size, viewport] of Object.entries({ phone, desktop })) {
  t.test(`a host who reloads is heard again without a press, on a ${size}`, async t => {
    const host = await signInVisitor(server.url, 'Host', { viewport })
    const listener = await signInVisitor(server.url, 'Listener')
    t.teardown(async () => await Promise.all([host.close(), listener.close()]))
    await joinShow(listener, await goLive(host, 'A show with a reload'))
    await waitUntilHearsMore(listener)

    await host.page.reload()
    await host.page.getByRole('button', { name: 'Mute' }).waitFor()
    await waitUntilHearsMore(listener)
    t.equal(await host.page.getByRole('alert').count(), 0)
  })
}
