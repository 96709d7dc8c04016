import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { embedCode } from '../../web/src/program/embed-code.ts'
import type { ServerProcess } from '../server-process.ts'
import { desktop, phone } from './accessibility.ts'
import { openVisitor, type Visitor } from './browser.ts'
import { endShow, goLive, showIdOf, signInVisitor } from './show-steps.ts'
import { apiClientOf } from './test-songs.ts'

interface ProgramScene {
  theme: 'dark' | 'light'
  server: ServerProcess
  takeScreenshot: (visitor: Visitor, name: string, at?: ('phone' | 'wide')[]) => Promise<void>
}

/** Takes screenshots of the links of a stream, and of the embedded player on another website. Needs no other scene. */
export async function program({ server, theme, takeScreenshot }: ProgramScene): Promise<void> {
  const title = 'Letters to the sea, read aloud until the boats come home'
  const creator = await signInVisitor(server.url, 'Mira', { frequencyHz: 440, colorScheme: theme })
  const showId = showIdOf(await goLive(creator, title))
  const { rest } = await apiClientOf(server.url, creator)
  const website = await openWebsite(embedCode(server.url, showId, title), theme)
  const reader = await openVisitor({ colorScheme: theme })
  const player = reader.page.frameLocator('iframe')
  const takeEmbedded = async (name: string) => {
    for (const [at, size] of Object.entries({ phone, wide: desktop })) {
      await reader.page.setViewportSize(size)
      // The frame follows the size of its page later.
      await reader.page.frames()[1]?.waitForFunction(isWide => window.innerWidth > 360 === isWide, at === 'wide')
      await takeScreenshot(reader, name, [at === 'wide' ? 'wide' : 'phone'])
    }
  }
  await reader.page.goto(`http://127.0.0.1:${(website.address() as AddressInfo).port}`)
  await player.getByRole('heading').waitFor()
  await takeEmbedded('embed-without-stream')
  await rest('PATCH', `/v1/shows/${showId}`, { settings: { program: true } })
  await reader.page.reload()
  await player.locator('audio').waitFor()
  await takeEmbedded('embed')

  const { page } = creator
  await page.getByRole('button', { name: 'Tools' }).click()
  await page.getByRole('tab', { name: 'Rules' }).click()
  await page.getByRole('button', { name: 'Links for radio apps and websites' }).click()
  await page.getByText('the stream.').waitFor()
  await takeScreenshot(creator, 'program', ['wide', 'phone'])
  await page.getByRole('button', { name: 'Copy: Player for a website' }).evaluate(button => button.scrollIntoView())
  await takeScreenshot(creator, 'program-end', ['phone'])
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await endShow(creator)
  await reader.page.reload()
  await player.getByText('ended').waitFor()
  await takeEmbedded('embed-ended')
  await reader.close()
  await creator.close()
  website.close()
}

/** Starts another website, whose page has the player, in the theme of the player. */
async function openWebsite(player: string, theme: string): Promise<Server> {
  const website = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html')
    response.end(`<!doctype html>
      <html lang="en" style="color-scheme: ${theme}">
        <meta name="viewport" content="width=device-width">
        <body style="max-width: 720px; margin: 40px auto; padding: 0 16px; font: 1rem/1.5 serif">
          <h1>A page about boats</h1>
          <p>On Sundays we read letters aloud. Listen here:</p>
          ${player}
        </body>
      </html>`)
  })
  website.listen(0, '127.0.0.1')
  await once(website, 'listening')
  return website
}
