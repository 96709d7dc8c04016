/** An SMTP server. */
export interface SmtpServer {
  host: string
  port: number
  /** Whether the connection begins with TLS. */
  isSecure: boolean
  credentials: { user: string; pass: string } | undefined
}

const mailAddress = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){0,8}$/

/** Returns the server that a URL names; null when it names none. */
export function parseSmtpUrl(url: string): SmtpServer | null {
  const [, scheme, user, pass, name, address, port] =
    /^(smtps?):\/\/(?:([^\s:@/?#]+):([^\s@/?#]+)@)?(?:([A-Za-z0-9._-]{1,253})|\[([\da-f:.]+)\])(?::(\d{1,5}))?\/?$/.exec(
      url
    ) ?? []
  const host = name ?? address
  const isSecure = scheme === 'smtps'
  const number = Number(port ?? (isSecure ? 465 : 587))
  if (scheme === undefined || host === undefined || number < 1 || number > 65_535) return null
  if (user === undefined || pass === undefined) return { host, port: number, isSecure, credentials: undefined }
  try {
    const credentials = { user: decodeURIComponent(user), pass: decodeURIComponent(pass) }
    return { host, port: number, isSecure, credentials }
  } catch {
    return null
  }
}

/** Whether a text is an address, or a name and an address in angle brackets. */
export function isMailSender(text: string): boolean {
  const [, address = text] = /^[^\p{Cc}<>"@,;:\\]{1,100} <([^<>]+)>$/u.exec(text) ?? []
  return mailAddress.test(address)
}
