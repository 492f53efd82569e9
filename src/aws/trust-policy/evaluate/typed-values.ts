/** Reads a number as the numeric condition operators do. */
export function parseNumber(text: string): number | undefined {
  return /^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

/** Reads `true` or `false`, in any case. */
export function parseBoolean(text: string): string | undefined {
  const lower = text.toLowerCase();
  return lower === "true" || lower === "false" ? lower : undefined;
}

const W3C_DATE = /^\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?)?)?$/;
const EPOCH_SECONDS = /^\d{5,12}(\.\d+)?$/;

/**
 * Reads a date as the date condition operators do: a W3C profile of ISO 8601, or seconds since 1970.
 * IAM User Guide, "Condition operators: Date".
 *
 * @returns milliseconds since 1970, or `undefined` for anything else.
 */
export function parsePolicyDate(text: string): number | undefined {
  if (EPOCH_SECONDS.test(text)) return Number(text) * 1000;
  if (!W3C_DATE.test(text)) return undefined;
  const epochMilliseconds = Date.parse(text);
  return Number.isNaN(epochMilliseconds) ? undefined : epochMilliseconds;
}

/** An address, or a CIDR block of them; a single address is a block of full prefix length. */
export interface IpBlock {
  readonly bits: 32 | 128;
  readonly address: bigint;
  readonly prefixLength: number;
}

const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;
const IPV6_GROUP = /^[0-9A-Fa-f]{1,4}$/;
const IPV6_GROUPS = 8;

function parseIpv4(text: string): bigint | undefined {
  if (!IPV4.test(text)) return undefined;
  const octets = text.split(".").map(Number);
  if (octets.some((octet) => octet > 255)) return undefined;
  return octets.reduce((address, octet) => (address << 8n) | BigInt(octet), 0n);
}

const splitGroups = (text: string): readonly string[] => (text === "" ? [] : text.split(":"));

/** Fills the one `::` with as many zero groups as are missing. */
function expandIpv6(text: string): readonly string[] {
  const [head = "", tail, ...rest] = text.split("::");
  if (tail === undefined || rest.length > 0) return text.split(":");
  const headGroups = splitGroups(head);
  const tailGroups = splitGroups(tail);
  const missing = Math.max(1, IPV6_GROUPS - headGroups.length - tailGroups.length);
  return [...headGroups, ...Array<string>(missing).fill("0"), ...tailGroups];
}

function parseIpv6(text: string): bigint | undefined {
  const groups = expandIpv6(text);
  if (groups.length !== IPV6_GROUPS || !groups.every((group) => IPV6_GROUP.test(group))) return undefined;
  return groups.reduce((address, group) => (address << 16n) | BigInt(`0x${group}`), 0n);
}

function parseAddress(text: string): Omit<IpBlock, "prefixLength"> | undefined {
  const ipv4 = parseIpv4(text);
  if (ipv4 !== undefined) return { bits: 32, address: ipv4 };
  const ipv6 = parseIpv6(text);
  return ipv6 === undefined ? undefined : { bits: 128, address: ipv6 };
}

/** Reads `203.0.113.0/24`, `2001:db8::/32`, or a single address. IAM User Guide, "Condition operators: IP address". */
export function parseIpBlock(text: string): IpBlock | undefined {
  const [addressText = "", prefixText, ...rest] = text.split("/");
  const parsed = parseAddress(addressText);
  if (parsed === undefined || rest.length > 0) return undefined;
  if (prefixText === undefined) return { ...parsed, prefixLength: parsed.bits };
  const prefixLength = /^\d{1,3}$/.test(prefixText) ? Number(prefixText) : Number.NaN;
  return prefixLength <= parsed.bits ? { ...parsed, prefixLength } : undefined;
}

/** Tells whether `inner` is entirely inside `outer`; blocks of different families never are. */
export function ipBlockContains(outer: IpBlock, inner: IpBlock): boolean {
  if (outer.bits !== inner.bits || inner.prefixLength < outer.prefixLength) return false;
  const hostBits = BigInt(outer.bits - outer.prefixLength);
  return outer.address >> hostBits === inner.address >> hostBits;
}
