/** What monitoring asks for. It is neither measured nor logged: it would drown what people request. */
const PROBES: ReadonlySet<string | undefined> = new Set(['/healthz', '/readyz', '/metrics'])

/** Whether the target of a request is one that monitoring asks for again and again. */
export function isProbe(target: string | undefined): boolean {
  return PROBES.has(target)
}
