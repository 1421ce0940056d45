import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

const INSIDE = new BlockList();
// What the registries of IANA (RFC 6890) keep for special purposes: this host, private, carrier-grade, link-local, documentation, multicast.
for (const network of [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24'],
  ...['192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
  ...['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'],
]) {
  const [address = '', bits] = network.split('/');
  INSIDE.addSubnet(address, Number(bits), address.includes(':') ? 'ipv6' : 'ipv4');
}
const GLOBAL = new BlockList();
GLOBAL.addSubnet('2000::', 3, 'ipv6');

/** Whether an IP address is one of the internet at large, not of this machine, its network or its neighbours. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !INSIDE.check(address, 'ipv4');
  return isIP(address) === 6 && GLOBAL.check(address, 'ipv6') && !INSIDE.check(address, 'ipv6');
}

/** Looks a name up for a connection, which is then made to exactly what was looked at here: a name that leads inside is refused. */
export const lookupPublic: LookupFunction = (host, options, done) => {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    if (error) return done(error, '');
    const [first] = addresses;
    if (!first || addresses.some(({ address }) => !isPublicAddress(address))) return done(new Error(`${host} leads to no public address`), '');
    return options.all ? done(null, addresses) : done(null, first.address, first.family);
  });
};

/** Whether a URL is of this machine alone, for which plain HTTP will do. */
export const isLoopback = ({ hostname }: URL) => hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
