/** The SharedWorker of all pages of a browser. It holds their one event stream. */
import { EventFeed, type FeedMessage, type Wish } from './events-feed.ts'

const feed = new EventFeed<MessagePort>(
  // Relative to the scripts, wherever a proxy has mounted them.
  new URL('../api/events', import.meta.url).href,
  (port, message: FeedMessage) => port.postMessage(message),
)

addEventListener('connect', (event) => {
  const [port] = (event as MessageEvent).ports
  if (port === undefined) return
  port.addEventListener('message', ({ data }: MessageEvent<Wish>) => feed.wish(port, data))
  // A page that crashed did not withdraw its wish. Not every browser reports this.
  port.addEventListener('close', () => feed.wish(port, { keys: [], folders: [] }))
  port.start()
})
