import { desktop } from './accessibility.ts'
import { landscape } from './sample-images.ts'
import type { SceneParts } from './scene-parts.ts'
import { until } from '../until.ts'
import { endShow, goLive, joinShow, postComment, signInVisitor } from './show-steps.ts'

/** Takes screenshots of planned shows, of shows with a tag, and of how a show went. Needs no other scene. */
export async function planning({ server, theme, takeScreenshot }: SceneParts): Promise<void> {
  const creator = await signInVisitor(server.url, 'Mira', { frequencyHz: 440, colorScheme: theme })
  const listener = await signInVisitor(server.url, 'Listener', { colorScheme: theme })
  const { page } = creator
  await page.setViewportSize(desktop)
  await page.goto(`${server.url}/plan`)
  await page.getByLabel('Title').fill('Letters to the sea, read aloud until the boats come home')
  await page
    .getByLabel('Description')
    .fill('Each week we read letters that listeners send us.\nThis time: lighthouses.')
  await page.getByLabel('Start time').fill('2040-03-01T20:00')
  await page.getByLabel('Tags').fill('letters, the sea, reading, slow radio')
  await page.getByLabel('Repeats').selectOption({ index: 1 })
  const cover = await landscape('#12323f', '#f4c08a', '#0f2b2f')
  await page.locator('input[type=file]').setInputFiles({ name: 'sea.png', mimeType: 'image/png', buffer: cover })
  await page.getByRole('button', { name: 'Remove cover' }).waitFor()
  await takeScreenshot(creator, 'plan', ['phone', 'wide'])
  await page.getByRole('button', { name: 'Schedule show' }).click()
  await page.waitForURL(/\/shows\/[\w-]+$/)
  await page.getByRole('button', { name: 'Cancel show' }).waitFor()
  await takeScreenshot(creator, 'planned-own', ['phone', 'wide'])
  await listener.page.goto(page.url())
  await listener.page.getByText('Planned for').waitFor()
  await takeScreenshot(listener, 'planned', ['phone', 'wide'])
  await until(async () => (await (await fetch(`${server.url}/v1/tags`)).text()).includes('slow radio'))

  await page.goto(server.url)
  const address = await goLive(creator, 'Songs from the kitchen')
  await joinShow(listener, address)
  await listener.page.setViewportSize(desktop)
  await postComment(listener, 'Hello from the train!')
  await listener.page.getByRole('button', { name: 'React', exact: true }).click()
  await listener.page.getByRole('button', { name: 'Love' }).click()
  await page.getByText('Hello from the train!', { exact: true }).waitFor()
  await endShow(creator)
  await page.getByRole('region', { name: 'How it went' }).waitFor()
  await page.getByText('1 reaction').waitFor()
  await takeScreenshot(creator, 'how-it-went', ['phone', 'wide'])
  await listener.page.getByRole('heading', { name: 'Thanks for being here' }).waitFor()
  await listener.page.getByRole('button', { name: 'Follow Mira' }).waitFor()
  await listener.page.getByText('Hello from the train!', { exact: true }).waitFor()
  await takeScreenshot(listener, 'thanks', ['phone', 'wide'])
  await page.getByRole('button', { name: 'Plan the next one' }).click()
  await page.getByRole('heading', { name: 'Plan the next one' }).waitFor()
  await takeScreenshot(creator, 'plan-next', ['phone', 'wide'])

  await listener.page.goto(server.url)
  await listener.page.getByRole('region', { name: 'Topics' }).waitFor()
  await takeScreenshot(listener, 'topics', ['phone', 'wide'])
  await listener.page.goto(`${server.url}/?tag=slow%20radio`)
  await listener.page.getByRole('heading', { name: 'Tagged “slow radio”' }).waitFor()
  await listener.page
    .getByRole('link', { name: /^Letters to the sea/ })
    .first()
    .waitFor()
  await takeScreenshot(listener, 'tag', ['phone', 'wide'])
  for (const visitor of [creator, listener]) await visitor.close()
}
