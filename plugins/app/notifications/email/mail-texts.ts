import { escapeHtml } from '../../shows/link-preview.ts'
import type { MessageContent } from '../channel.ts'
import type { Mail } from './mailer.ts'

type MailText = Pick<Mail, 'subject' | 'text' | 'html'>

interface Link {
  url: string
  label: string
}

interface Parts {
  subject: string
  paragraphs: readonly string[]
  link: Link
  footer: string
  footerLinks: readonly Link[]
}

/** Returns a mail as plain text, and the same as HTML without pictures or anything that is loaded. */
function mailOf({ subject, paragraphs, link, footer, footerLinks }: Parts): MailText {
  const end = [footer, ...footerLinks.map(({ label, url }) => `${label}: ${url}`)].join('\n')
  const htmlEnd = [escapeHtml(footer), ...footerLinks.map(anchorOf)].join(' · ')
  return {
    subject,
    text: `${[...paragraphs, link.url].join('\n\n')}\n\n-- \n${end}\n`,
    html: [
      '<!doctype html><html lang="en"><body style="font-family:sans-serif;font-size:16px;line-height:1.5">',
      ...paragraphs.map(paragraph => `<p>${escapeHtml(paragraph)}</p>`),
      `<p>${anchorOf(link)}</p>`,
      `<p style="color:#666666;font-size:13px">${htmlEnd}</p></body></html>`
    ].join('\n')
  }
}

function anchorOf({ url, label }: Link): string {
  return `<a href="${escapeHtml(url)}">${escapeHtml(label)}</a>`
}

/** Returns the mail that asks to verify an address. It has no text of any person: anybody may enter any address. */
export function verificationMail({ host, url, blockUrl }: { host: string; url: string; blockUrl: string }): MailText {
  return mailOf({
    subject: `Confirm your e-mail address for ${host}`,
    paragraphs: [
      `Somebody, most likely you, entered this address at ${host} to get e-mail when shows start.`,
      'Open this page and press the button to confirm it. The link works for 24 hours.'
    ],
    link: { url, label: 'Confirm this address' },
    footer: 'If it was not you, you can do nothing, or stop all mail of this server to your mailbox.',
    footerLinks: [{ url: blockUrl, label: 'I did not ask for this' }]
  })
}

/** Pages on which the reader of a mail ends mail about shows, or all mail to their mailbox. */
export interface ShowMailLinks {
  unsubscribeUrl: string
  blockUrl: string
}

/** Returns the mail that tells of a show. */
export function showMail({ kind, title, creator, url, at }: MessageContent, links: ShowMailLinks): MailText {
  const name = creator.displayName
  const isSoon = kind === 'soon'
  return mailOf({
    subject: isSoon ? `Starts soon: ${title}` : `${name} is live: ${title}`,
    paragraphs: isSoon
      ? [`“${title}” of ${name} starts at ${timeOf(at)}. You asked to be reminded.`]
      : [`${name} is live with “${title}”.`],
    link: { url, label: isSoon ? 'Open the show' : 'Listen' },
    footer: 'You get this mail because you chose e-mail for shows in your settings.',
    footerLinks: [
      { url: links.unsubscribeUrl, label: 'Get no more mail' },
      { url: links.blockUrl, label: 'I did not ask for this' }
    ]
  })
}

/** Returns a time of a day. The zone of the reader is not known. */
function timeOf(at: Date): string {
  return `${at.toISOString().slice(11, 16)} UTC`
}
