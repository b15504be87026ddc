import { findTool } from '../tools.ts'

/** A command, and the Debian package it comes with. */
const TOOLS = {
  'swift-proxy-server': 'swift-proxy',
  'swift-account-server': 'swift-account',
  'swift-container-server': 'swift-container',
  'swift-object-server': 'swift-object',
  memcached: 'memcached',
} as const

/** Whether Swift is installed. If not, the reason is printed; in CI it is thrown. */
export function hasSwift(): boolean {
  const missing = Object.entries(TOOLS).filter(
    ([name, debianPackage]) => findTool(name, debianPackage) === undefined,
  )
  return missing.length === 0
}
