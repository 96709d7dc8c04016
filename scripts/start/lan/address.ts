import { isIPv4 } from 'node:net'
import type { NetworkInterfaceInfo } from 'node:os'
import { SetupError } from '../../setup-error.ts'
import { isLocal } from './name-constraints.ts'

type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>

/** Addresses of home and office networks: https://www.rfc-editor.org/rfc/rfc1918#section-3 */
const privateNetwork = /^(10\.|172\.(1[6-9]|2\d|3[01])\.|192\.168\.)/
/** An address that the machine gave itself because nobody else gave one. */
const linkLocal = /^169\.254\./
/** Names of interfaces of containers, virtual machines and VPNs. Phones are not in their networks. */
const virtualInterface =
  /^(docker|br-|veth|virbr|vmnet|vboxnet|lxc|lxdbr|cni|flannel|podman|tun|tap|wg|utun|tailscale|zt)/i

interface Candidate {
  name: string
  address: string
}

/** The lower, the more likely it is that phones reach the address. */
function rankOf({ name, address }: Candidate): number {
  if (linkLocal.test(address)) return 3
  if (virtualInterface.test(name)) return 2
  return privateNetwork.test(address) ? 0 : 1
}

/** Returns the IPv4 addresses of this machine in local networks, the likeliest first. */
export function lanAddresses(interfaces: Interfaces): string[] {
  return Object.entries(interfaces)
    .flatMap(([name, infos = []]) =>
      infos
        .filter(({ family, internal, address }) => family === 'IPv4' && !internal && isLocal(address))
        .map(({ address }) => ({ name, address }))
    )
    .toSorted((a, b) => rankOf(a) - rankOf(b))
    .map(({ address }) => address)
}

/**
 * Returns the address of the local network: the wanted one, or the likeliest.
 * @throws SetupError when this machine does not have it, or has none, and for an address of the internet
 */
export function chooseLanAddress(interfaces: Interfaces, wanted?: string): string {
  const found = lanAddresses(interfaces)
  if (wanted === undefined) {
    const [best] = found
    if (best !== undefined) return best
    throw new SetupError('--lan finds no network: this machine has no IPv4 address in a local one. Connect it first.')
  }
  const isOwn = Object.values(interfaces).some(infos => infos?.some(({ address }) => address === wanted))
  if (isIPv4(wanted) && !isLocal(wanted)) {
    throw new SetupError(
      `--lan=${wanted} is an address of the internet, where everybody could sign in with a name. ` +
        'Choose one of a local network.'
    )
  }
  if (isIPv4(wanted) && isOwn) return wanted
  const choice = found.length > 0 ? `It has ${found.join(', ')}.` : 'Of local networks, it has 127.0.0.1 only.'
  throw new SetupError(`--lan=${wanted} is no IPv4 address of this machine. ${choice}`)
}
