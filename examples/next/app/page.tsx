export default function Page() {
  return <a href="/api/stream/hello.txt">hello.txt</a>
}
