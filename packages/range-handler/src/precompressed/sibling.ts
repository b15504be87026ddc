import type { Fields, Representation, RepresentationInfo } from '@rangekit/range-core'
import type { ContentCoding } from './accepted-codings.ts'

/** What is known of a complete representation: what a new one leaves out does not compile. */
type AllInfo = {
  readonly [Name in keyof Omit<
    Required<RepresentationInfo>,
    'isComplete' | 'frontier'
  >]: RepresentationInfo[Name]
}

const NO_STORE = /\bno-store\b/i

/**
 * Whether a representation is still being written, or was when it was opened, or its source cannot tell this version from
 * the next one, which it says with `no-store`. Such an original cannot be compared with a sibling, and such a sibling may
 * still be being written.
 */
export function isUnstable({ cacheControl = '', completeLength, isComplete }: RepresentationInfo): boolean {
  return completeLength === undefined || isComplete === false || NO_STORE.test(cacheControl)
}

/** The Content-Encoding that a source reports; `undefined` if it reports none. */
export function codingOf({ fields }: RepresentationInfo): string | undefined {
  return fields?.[nameIn(fields, 'content-encoding') ?? '']
}

/** Whether a sibling holds this version of its original, as far as can be told. */
export function isCurrent(
  sibling: RepresentationInfo,
  original: RepresentationInfo,
  coding: ContentCoding,
): boolean {
  return !isUnstable(sibling) && !isOlder(sibling, original) && (codingOf(sibling) ?? coding) === coding
}

function isOlder({ lastModified: own }: RepresentationInfo, { lastModified }: RepresentationInfo): boolean {
  if (own === undefined || lastModified === undefined) return false
  // gzip, zstd and brotli give their output the date of their input, older releases of brotli without the fraction.
  const unit = own.getTime() % 1000 === 0 ? 1000 : 1
  return own.getTime() < Math.floor(lastModified.getTime() / unit) * unit
}

/** An original whose response depends on Accept-Encoding, although it has no coding itself. */
export function uncoded(original: Representation): Representation {
  const { completeLength, contentType, cacheControl, etag, lastModified, fields, digests } = original
  return withInfo(original, {
    completeLength,
    contentType,
    cacheControl,
    etag,
    lastModified,
    fields: withVary(fields),
    digests,
  })
}

/** The bytes of a sibling, as its original in a content coding. */
export function coded(
  sibling: Representation,
  original: RepresentationInfo,
  coding: ContentCoding,
): Representation {
  const { completeLength, etag, lastModified, digests } = sibling
  return withInfo(sibling, {
    completeLength,
    contentType: original.contentType,
    cacheControl: original.cacheControl,
    // 9110 §8.8.3.3: the tags of two codings must differ. Those of two files may not, if they agree in date and length.
    etag: etag && { ...etag, opaque: `${etag.opaque}-${coding}` },
    // The original and its siblings may have one date. Alone, it would let If-Range join parts of two codings.
    lastModified: etag && lastModified,
    fields: { ...withVary(original.fields), 'Content-Encoding': coding },
    // RFC 9530 §3: digests are of the representation with its content coding.
    digests,
  })
}

function withInfo(opened: Representation, info: AllInfo): Representation {
  return {
    ...info,
    read: (range, options) => opened.read(range, options),
    ...(opened.readInto !== undefined && { readInto: opened.readInto.bind(opened) }),
    ...(opened.peek !== undefined && { peek: opened.peek.bind(opened) }),
    close: () => opened.close(),
  }
}

function withVary(fields: Fields = {}): Fields {
  const name = nameIn(fields, 'vary')
  if (name === undefined) return { ...fields, Vary: 'Accept-Encoding' }
  return { ...fields, [name]: `${fields[name]}, Accept-Encoding` }
}

/** The spelling of a field's name among these; names are compared without case (9110 §5.1). */
function nameIn(fields: Fields, lower: string): string | undefined {
  return Object.keys(fields).find((name) => name.toLowerCase() === lower)
}
