/** Providers for whom dots in the name of a mailbox mean nothing. */
const withoutDots: ReadonlySet<string> = new Set(['gmail.com', 'googlemail.com'])

/** Returns the mailbox of an address: its spellings with a tag after "+", or in capitals, are one mailbox. */
export function mailboxOf(address: string): string {
  const [name = '', domain = ''] = address.toLowerCase().split('@')
  const [mailbox = ''] = name.split('+')
  return withoutDots.has(domain) ? `${mailbox.replaceAll('.', '')}@gmail.com` : `${mailbox}@${domain}`
}
