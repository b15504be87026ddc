// What the path of a target may be made of as it stands (RFC 3986 §3.3): `[`, `]` and `|` are not allowed there, but
// browsers send them. A backslash, a control character or a raw byte beyond ASCII would be rewritten by whoever
// parses the URL.
const PATH = /^\/[!$%&'()*+,\-./0-9:;=@A-Z[\]^_`a-z{|}~]*$/
const DOT_SEGMENT = /\/(?:\.|%2e){1,2}(?:\/|$)/i
const ABSOLUTE = /^https?:\/\/[^/?#]+(?=\/)/i

/**
 * Whether a request target (RFC 9112 §3.2), as it came over the wire, means what it says. URL parsers quietly
 * remove dot segments and turn backslashes around; what they would repair is refused before they see it.
 */
export function isPlainTarget(target: string): boolean {
  const [path = ''] = target.replace(ABSOLUTE, '').split(/[?#]/, 1)
  return PATH.test(path) && !DOT_SEGMENT.test(path)
}
