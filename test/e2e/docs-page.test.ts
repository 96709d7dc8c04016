import t from 'tap'
import { startApp } from '../realtime/real-app.ts'
import { openVisitor } from './browser.ts'

t.test('the page at /docs shows the API and requests nothing from other servers', async t => {
  const { url } = await startApp(t)
  const { page, close } = await openVisitor()
  t.teardown(close)
  const origins = new Set<string>()
  page.on('request', request => origins.add(new URL(request.url()).origin))
  page.on('websocket', socket => origins.add(new URL(socket.url()).origin))
  page.on('pageerror', error => t.fail(`the page threw ${error.message}`))
  page.on('console', message => {
    if (/Content Security Policy/.test(message.text())) t.fail(message.text())
  })

  await page.goto(`${url}/docs`)
  await page.getByRole('heading', { name: 'Ambient', exact: true }).waitFor()
  await page.getByText('/v1/auth/dev-login').first().waitFor()
  await page
    .getByRole('link', { name: /^Sign in as a new user/ })
    .first()
    .click()
  await page.getByText('"displayName": "Listener"').first().waitFor()
  t.same(
    [...origins].filter(origin => /^(http|ws)/.test(origin)),
    [url]
  )
})
