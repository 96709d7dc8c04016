import { desktop, phone } from './accessibility.ts'
import { openVisitor } from './browser.ts'
import type { SceneParts } from './scene-parts.ts'
import { signInVisitor } from './show-steps.ts'

/** Takes screenshots of the sections of the settings with their states, from samples. Needs no other scene. */
export async function settings({ server, theme, takeScreenshot }: SceneParts): Promise<void> {
  const person = await signInVisitor(server.url, 'Mira', { colorScheme: theme })
  const { page } = person
  let email: object = { isAvailable: true, address: null, status: 'none', expiresAt: null }
  await page.route('**/v1/users/me/email', async route => await route.fulfill({ json: email }))
  const createdAt = '2030-05-01T12:00:00.000Z'
  const hook = { events: ['show.started', 'show.ended'], isEnabled: true, disabledReason: null, createdAt }
  const hooks = [
    { ...hook, id: 'one', url: 'https://radio.example.org/hooks/ambient' },
    {
      ...{ ...hook, id: 'two', isEnabled: false, disabledReason: 'failing' },
      url: 'https://a-server-with-a-very-long-name.example.org/integrations/of/our/radio/that/announces/shows'
    }
  ]
  const delivery = { event: 'show.started', showId: 'kitchen', attempts: 1, error: null, nextAt: null, createdAt }
  const deliveries = [
    { ...delivery, id: 'c', event: 'webhook.test', showId: null, status: 'delivered', answer: 204 },
    { ...delivery, id: 'b', status: 'waiting', attempts: 3, answer: 503, nextAt: '2030-05-01T12:10:00.000Z' },
    { ...delivery, id: 'a', status: 'failed', attempts: 8, answer: null, error: 'timeout' }
  ]
  await page.route('**/v1/users/me/webhooks', async route => {
    if (route.request().method() === 'GET') await route.fulfill({ json: { items: hooks } })
    else {
      await route.fulfill({
        status: 201,
        json: { ...hooks[0], id: 'new', secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' }
      })
    }
  })
  await page.route('**/v1/users/me/webhooks/*/deliveries', async route => {
    await route.fulfill({ json: { items: deliveries } })
  })
  const take = async (section: string, name: string) => {
    for (const at of ['phone', 'wide'] as const) {
      await page.setViewportSize(at === 'phone' ? phone : desktop)
      await page.getByRole('region', { name: section }).evaluate(region => region.scrollIntoView())
      await takeScreenshot(person, name, [at])
    }
  }
  const states = {
    none: { address: null, expiresAt: null },
    waiting: { address: 'anna.of.the.long.name@mail.example.org', expiresAt: '2030-05-02T12:00:00.000Z' },
    refused: { address: 'anna@example.org', expiresAt: null },
    verified: { address: 'anna@example.org', expiresAt: null }
  }
  for (const [status, state] of Object.entries(states)) {
    email = { isAvailable: true, status, ...state }
    await page.goto(`${server.url}/settings`)
    const section = page.getByRole('region', { name: 'Notifications' })
    await (state.address ? section.getByText(state.address) : section.getByLabel('E-mail address')).waitFor()
    await take('Notifications', `notifications-${status}`)
  }
  await take('Appearance', 'appearance')
  await take('Keyboard shortcuts', 'shortcut-settings')
  const section = page.getByRole('region', { name: 'Webhooks' })
  await section.getByText('a-server-with-a-very').first().waitFor()
  await take('Webhooks', 'webhooks')
  await section.getByRole('button', { name: 'Add a webhook' }).click()
  await section.getByLabel('Address').fill('https://example.org/hooks')
  await take('Webhooks', 'webhook-form')
  await section.getByRole('button', { name: 'Add', exact: true }).click()
  await section.getByRole('textbox', { name: /Secret of the signatures/ }).waitFor()
  await take('Webhooks', 'webhook-secret')
  await person.close()
}

/** Takes screenshots of the pages that links in mails open. Needs no other scene. */
export async function mails({ server, theme, takeScreenshot }: SceneParts): Promise<void> {
  const reader = await openVisitor({ colorScheme: theme })
  const { page } = reader
  await page.goto(`${server.url}/email/confirm?token=nothing`)
  await page.getByRole('heading', { name: 'Confirm your address' }).waitFor()
  await takeScreenshot(reader, 'mail-confirm')
  await page.getByRole('button', { name: 'Confirm this address' }).click()
  await page.getByRole('alert').waitFor()
  await takeScreenshot(reader, 'mail-confirm-ended')
  await page.goto(`${server.url}/email/unsubscribe?token=nothing`)
  await page.getByRole('button', { name: 'Stop the mail' }).waitFor()
  await takeScreenshot(reader, 'mail-unsubscribe')
  await page.route('**/v1/email/*', async route => await route.fulfill({ status: 204 }))
  await page.getByRole('button', { name: 'Stop the mail' }).click()
  await page.getByRole('heading', { name: 'You get no more mail about shows' }).waitFor()
  await takeScreenshot(reader, 'mail-unsubscribed')
  await page.goto(`${server.url}/email/block?token=nothing`)
  await page.getByRole('button', { name: 'Stop all mail' }).waitFor()
  await takeScreenshot(reader, 'mail-block')
  await page.getByRole('button', { name: 'Stop all mail' }).click()
  await page.getByRole('button', { name: 'Allow mail again' }).waitFor()
  await takeScreenshot(reader, 'mail-blocked')
  await page.goto(`${server.url}/email/confirm`)
  await page.getByRole('heading', { name: 'This link is not complete' }).waitFor()
  await takeScreenshot(reader, 'mail-incomplete')
  await reader.close()
}
