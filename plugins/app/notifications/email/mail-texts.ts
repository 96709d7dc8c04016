import { escapeHtml } from '../../shows/link-preview.ts'
import type { MessageContent } from '../channel.ts'
import type { Mail } from './mailer.ts'

type MailText = Pick<Mail, 'subject' | 'text' | 'html'>

interface Parts {
  subject: string
  paragraphs: readonly string[]
  link: { url: string; label: string }
  footer: string
  footerLink?: { url: string; label: string }
}

/** Returns a mail as plain text, and the same as HTML without pictures or anything that is loaded. */
function mailOf({ subject, paragraphs, link, footer, footerLink }: Parts): MailText {
  const end = footerLink ? `${footer}\n${footerLink.label}: ${footerLink.url}` : footer
  const htmlEnd = footerLink ? `${escapeHtml(footer)} ${anchorOf(footerLink)}` : escapeHtml(footer)
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

function anchorOf({ url, label }: { url: string; label: string }): string {
  return `<a href="${escapeHtml(url)}">${escapeHtml(label)}</a>`
}

/** Returns the mail that asks to verify an address. It has no text of any person: anybody may enter any address. */
export function verificationMail({ host, url }: { host: string; url: string }): MailText {
  return mailOf({
    subject: `Confirm your e-mail address for ${host}`,
    paragraphs: [
      `Somebody, most likely you, entered this address at ${host} to get e-mail when shows start.`,
      'Open this page and press the button to confirm it. The link works for 24 hours.'
    ],
    link: { url, label: 'Confirm this address' },
    footer: 'If it was not you, do nothing. This address gets no other mail.'
  })
}

/** Returns the mail that tells of a show. */
export function showMail({ kind, title, creator, url, at }: MessageContent, unsubscribeUrl: string): MailText {
  const name = creator.displayName
  const isSoon = kind === 'soon'
  return mailOf({
    subject: isSoon ? `Starts soon: ${title}` : `${name} is live: ${title}`,
    paragraphs: isSoon
      ? [`“${title}” of ${name} starts at ${timeOf(at)}. You asked to be reminded.`]
      : [`${name} is live with “${title}”.`],
    link: { url, label: isSoon ? 'Open the show' : 'Listen' },
    footer: 'You get this mail because you chose e-mail for shows in your settings.',
    footerLink: { url: unsubscribeUrl, label: 'Get no more mail' }
  })
}

/** Returns a time of a day. The zone of the reader is not known. */
function timeOf(at: Date): string {
  return `${at.toISOString().slice(11, 16)} UTC`
}
