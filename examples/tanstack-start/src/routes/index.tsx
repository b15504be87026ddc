import { createFileRoute } from '@tanstack/react-router'

export const Route = createFileRoute('/')({ component: () => <a href="/api/stream/hello.txt">hello.txt</a> })
