const loopback = /^(localhost|127(\.\d{1,3}){3}|::1)$/
const everyAddress = /^(0\.0\.0\.0|[0:]+)$/

/** Whether only this machine reaches what listens at this host. */
export const isLoopback = (host: string) => loopback.test(host)

/** Whether a host means all addresses of the machine. No client can connect to it by this name. */
export const isEveryAddress = (host: string) => everyAddress.test(host)

/** Returns a host at which this machine reaches what listens at the given one, as it is written in a URL. */
export function reachableHost(host: string): string {
  if (isEveryAddress(host)) return host.includes(':') ? '[::1]' : '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}
