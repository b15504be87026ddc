import type { JudgeName } from './judge-name.ts'

/** What fails because of a framework. */
export interface Fault {
  /** The example. */
  readonly framework: string
  readonly judge: JudgeName
  /** The findings, all of them and no others. */
  readonly findings: readonly string[]
  /** What a client gets, and why, with the place in the framework's source; Markdown. */
  readonly reason: string
}

export const faults: readonly Fault[] = [
  {
    framework: 'workers',
    judge: 'conformance',
    findings: ['date-sent'],
    reason:
      'Responses have no Date: workerd leaves it to the proxy in front of it, which Cloudflare has and `wrangler dev` has not.',
  },
  {
    framework: 'workers',
    judge: 'compression',
    findings: ['compressed'],
    reason:
      'On this machine, a range of a text is compressed in spite of `no-transform`: the development server in front of the Worker does so for every text whose client accepts gzip (`ensureAcceptableEncoding` in `miniflare/dist/src/workers/core/entry.worker.js`). Cloudflare itself [compresses no 206](https://developers.cloudflare.com/speed/optimization/content/compression/).',
  },
  {
    framework: 'next',
    judge: 'conformance',
    findings: ['absolute-form'],
    reason:
      'A target in absolute form, such as `GET http://host/path`, which only proxies are sent, is redirected with a 308: Next takes the two slashes in it for slashes of a path that were doubled (`resolveRoutes` in `next/dist/server/lib/router-utils/resolve-routes.js`).',
  },
  {
    framework: 'sveltekit',
    judge: 'conformance',
    findings: ['post-allow: not offered', 'absolute-form'],
    reason:
      'A target in absolute form, which only proxies are sent, is a 400: the adapter puts the origin in front of it (`getRequest` in `@sveltejs/kit/src/exports/node/index.js`). A POST without Origin is a 403 rather than a 405 with Allow: SvelteKit takes it for a forged form before it looks for a route (`is_csrf_forbidden` in `@sveltejs/kit/src/runtime/server/csrf.js`).',
  },
  {
    framework: 'nuxt',
    judge: 'conformance',
    findings: ['absolute-form'],
    reason:
      'A target in absolute form, which only proxies are sent, is a 404: h3 takes all of it for the path (`createAppEventHandler` in `h3/dist/index.mjs`).',
  },
  {
    framework: 'solid-start',
    judge: 'conformance',
    findings: ['post-allow: not offered'],
    reason:
      'A POST is a 200 with a page of the app rather than a 405 with Allow: SolidStart renders the app for a method that the route does not export. A route that exports `stream as POST` as well answers 405.',
  },
  {
    framework: 'react-router',
    judge: 'conformance',
    findings: ['absolute-form'],
    reason:
      'A target in absolute form, which only proxies are sent, is a 500: the origin is put in front of it (`createRemixRequest` in `@react-router/express/dist/index.js`).',
  },
]

/** The findings that are expected of an example. */
export function expectedFindings(framework: string, judge: JudgeName): readonly string[] {
  return faults
    .filter((fault) => fault.framework === framework && fault.judge === judge)
    .flatMap(({ findings }) => findings)
}
