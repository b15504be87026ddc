export default function Home() {
  return <a href="/api/stream/hello.txt">hello.txt</a>
}
